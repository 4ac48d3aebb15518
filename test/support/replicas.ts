/**
 * Replicas of the server on one Redis, behind a round-robin proxy. Usually one is a child process, which a test can kill, and the
 * other runs in the test's own process. So they share nothing but Redis, and Node starts only once.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { Child, Env } from './child.ts';
import type { Home } from './home.ts';
import { startHosted } from './hosted.ts';
import { hostInProcess } from './in-process.ts';
import { hasRedis, startRedis, type TestRedis } from './redis.ts';
import { type RoundRobin, startRoundRobin } from './round-robin.ts';
import type { AtEnd } from './share.ts';

/** Where a replica runs: in a process of its own, or in the test's. */
type Where = 'process' | 'in memory';

export interface Replicas {
  /** Each by itself. */
  readonly urls: readonly string[];
  /** The replicas that are child processes. */
  readonly children: readonly (Child | undefined)[];
  readonly proxy: RoundRobin;
  /** Kills a replica in the middle of its work. @throws if it is not a child process */
  kill(replica: number): Promise<void>;
}

/** Writes a key to seal with. @returns the setting that names it */
export async function writeKey(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, crypto.getRandomValues(new Uint8Array(32)), { mode: 0o600 });
  return `file:${path}`;
}

/** Which replicas to start. By default: one child process and one in the test's own process, with a new key, for one test. */
export interface ReplicaOptions {
  /** The setting. */
  readonly sealKey?: string;
  readonly flags?: readonly string[];
  readonly where?: readonly Where[] | undefined;
  readonly atEnd?: AtEnd;
}

/** Starts them. @param env where AWS is, and a home */
async function startReplicas(
  env: Env,
  redis: string,
  { sealKey = '', flags = [], where = ['process', 'in memory'], atEnd = onTestFinished }: ReplicaOptions,
): Promise<Replicas> {
  const settings = [
    { ...env, AMPLIFY_BACKEND_MCP_REDIS: redis },
    ['--seal-key', sealKey, ...flags],
    atEnd,
  ] as const;
  const all = await Promise.all(
    where.map(
      async (place): Promise<{ url: string; child?: Child }> =>
        place === 'process' ? startHosted(...settings) : hostInProcess(...settings),
    ),
  );
  const proxy = await startRoundRobin(all.map(({ url }) => url));
  atEnd(() => proxy.close());
  return {
    urls: all.map(({ url }) => url),
    children: all.map(({ child }) => child),
    proxy,
    async kill(replica) {
      const child = all[replica]?.child;
      if (!child) throw new Error(`replica ${replica} is no process of its own`);
      child.kill('SIGKILL');
      await child.ended;
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
    /** Starts replicas on an empty Redis. */
    async start(options: ReplicaOptions = {}) {
      await of().clear();
      const { sealKey = await writeKey(folder, 'key') } = options;
      return startReplicas(home.env(), of().url, { ...options, sealKey });
    },
  };
}
