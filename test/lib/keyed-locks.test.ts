/** Locks by key: one holder at a time, in order, and aborted waits do not block others. */
import { expect, it } from 'vitest';
import { createKeyedLocks } from '../../src/lib/keyed-locks.ts';

const never = new AbortController().signal;
const settled = () => new Promise(resolve => setImmediate(resolve));

it('gives a key to one holder at a time, in order, and other keys at once', async () => {
  const locks = createKeyedLocks();
  const order: string[] = [];
  const first = await locks.acquire('a', never);
  const others = ['second', 'third'].map(async name => {
    const end = await locks.acquire('a', never);
    order.push(name);
    await settled();
    order.push(`${name} ends`);
    end();
  });
  (await locks.acquire('b', never))();
  await settled();
  expect(order).toEqual([]);
  first();
  await Promise.all(others);
  expect(order).toEqual(['second', 'second ends', 'third', 'third ends']);
});

it('skips aborted waits', async () => {
  const locks = createKeyedLocks();
  const end = await locks.acquire('a', never);
  const patience = new AbortController();
  const second = locks.acquire('a', patience.signal);
  const third = locks.acquire('a', never);
  patience.abort(new Error('enough'));
  await expect(second).rejects.toThrow('enough');
  let isThirds = false;
  void third.then(() => {
    isThirds = true;
  });
  await settled();
  expect(isThirds).toBe(false);
  end();
  (await third)();
  (await locks.acquire('a', never))();
});

it('rejects a wait that is already aborted', async () => {
  const locks = createKeyedLocks();
  await expect(locks.acquire('a', AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  (await locks.acquire('a', never))();
});
