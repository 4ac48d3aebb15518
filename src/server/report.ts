/** Warnings of a server that has no log yet: the log is loaded by the first one. */
import { lazy } from '../lib/lazy.ts';
import type { Config } from './settings.ts';

/** Returns what writes a line of the log. */
export function createReport({ logLevel }: Pick<Config, 'logLevel'>): (text: string) => void {
  const log = lazy(async () => (await import('../observability/log.ts')).createLog(logLevel));
  return text => void log.get().then(logger => logger.warn(text));
}
