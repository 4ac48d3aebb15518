/** Runs something at a time of day, such as the expiry of a token. */

/**
 * The longest timer. The time is checked again this often, because the clock may be changed and the machine may sleep. Node's
 * own limit for a timer is higher.
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
