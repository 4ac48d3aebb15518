/** Writes and locks that replicas share on Redis: only sealed writes count, and a lock has one holder. */
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KnownWrite } from '../../src/call/write-ledger.ts';
import { type Connection, connect } from '../../src/replicas/connection.ts';
import { openLocks } from '../../src/replicas/locks.ts';
import { openWrites } from '../../src/replicas/writes.ts';
import { hasRedis, startRedis, type TestRedis } from '../support/redis.ts';

const keyOf = (fill: number) => new Uint8Array(32).fill(fill);
const write: KnownWrite = {
  ...{ operation: 'CloneBackend', environment: 'qa', state: 'settled', jobId: 'j1', sentAt: 1, changedAt: 2 },
};
const never = new AbortController().signal;

describe.runIf(hasRedis)('on Redis (where redis-server is installed)', () => {
  let redis: TestRedis;
  let connection: Connection;
  let raw: Redis;
  beforeAll(async () => {
    redis = await startRedis();
    connection = await connect(redis.url, () => undefined);
    raw = new Redis(redis.url);
  });
  beforeEach(() => redis.clear());
  afterAll(async () => {
    raw.disconnect();
    await connection.close();
    await redis.close();
  });

  const open = (fill = 1) => openWrites(connection, 'test', [keyOf(fill)]);

  it('a write is known to every replica with the key, for its app', async () => {
    await open().publish('d1a', 'w1', write);
    expect([...(await open().known('d1a'))]).toEqual([['w1', write]]);
    expect((await open().known('d1b')).size).toBe(0);
    expect((await open(2).known('d1a')).size).toBe(0);
  });

  it('write access to Redis does not suffice to claim a job', async () => {
    await open().publish('d1a', 'w1', write);
    const token = String(await raw.hget('test:writes:d1a', 'w1'));
    await raw.hset('test:writes:d1a', 'w2', token);
    await raw.hset('test:writes:d1a', 'w3', JSON.stringify(write));
    await raw.hset('test:writes:d1b', 'w1', token);
    expect([...(await open().known('d1a')).keys()]).toEqual(['w1']);
    expect((await open().known('d1b')).size).toBe(0);
    // What is not believed is taken away.
    expect(await raw.hkeys('test:writes:d1a')).toEqual(['w1']);
  });

  it('an unavailable Redis fails reads and does not delay writes', async () => {
    await redis.kill();
    await expect.poll(() => connection.isUp).toBe(false);
    await open().publish('d1a', 'w1', write);
    await expect(open().known('d1a')).rejects.toMatchObject({ code: 'store_unavailable' });
    await redis.start();
    await expect.poll(() => connection.isUp).toBe(true);
  });

  it('a lock is held by one replica at a time, and passes to the next', async () => {
    const lock = openLocks(connection, 'test');
    const unlock = await lock('qa', never);
    await expect(lock('qa', AbortSignal.timeout(300))).rejects.toThrow();
    const next = lock('qa', never);
    await (await lock('prod', never))();
    await unlock();
    await (await next)();
    expect(await raw.keys('test:lock:*')).toEqual([]);
  });

  it('releasing a lost lock does not take it from the next holder', async () => {
    const lock = openLocks(connection, 'test');
    const lost = await lock('qa', never);
    await raw.set('test:lock:qa', 'somebody else');
    await lost();
    expect(await raw.get('test:lock:qa')).toBe('somebody else');
  });

  it('a lock expires if its replica dies', async () => {
    const lock = openLocks(connection, 'test');
    const unlock = await lock('qa', never);
    const life = await raw.pttl('test:lock:qa');
    expect(life).toBeGreaterThan(0);
    expect(life).toBeLessThanOrEqual(15_000);
    await unlock();
  });
});
