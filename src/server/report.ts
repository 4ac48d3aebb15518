/** Warnings of a server whose log is loaded only when the first warning is written. */
import { lazy } from '../lib/lazy.ts';
import type { Config } from './settings.ts';

/** Writes lines of the log. */
export interface DeferredReport {
  report(text: string): void;
  /** Resolves when the lines so far are written: the process must not end while the log is still loading. */
  settle(): Promise<void>;
}

export function createReport({ logLevel }: Pick<Config, 'logLevel'>): DeferredReport {
  const log = lazy(async () => (await import('../observability/log.ts')).createLog(logLevel));
  let written: Promise<void> = Promise.resolve();
  return {
    report(text) {
      written = Promise.all([written, log.get()]).then(([, logger]) => logger.warn(text));
    },
    settle: () => written,
  };
}
