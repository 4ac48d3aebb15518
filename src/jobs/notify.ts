/** Notifies followers of a job of changes of its state, steps of its progress, and its end. */
import type { JobEntry } from './entries.ts';
import type { ListFollowers } from './list-followers.ts';
import type { JobChange } from './report.ts';

/** Steps of progress, in percent, of which followers are notified. */
const PROGRESS_STEP = 10;

function notifyOfEnd(entry: JobEntry, last: JobChange, lists: ListFollowers): void {
  const followers = [...entry.followers];
  entry.followers.clear();
  for (const { onChange } of followers) onChange(last);
  lists.notifyOf(entry);
}

/** Notifies followers of the job of a change, and at its end also followers of a list with it. */
export function notifyFollowers(entry: JobEntry, lists: ListFollowers): void {
  const { watched, followers, lastNotified } = entry;
  if (watched.lost) {
    notifyOfEnd(entry, watched.lost, lists);
    return;
  }
  const report = watched.report();
  const { state, status, error } = report.job;
  const facts = JSON.stringify([state, status, error]);
  const progress = report.progress ?? 0;
  if (facts === lastNotified?.facts && progress - lastNotified.progress < PROGRESS_STEP) return;
  entry.lastNotified = { facts, progress };
  if (watched.endNoticedAt !== undefined) notifyOfEnd(entry, report, lists);
  // The first report is not a change.
  else if (lastNotified) for (const { onChange } of [...followers]) onChange(report);
}
