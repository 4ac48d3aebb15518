/**
 * Before a job is reported as stalled, this reads from its stack whether CloudFormation still works on it. The check is
 * rare, is shared by concurrent readers, and is left out for a job whose own record still changes.
 */
import { toServerError } from '../errors.ts';
import type { WatcherSources } from './sources.ts';
import type { WatchedJob } from './watched-job.ts';

/** Checks one job; undefined where no check is needed. Never rejects. */
export type CheckActivity = (watched: WatchedJob) => Promise<void> | undefined;

export function createActivityCheck({ lastActivity }: Pick<WatcherSources, 'lastActivity'>): CheckActivity {
  const pending = new WeakMap<WatchedJob, Promise<void>>();

  async function check(watched: WatchedJob, since: number, read: NonNullable<typeof lastActivity>) {
    try {
      watched.applyActivity(await read(watched.ref, since));
    } catch (thrown) {
      // Only the job's age and silence decide then, and the report says so.
      watched.applyActivity(undefined, toServerError(thrown));
    } finally {
      pending.delete(watched);
    }
  }

  return watched => {
    const running = pending.get(watched);
    const since = watched.activityNeededSince;
    if (running || since === undefined || !lastActivity) return running;
    const started = check(watched, since, lastActivity);
    pending.set(watched, started);
    return started;
  };
}
