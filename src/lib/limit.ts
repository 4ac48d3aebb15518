/** Limits how many functions run at a time, across all that share the limit. */

/** Runs a function once fewer than the limit are running, first come first served. @throws what it throws */
export type Limit = <Result>(run: () => Promise<Result>) => Promise<Result>;

/** @param most how many functions run at a time */
export function createLimit(most: number): Limit {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async run => {
    if (running < most) running += 1;
    else await new Promise<void>(resolve => waiting.push(resolve));
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      // The next one takes over this slot.
      if (next) next();
      else running -= 1;
    }
  };
}
