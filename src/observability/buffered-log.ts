/** A log that holds its lines back until it is flushed: the first line on stderr says where the server listens. */
import type { Logger } from './log.ts';

/** Writes a line, or holds it back until the log is flushed. */
export type WriteLog = (at: 'debug' | 'info' | 'warn' | 'error', facts: object, what: string) => void;

export function createBufferedLog(log: Logger): { write: WriteLog; flush(): void } {
  let kept: (() => void)[] | undefined = [];
  return {
    write(at, facts, what) {
      if (kept) kept.push(() => log[at](facts, what));
      else log[at](facts, what);
    },
    flush() {
      for (const write of kept ?? []) write();
      kept = undefined;
    },
  };
}
