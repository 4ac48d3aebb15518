/** Runs something at a time of day, such as the expiry of a token. */

/**
 * The longest timer. The clock may be set and the machine may sleep meanwhile, so the time is checked again this often.
 * It also is below the most that a timer can count.
 */
const CHECK_EVERY_MS = 30_000;

/** @param time epoch milliseconds; nothing runs if it is undefined @returns cancels it */
export function runAt(time: number | undefined, run: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  function check(at: number): void {
    const leftMs = at - Date.now();
    if (leftMs <= 0) run();
    else timer = setTimeout(check, Math.min(leftMs, CHECK_EVERY_MS), at).unref();
  }
  if (time !== undefined) check(time);
  return () => clearTimeout(timer);
}
