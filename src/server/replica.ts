/** Joins this process to the other replicas, where the configuration names a Redis. */
import { networkInterfaces } from 'node:os';
import { toServerError } from '../errors.ts';
import type { Env } from '../lib/env.ts';
import type { WriteLog } from '../observability/buffered-log.ts';
import type { Replicas } from '../replicas/index.ts';
import type { Gateway } from './gateway.ts';
import { type Config, ConfigError } from './settings.ts';

/** The URL under which other replicas reach this one. @param host the address it listens on @param url its own URL */
export function ownUrl({ replicaUrl }: Config, host: string, url: string): string {
  if (replicaUrl !== undefined) return new URL('/mcp', replicaUrl).href;
  if (host !== '0.0.0.0' && host !== '::') return url;
  const addresses = Object.values(networkInterfaces()).flatMap(all => all ?? []);
  const { address = '127.0.0.1' } = addresses.find(one => one.family === 'IPv4' && !one.internal) ?? {};
  return Object.assign(new URL(url), { hostname: address }).href;
}

/** Joins the other replicas; undefined without Redis. @param pollFor polls AWS on behalf of one of their callers */
export async function joinReplicas(
  { redis, sealKey }: Config,
  env: Env,
  write: WriteLog,
  pollFor: Gateway['pollFor'],
): Promise<Replicas | undefined> {
  if (redis === undefined || sealKey === undefined) return undefined;
  const [{ openReplicas }, { openNamedKeys }] = await Promise.all([
    import('../replicas/index.ts'),
    import('../secrets/seal-key.ts'),
  ]);
  const keys = await openNamedKeys(sealKey, env).catch(thrown => {
    throw new ConfigError(toServerError(thrown).message);
  });
  return openReplicas({ url: redis, keys, pollFor, log: (level, what) => write(level, {}, what) });
}
