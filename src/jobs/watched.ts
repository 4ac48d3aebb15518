/**
 * What is known of one watched job, and how each look at AWS changes it. Knows no timer and asks nobody; what
 * it says depends on the time all the same.
 */
import { ServerError } from '../errors.ts';
import { quoteName } from '../lib/quote.ts';
import { nextStep, removesEnvironments, waitingFor } from './advice.ts';
import type { Expectation } from './expectation.ts';
import { type Job, type JobRef, stateOf } from './job.ts';
import { isStalled, progressOf } from './progress.ts';
import type { JobReport } from './report.ts';
import { nextDelay } from './schedule.ts';

/** A job's place: its address at AWS, in which account and region. */
export interface LocatedJob extends JobRef {
  readonly target: string | undefined;
  readonly region: string;
}

/** What AWS says of a job at one look. */
export interface Polled {
  readonly job: Job;
  /** How far AWS's clock is ahead of ours, in milliseconds; undefined where it does not tell. */
  readonly aheadMs?: number | undefined;
}

/** What a job's state is made with. */
export interface WatchedJobDeps {
  readonly now: () => number;
  readonly random: () => number;
  readonly expectationOf: (ref: LocatedJob, operation: string) => Expectation | undefined;
  /** Whether CloudFormation can be asked for a sign of life before a job is called stalled. */
  readonly canListen: boolean;
}

/** One watched job. Times are milliseconds on the monotonic clock, unless AWS's is named. */
export interface Watched {
  readonly ref: LocatedJob;
  readonly metAt: number;
  /** When its end was noticed. */
  readonly overAt: number | undefined;
  /** When it ended, by AWS's own time where that can be read, moved onto our clock. */
  readonly endedAt: number | undefined;
  /** Why nobody can tell any more how it ends. */
  readonly lost: ServerError | undefined;
  /** Why the last look failed. */
  readonly failure: ServerError | undefined;
  readonly isSeen: boolean;
  readonly operation: string | undefined;
  /** On AWS's clock, since when its stack's events matter: set where it would be called stalled, and now and then. */
  readonly listensSince: number | undefined;
  /** Takes in when CloudFormation last did something for it, on AWS's clock; or why nobody can tell. */
  hear(lastActivityAt: number | undefined, failure?: ServerError): void;
  /** Whether what is known is too young to ask again. */
  isFresh(): boolean;
  /** When to look next, as far as the job goes. @param slack how many times later, but after `floorMs` at least */
  nextLookAt(slack?: number, floorMs?: number): number;
  /** Takes in that more is known of how long such jobs take. */
  replan(): void;
  /** Takes in what AWS said. @param isLive whether it was asked for the job just now @returns whether this ended it */
  take(polled: Polled, isLive: boolean): boolean;
  /** Takes in a look that failed. */
  miss(failure: ServerError): void;
  /** Takes in that AWS does not know the job any more. @returns whether that settled it */
  vanish(hasEnvironment: boolean): boolean;
  /** @throws internal where nothing was seen yet */
  report(): JobReport;
}

/** A read may show what is this old, however seldom the job is polled. */
const LONGEST_FRESH_MS = 15_000;
/** For how long the end of a job is told without asking. */
export const REMEMBERED_MS = 3_600_000;
/** A job that was just started may not be readable yet. */
const APPEARS_WITHIN_MS = 30_000;
/** How long what was heard of a stack is good for. */
const HEARD_MS = 5 * 60_000;

const timeOf = (iso: string | undefined) => (iso === undefined ? undefined : Date.parse(iso));
const isRunning = ({ status }: Job) => stateOf(status) === 'running';

/** A job that nothing is known of yet. */
export function createWatched(ref: LocatedJob, surroundings: WatchedJobDeps): Watched {
  const { now, random, expectationOf, canListen } = surroundings;
  const metAt = now();
  let job: Job | undefined;
  let aheadMs = 0;
  /** The last look, whatever came of it, and the last that AWS answered. */
  let lookedAt: number | undefined;
  let seenAt: number | undefined;
  let delayMs = 0;
  /** On AWS's clock. */
  let lastSignAt: number | undefined;
  /** What was heard of its stack: when that last moved, on AWS's clock; when it was asked, and why in vain. */
  let movedAt: number | undefined;
  let heardAt: number | undefined;
  let deaf: ServerError | undefined;
  /** Whether it was heard, since the last sign of life, that there is none. */
  let isSilenceHeard = false;
  let progress = 0;
  let failures = 0;
  let missed = 0;
  let failure: ServerError | undefined;
  let note: string | undefined;
  let lost: ServerError | undefined;
  let overAt: number | undefined;
  let endedAt: number | undefined;

  /** From AWS's create time to now or to the end, on AWS's clock. */
  function elapsed(): number | undefined {
    const createdAt = timeOf(job?.createdAt);
    if (!job || createdAt === undefined) return undefined;
    const until = (isRunning(job) ? undefined : timeOf(job.updatedAt)) ?? (overAt ?? now()) + aheadMs;
    return Math.max(0, until - createdAt);
  }

  /** Since the last sign of life. */
  function quiet(): number {
    const signs = [timeOf(job?.createdAt), timeOf(job?.updatedAt), lastSignAt, movedAt];
    const known = signs.filter(time => time !== undefined);
    return known.length === 0 ? 0 : Math.max(0, now() + aheadMs - Math.max(...known));
  }

  const expectation = () => job && expectationOf(ref, job.operation);

  /** Whether it runs for too long without any sign of life that is known. */
  function isSilent(): boolean {
    const ageMs = elapsed();
    if (overAt !== undefined || job?.state !== 'running' || ageMs === undefined) return false;
    return isStalled({ ageMs, quietMs: quiet(), expectation: expectation() });
  }

  /** The state as of now: AWS's word, unless the job shows no sign of life, and neither does its stack. */
  function stateNow(seen: Job): Job['state'] {
    return isSilent() && (isSilenceHeard || !canListen) ? 'stalled' : seen.state;
  }

  /** For how long its stack is silent, where that was the last to move. */
  function sinceMoved(): number | undefined {
    const quietMs = quiet();
    return movedAt !== undefined && now() + aheadMs - movedAt <= quietMs ? quietMs : undefined;
  }

  function looked(): void {
    lookedAt = now();
    replan();
  }

  function replan(): void {
    const ageMs = elapsed() ?? now() - metAt;
    delayMs = nextDelay({ ageMs, expectation: expectation(), failures, random });
  }

  const freshUntil = () => (lookedAt ?? Number.NEGATIVE_INFINITY) + Math.min(delayMs, LONGEST_FRESH_MS);

  function end(state: Job['state']): true {
    if (job) job = { ...job, state };
    failure = undefined;
    overAt = now();
    endedAt = overAt;
    return true;
  }

  return {
    ref,
    metAt,
    get overAt() {
      return overAt;
    },
    get endedAt() {
      return endedAt;
    },
    get lost() {
      return lost;
    },
    get failure() {
      return failure;
    },
    get isSeen() {
      return job !== undefined;
    },
    get operation() {
      return job?.operation;
    },

    get listensSince() {
      const isGood = heardAt !== undefined && now() - heardAt < HEARD_MS;
      return !isGood && isSilent() ? timeOf(job?.createdAt) : undefined;
    },

    hear(lastActivityAt, why) {
      heardAt = now();
      movedAt = lastActivityAt ?? movedAt;
      deaf = why;
      isSilenceHeard = isSilent();
    },

    isFresh: () => overAt !== undefined || (job !== undefined && now() < freshUntil()),
    nextLookAt: (slack = 1, floorMs = 0) => (lookedAt ?? metAt) + Math.max(floorMs, delayMs * slack),
    replan,

    take(polled, isLive) {
      const before = job;
      aheadMs = polled.aheadMs ?? aheadMs;
      // The answer that starts a job has no times; those that are known stay.
      const { error: _, ...known } = before ?? {};
      job = { ...known, ...polled.job };
      if (before && (before.status !== job.status || before.updatedAt !== job.updatedAt))
        lastSignAt = now() + aheadMs;
      [failures, missed, failure, note, lost] = [0, 0, undefined, undefined, undefined];
      if (isLive) seenAt = now();
      const wasOver = overAt !== undefined;
      // A record can be rewritten: a job that runs again is watched again.
      overAt = isRunning(job) ? undefined : (overAt ?? now());
      endedAt = overAt && Math.min(overAt, (timeOf(job.updatedAt) ?? overAt + aheadMs) - aheadMs);
      isSilenceHeard &&= isSilent();
      if (isLive) looked();
      else replan();
      return !wasOver && overAt !== undefined && before !== undefined;
    },

    miss(why) {
      failures += 1;
      failure = why;
      looked();
    },

    vanish(hasEnvironment) {
      missed += 1;
      if (!job) return false;
      const { operation, backendEnvironmentName, jobId } = job;
      if (!hasEnvironment && removesEnvironments(operation)) {
        note = 'AWS no longer knows the job, because its environment is gone: that is its success.';
        return end('succeeded');
      }
      if (!hasEnvironment) {
        const message = `Environment ${quoteName(backendEnvironmentName)} is gone, and AWS's record of job ${quoteName(jobId)} with it: nobody can tell how the job ended.`;
        lost = new ServerError('job_vanished', { message });
        return end(job.state);
      }
      if (missed < 2 || now() - metAt < APPEARS_WITHIN_MS) return false;
      lost = new ServerError('job_vanished');
      return end(job.state);
    },

    report() {
      if (!job) throw new ServerError('internal', { cause: new Error('no job to report') });
      const elapsedMs = elapsed();
      const expected = expectation();
      const state = stateNow(job);
      const runs = state === 'running' || state === 'stalled';
      if (state === 'succeeded') progress = 100;
      else if (runs && expected && elapsedMs !== undefined)
        progress = Math.max(progress, progressOf(elapsedMs, expected));
      const ttlMs = runs ? Math.max(0, Math.round(freshUntil() - now())) : REMEMBERED_MS;
      const shown = { ...job, state };
      // What has ended is part of what is expected of the next.
      const expectedMs = runs ? expected?.typicalMs : undefined;
      const stale =
        failure && `AWS could not be asked just now (${failure.code}); this is what it said last.`;
      const unheard =
        state === 'stalled' &&
        deaf &&
        `CloudFormation could not be asked whether it is at work (${deaf.code}): age and silence alone say so.`;
      const notes = [note, stale, unheard].filter(Boolean).join(' ');
      return {
        job: shown,
        asOf: new Date((seenAt ?? metAt) + aheadMs).toISOString(),
        ...(elapsedMs !== undefined && { elapsedMs }),
        ...(expectedMs !== undefined && { expectedMs }),
        ...((expected || state === 'succeeded') && { progress }),
        ...(runs && { waitingFor: waitingFor(shown, expectedMs, sinceMoved()) }),
        nextStep: nextStep(shown, quiet(), Math.max(ttlMs, 1_000)),
        ttlMs,
        ...(notes && { note: notes }),
      };
    },
  };
}
