/** Replicas that trust an issuer and share a Redis, their callers, and a writer that tampers with the Redis. */
import { readFile } from 'node:fs/promises';
import { Redis } from 'ioredis';
import { expect, onTestFinished } from 'vitest';
import { parseConfig } from '../../src/cli/config.ts';
import { createRights } from '../../src/server/callers.ts';
import type { Json } from './child.ts';
import type { Home } from './home.ts';
import { hostInProcess } from './in-process.ts';
import { type ReplicaOptions, setReplicas } from './replicas.ts';
import { allScopes, claimsOf, openSession, roles, startTrust } from './token-server.ts';

export const callers = { shoppers: { when: { tenant: 'acme' }, target: 'shop' } };
export const PREFIX = 'amplify-backend-mcp';

/** The rights of a token, as the replicas derive them. */
export const rights = (token: string) =>
  createRights(parseConfig({ file: { targets: roles, callers } }))({
    ...{ claims: claimsOf(token), scopes: allScopes.split(' ') },
  });

/** Sets up the Redis of a file's tests. */
export function setTrustingReplicas(home: Home) {
  const cluster = setReplicas(home);

  /** Starts replicas that trust one issuer, for a single test unless `atEnd` says otherwise. */
  async function startTrusting(options: ReplicaOptions = {}) {
    const trust = await startTrust(callers, undefined, options.atEnd);
    const sealKey = await cluster.key('trusted');
    const replicas = await cluster.start({ ...options, flags: trust.flags, sealKey });
    const key = await readFile(sealKey.replace('file:', ''));
    return { ...trust, ...replicas, sealKey, key };
  }

  /** A new caller with a token, and a writer in the Redis of these replicas. */
  async function enter({ flags, tokenOf, sealKey, ...replicas }: Awaited<ReturnType<typeof startTrusting>>) {
    const redis = new Redis(cluster.redis().url);
    onTestFinished(() => redis.disconnect());
    const keysOf = async (pattern: string) => (await redis.keys(`${PREFIX}:${pattern}`)).sort();
    // Each replica writes its address to Redis as soon as it listens.
    await expect.poll(() => keysOf('replica:*')).toHaveLength(replicas.urls.length);
    const older = await keysOf('*');
    const sub = crypto.randomUUID();
    const ownToken = (claims: Json = {}, seconds?: number) =>
      tokenOf({ tenant: 'acme', sub, ...claims }, seconds);
    return {
      ...replicas,
      urls: replicas.urls as [string, string],
      redis,
      keysOf,
      /** The keys that were added since this caller came. */
      newKeysOf: async (pattern: string) => (await keysOf(pattern)).filter(name => !older.includes(name)),
      /** Starts one more replica. @returns its URL */
      async join() {
        const env = { ...home.env(), AMPLIFY_BACKEND_MCP_REDIS: cluster.redis().url };
        return (await hostInProcess(env, ['--seal-key', sealKey, ...flags])).url;
      },
      tokenOf: ownToken,
      token: await ownToken(),
    };
  }

  return { cluster, startTrusting, enter };
}

/** Opens a session. @returns its header, and the replica that has it */
export async function openOn(url: string, token: string, { redis }: { readonly redis: Redis }) {
  const session = await openSession(url, token);
  const owner = await redis.hget(`${PREFIX}:session:${session['mcp-session-id']}`, 'owner');
  return { session, owner: String(owner) };
}

/** Replaces a value in Redis for one test. */
export async function replace(redis: Redis, name: string, value: string): Promise<void> {
  const before = await redis.get(name);
  await redis.set(name, value, 'PX', 600_000);
  onTestFinished(async () => void (before !== null && (await redis.set(name, before, 'PX', 15_000))));
}
