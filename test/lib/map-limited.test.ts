/** An asynchronous function on each item, some at a time. */
import { expect, it } from 'vitest';
import { mapLimited } from '../../src/lib/map-limited.ts';

it('runs at most so many at once, and keeps the order of the items', async () => {
  let running = 0;
  let most = 0;
  const results = await mapLimited([3, 1, 2, 5, 4], 2, async item => {
    running += 1;
    most = Math.max(most, running);
    for (let turn = 0; turn < item; turn += 1) await Promise.resolve();
    running -= 1;
    return item * 10;
  });
  expect(results).toEqual([30, 10, 20, 50, 40]);
  expect(most).toBe(2);
});

it('fails with the first failure', async () => {
  const run = async (item: number) => {
    if (item === 2) throw new Error('two');
  };
  await expect(mapLimited([1, 2, 3], 2, run)).rejects.toThrow('two');
});
