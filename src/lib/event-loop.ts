/** Long work in slices, between which the event loop serves everybody else. */

/** How long one slice may take. */
const SLICE_MS = 10;

const waiting: (() => void)[] = [];

/** Lets one piece of work go on for each turn of the loop, however many there are. */
function wakeNext(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(wakeNext);
}

/**
 * Makes what a piece of long work awaits between its steps: it comes back at once as long as the slice lasts, and
 * else when it is this work's turn again.
 */
export function createSlices(): () => Promise<void> {
  let startedAt = performance.now();
  return async () => {
    if (performance.now() - startedAt < SLICE_MS) return;
    await new Promise<void>(resolve => {
      if (waiting.push(resolve) === 1) setImmediate(wakeNext);
    });
    startedAt = performance.now();
  };
}
