/** Replicas of the built server, real processes on one Redis, behind a plain round-robin proxy. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { Child, Env } from './child.ts';
import type { Home } from './home.ts';
import { startHosted } from './hosted.ts';
import { hasRedis, startRedis, type TestRedis } from './redis.ts';
import { type RoundRobin, startRoundRobin } from './round-robin.ts';

export interface Replicas {
  /** Each by itself. */
  readonly urls: readonly string[];
  readonly children: readonly Child[];
  readonly proxy: RoundRobin;
  /** Ends one at once, in the middle of whatever it does. */
  kill(replica: number): Promise<void>;
}

/** Writes a key to seal with. @returns the setting that names it */
export async function writeKey(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, crypto.getRandomValues(new Uint8Array(32)), { mode: 0o600 });
  return `file:${path}`;
}

/** Starts them for one test. @param env where AWS is, and a home @param sealKey the setting */
export async function startReplicas(
  {
    env,
    redis,
    sealKey,
    flags = [],
  }: { env: Env; redis: string; sealKey: string; flags?: readonly string[] },
  count = 2,
): Promise<Replicas> {
  const all = await Promise.all(
    Array.from({ length: count }, () =>
      startHosted({ ...env, AMPLIFY_BACKEND_MCP_REDIS: redis }, ['--seal-key', sealKey, ...flags]),
    ),
  );
  const proxy = await startRoundRobin(all.map(({ url }) => url));
  onTestFinished(() => proxy.close());
  return {
    urls: all.map(({ url }) => url),
    children: all.map(({ child }) => child),
    proxy,
    async kill(replica) {
      all[replica]?.child.kill('SIGKILL');
      await all[replica]?.child.ended;
    },
  };
}

/** Sets up the Redis of a file's tests. @returns what starts replicas on it */
export function setReplicas(home: Home) {
  let redis: TestRedis | undefined;
  let folder = '';
  beforeAll(async () => {
    if (!hasRedis) return;
    redis = await startRedis();
    folder = await mkdtemp(join(tmpdir(), 'keys-'));
  });
  afterAll(async () => {
    await redis?.close();
    if (folder !== '') await rm(folder, { recursive: true });
  });
  const of = () => {
    if (!redis) throw new Error('there is no redis-server');
    return redis;
  };
  return {
    redis: of,
    key: (name: string) => writeKey(folder, name),
    /** Two, unless told otherwise. Each test begins with an empty Redis. */
    async start({
      sealKey,
      flags = [],
      count = 2,
    }: {
      sealKey?: string;
      flags?: string[];
      count?: number;
    } = {}) {
      await of().clear();
      return startReplicas(
        { env: home.env(), redis: of().url, sealKey: sealKey ?? (await writeKey(folder, 'key')), flags },
        count,
      );
    },
  };
}
