/** Who wants to hear of the jobs that they have met: that one appeared among them, or ended. */
import type { Entry } from './entries.ts';
import type { Release } from './report.ts';

/** Those who follow the list of known jobs. */
export interface Audience {
  add(caller: string, onChange: () => void): Release;
  /** Whether one of them has met this job. */
  wants(entry: Entry): boolean;
  /** Tells all who have met this job. */
  tell(entry: Entry): void;
  /** Tells one caller, who has just met a job. */
  tellCaller(caller: string): void;
  clear(): void;
}

/** Makes it. */
export function createAudience(): Audience {
  const listeners = new Set<{ readonly caller: string; readonly onChange: () => void }>();
  const tellWhere = (hears: (caller: string) => boolean) => {
    for (const { caller, onChange } of [...listeners]) if (hears(caller)) onChange();
  };
  return {
    add(caller, onChange) {
      const listener = { caller, onChange };
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    wants: ({ metBy }) => [...listeners].some(({ caller }) => metBy.has(caller)),
    tell: ({ metBy }) => tellWhere(caller => metBy.has(caller)),
    tellCaller: met => tellWhere(caller => caller === met),
    clear: () => listeners.clear(),
  };
}
