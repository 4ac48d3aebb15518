/** Debian's redis-server as a real child on a port of its own, which can be killed and started again with its data. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** Whether this machine has one. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

export interface TestRedis {
  readonly url: string;
  /** Kills it. Its data stays on disk. */
  kill(): Promise<void>;
  /** Starts it again, unless it is running. */
  start(): Promise<void>;
  /** Deletes all data. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** Starts one. */
export async function startRedis(): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;

  const isAlive = () => child?.exitCode === null && child.signalCode === null;

  async function start(): Promise<void> {
    if (isAlive()) return;
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
    const started = spawn(
      'redis-server',
      [...args, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always'],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    child = started;
    let log = '';
    for await (const chunk of started.stdout) {
      log += chunk;
      if (log.includes('Ready to accept connections')) break;
    }
    started.stdout.resume();
  }

  async function kill(): Promise<void> {
    if (!child || !isAlive()) return;
    child.kill('SIGKILL');
    await once(child, 'close');
  }

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    ...{ start, kill },
    async clear() {
      const redis = new Redis(port, '127.0.0.1');
      await redis.flushall();
      redis.disconnect();
    },
    async close() {
      await kill();
      await rm(folder, { recursive: true });
    },
  };
}
