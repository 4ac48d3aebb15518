/** A log that keeps its first lines back until it is let go: the first line of all says where the server listens. */
import type { Logger } from './log.ts';

/** Writes a line: at once, or once it was let go. */
export type WriteLog = (at: 'debug' | 'info' | 'warn' | 'error', facts: object, what: string) => void;

/** Makes it. */
export function createBufferedLog(log: Logger): { write: WriteLog; letGo(): void } {
  let kept: (() => void)[] | undefined = [];
  return {
    write(at, facts, what) {
      if (kept) kept.push(() => log[at](facts, what));
      else log[at](facts, what);
    },
    letGo() {
      for (const write of kept ?? []) write();
      kept = undefined;
    },
  };
}
