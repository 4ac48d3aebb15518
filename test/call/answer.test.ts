/** Answers that are long to search for secrets. */
import { expect, it, vi } from 'vitest';
import { shapeAnswer } from '../../src/call/answer.ts';
import { operationOf } from '../../src/call/reads.ts';

/** Whether the event loop takes a turn before an answer is shaped, by a clock that runs so far with each look at it. */
async function letsOthersRun(stepMs: number): Promise<boolean> {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => {
    now += stepMs;
    return now;
  });
  let isServed = false;
  setImmediate(() => {
    isServed = true;
  });
  await shapeAnswer(operationOf('get_backend_api'), { resourceConfig: { transformSchema: 'type A' } }, false);
  return isServed;
}

it('let other calls run before they are processed', async () => {
  expect(await letsOthersRun(11)).toBe(true);
});

it('delay no call if they are short', async () => {
  expect(await letsOthersRun(1)).toBe(false);
});
