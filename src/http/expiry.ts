/** What happens at a given time of day, such as the end of a token. */

/** Clocks are set, and machines sleep: how soon that is noticed. It also keeps a timer below what one can count. */
const LOOK_EVERY_MS = 30_000;

/** Runs something at that time, in epoch milliseconds; never where there is none. @returns what takes that back */
export function runAt(time: number | undefined, run: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  function look(at: number): void {
    const leftMs = at - Date.now();
    if (leftMs <= 0) run();
    else timer = setTimeout(look, Math.min(leftMs, LOOK_EVERY_MS), at).unref();
  }
  if (time !== undefined) look(time);
  return () => clearTimeout(timer);
}
