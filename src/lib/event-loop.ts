/** Splits long work into slices, so that the event loop can serve other calls in between. */

/** How long one slice may take. */
const SLICE_MS = 10;

const waiting: (() => void)[] = [];

/** Resumes one piece of waiting work in each turn of the event loop. */
function wakeNext(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(wakeNext);
}

/** Resolves in a later turn of the event loop. At most one caller resumes in each turn. */
export function waitForTurn(): Promise<void> {
  return new Promise<void>(resolve => {
    if (waiting.push(resolve) === 1) setImmediate(wakeNext);
  });
}

/**
 * Creates the function that long work awaits between its steps. It resolves at once until the slice is used up, and then when
 * the next slice begins.
 */
export function createSlices(): () => Promise<void> {
  let startedAt = performance.now();
  return async () => {
    if (performance.now() - startedAt < SLICE_MS) return;
    await waitForTurn();
    startedAt = performance.now();
  };
}
