/** Long work in slices: the event loop serves other work between any two of them. */
import { expect, it } from 'vitest';
import { createSlices, waitForTurn } from '../../src/lib/event-loop.ts';

/** Longer than a slice. */
function beBusy(): void {
  const until = performance.now() + 12;
  while (performance.now() < until);
}

it('runs one slice of any work per turn of the loop', async () => {
  const log: string[] = [];
  let isOver = false;
  const turn = () => {
    log.push('turn');
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  const work = async (name: string) => {
    const nextStep = createSlices();
    for (let step = 0; step < 3; step++) {
      beBusy();
      log.push(name);
      await nextStep();
    }
  };
  await Promise.all(['a', 'b', 'c', 'd'].map(work));
  isOver = true;
  const steps = log.slice(log.indexOf('turn'));
  expect(steps.filter(what => what !== 'turn')).toEqual([...'abcdabcd']);
  for (const [index, what] of steps.entries())
    if (what !== 'turn') expect(steps[index - 1], `${index}`).toBe('turn');
});

it('goes on at once while the slice lasts', async () => {
  const nextStep = createSlices();
  let turns = 0;
  setImmediate(() => {
    turns += 1;
  });
  for (let step = 0; step < 100; step++) await nextStep();
  expect(turns).toBe(0);
});

it('resumes one of those that wait for a turn in each', async () => {
  let turns = 0;
  const resumedIn: number[] = [];
  const countTurns = () => {
    turns += 1;
    if (resumedIn.length < 3) setImmediate(countTurns);
  };
  setImmediate(countTurns);
  const wait = async () => {
    await waitForTurn();
    resumedIn.push(turns);
  };
  await Promise.all([wait(), wait(), wait()]);
  expect(resumedIn).toEqual([1, 2, 3]);
});
