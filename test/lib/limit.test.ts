/** At most so many at a time, in the order in which they came, and a failure gives its room to the next. */
import { expect, it } from 'vitest';
import { createLimit } from '../../src/lib/limit.ts';

it('runs at most so many at a time, first come first served', async () => {
  const limit = createLimit(2);
  let running = 0;
  let most = 0;
  const started: number[] = [];
  const results = await Promise.all(
    [1, 2, 3, 4, 5, 6].map(item =>
      limit(async () => {
        started.push(item);
        running += 1;
        most = Math.max(most, running);
        await new Promise(resolve => setImmediate(resolve));
        running -= 1;
        return item * 10;
      }),
    ),
  );
  expect(results).toEqual([10, 20, 30, 40, 50, 60]);
  expect(started).toEqual([1, 2, 3, 4, 5, 6]);
  expect(most).toBe(2);
});

it('goes on after a failure', async () => {
  const limit = createLimit(1);
  const failed = limit(async () => {
    throw new Error('refused');
  });
  await expect(failed).rejects.toThrow('refused');
  await expect(limit(async () => 'done')).resolves.toBe('done');
});
