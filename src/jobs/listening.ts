/**
 * Before a job is called stalled, its stack is asked for a sign of life: seldom, once whoever waits for the
 * answer, and never for a job whose own record still moves.
 */
import { type ServerError, toServerError } from '../errors.ts';
import type { WatcherSources } from './sources.ts';
import type { LocatedJob } from './watched.ts';

/** The part of a watched job that takes in what is heard. */
export interface Listener {
  readonly ref: LocatedJob;
  /** Since when the stack's events matter; undefined where there is no need to ask. */
  readonly listensSince: number | undefined;
  /** Takes in when the stack last moved, or why nobody can tell. */
  hear(lastActivityAt: number | undefined, failure?: ServerError): void;
}

/** Listens for one job; undefined where there is no need to. Never rejects. */
export type Listen = (listener: Listener) => Promise<void> | undefined;

/** Makes it. */
export function createListen({ lastActivity }: Pick<WatcherSources, 'lastActivity'>): Listen {
  const underWay = new WeakMap<Listener, Promise<void>>();

  async function ask(listener: Listener, since: number, of: NonNullable<typeof lastActivity>): Promise<void> {
    try {
      listener.hear(await of(listener.ref, since));
    } catch (thrown) {
      // A help, not a need: then age and silence decide alone, and the report says so.
      listener.hear(undefined, toServerError(thrown));
    } finally {
      underWay.delete(listener);
    }
  }

  return listener => {
    const begun = underWay.get(listener);
    const since = listener.listensSince;
    if (begun || since === undefined || !lastActivity) return begun;
    const asking = ask(listener, since, lastActivity);
    underWay.set(listener, asking);
    return asking;
  };
}
