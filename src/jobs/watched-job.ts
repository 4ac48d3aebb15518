/** What is known of one watched job, and how each answer of AWS changes it. Sets no timer and sends nothing. */
import { ServerError } from '../errors.ts';
import { quoteName } from '../lib/quote.ts';
import { removesEnvironments } from './advice.ts';
import { buildReport } from './build-report.ts';
import type { Expectation } from './expectation.ts';
import { isEnded, type Job, type LocatedJob, type PolledJob } from './job.ts';
import { afterPoll, isRunning, jobIn, noticedEnd, timeOf, type WatchState } from './job-state.ts';
import { isStalled, progressOf } from './progress.ts';
import type { JobReport } from './report.ts';
import { nextDelay } from './schedule.ts';
import { SignsOfLife } from './signs-of-life.ts';

/** What a watched job needs. */
export interface WatchedJobDeps {
  readonly now: () => number;
  readonly random: () => number;
  readonly expectationOf: (ref: LocatedJob, operation: string) => Expectation | undefined;
  /** Whether CloudFormation can be asked for a sign of life before a job is reported as stalled. */
  readonly canCheckActivity: boolean;
}

/** A read may show an answer of this age, even if the job is polled more often. */
const LONGEST_FRESH_MS = 15_000;
/** How long an ended job is reported without a poll. */
export const REMEMBERED_MS = 3_600_000;
/** A job that was just started may not be readable yet. */
const APPEARS_WITHIN_MS = 30_000;

/** One watched job. Times are milliseconds on the monotonic clock, unless AWS's is named. */
export class WatchedJob {
  readonly ref: LocatedJob;
  readonly #deps: WatchedJobDeps;
  readonly #watchedSince: number;
  #state: WatchState = { name: 'unknown' };
  readonly #signs = new SignsOfLife();
  /** How far AWS's clock is ahead. */
  #aheadMs = 0;
  /** The last poll, failed or not. */
  #polledAt: number | undefined;
  /** The last poll that AWS answered. */
  #answeredAt: number | undefined;
  #delayMs = 0;
  /** Failed polls in a row. */
  #failures = 0;
  /** Polls since AWS's last answer in which AWS did not know the job. */
  #notFound = 0;
  #failure: ServerError | undefined;
  #progress = 0;

  constructor(ref: LocatedJob, deps: WatchedJobDeps) {
    this.ref = ref;
    this.#deps = deps;
    this.#watchedSince = deps.now();
  }

  /** Whether AWS has answered about the job. */
  get isKnown(): boolean {
    return this.#state.name !== 'unknown';
  }

  get operation(): string | undefined {
    return jobIn(this.#state)?.operation;
  }

  get endNoticedAt(): number | undefined {
    return noticedEnd(this.#state);
  }

  /** When it ended, by AWS's own time where that can be read. */
  get endedAt(): number | undefined {
    return this.#state.name === 'ended' ? this.#state.endedAt : this.endNoticedAt;
  }

  /** Why the outcome of the job cannot be known. */
  get lost(): ServerError | undefined {
    return this.#state.name === 'lost' ? this.#state.failure : undefined;
  }

  /** Why the last poll failed. */
  get failure(): ServerError | undefined {
    return this.#failure;
  }

  /** Set if the job would be reported as stalled and its stack must be checked first: events count since then, on AWS's clock. */
  get activityNeededSince(): number | undefined {
    const isNeeded = !this.#signs.isCheckFresh(this.#deps.now()) && this.#isSilent();
    return isNeeded ? timeOf(jobIn(this.#state)?.createdAt) : undefined;
  }

  /** Whether what is known is too recent to poll again. */
  isFresh(): boolean {
    return this.endNoticedAt !== undefined || (this.isKnown && this.#deps.now() < this.#freshUntil());
  }

  /** When the next poll is due. @param slack multiplies the delay @param floorMs the least delay */
  nextPollAt(slack = 1, floorMs = 0): number {
    return (this.#polledAt ?? this.#watchedSince) + Math.max(floorMs, this.#delayMs * slack);
  }

  /** Plans the next poll again, with the current expectation. */
  replan(): void {
    const ageMs = this.#elapsed() ?? this.#deps.now() - this.#watchedSince;
    const { random } = this.#deps;
    this.#delayMs = nextDelay({ ageMs, expectation: this.#expectation(), failures: this.#failures, random });
  }

  /** Applies AWS's answer. @param isLive whether AWS was asked for the job just now @returns whether this ended it */
  applyAnswer(polled: PolledJob, isLive: boolean): boolean {
    const now = this.#deps.now();
    this.#aheadMs = polled.aheadMs ?? this.#aheadMs;
    const before = this.#state;
    const known = jobIn(before);
    this.#state = afterPoll(before, polled, now, this.#aheadMs);
    const job = jobIn(this.#state);
    if (known && (known.status !== job?.status || known.updatedAt !== job.updatedAt))
      this.#signs.recordChanged(now + this.#aheadMs);
    [this.#failures, this.#notFound, this.#failure] = [0, 0, undefined];
    if (isLive) this.#answeredAt = now;
    this.#signs.confirmSilence(this.#signs.isSilenceConfirmed && this.#isSilent());
    if (isLive) this.#polled();
    else this.replan();
    return before.name === 'running' && this.#state.name === 'ended';
  }

  /** Applies a poll that failed. */
  applyFailure(failure: ServerError): void {
    this.#failures += 1;
    this.#failure = failure;
    this.#polled();
  }

  /** Applies that AWS no longer knows the job. @returns whether the watching ends with that */
  applyNotFound(hasEnvironment: boolean): boolean {
    this.#notFound += 1;
    const job = jobIn(this.#state);
    if (!job) return false;
    const { operation, backendEnvironmentName, jobId } = job;
    if (!hasEnvironment && removesEnvironments(operation)) {
      const note = 'AWS no longer knows the job, because its environment is gone: that is its success.';
      const now = this.#deps.now();
      const gone = { ...job, state: 'succeeded' } as const;
      this.#end({ name: 'ended', job: gone, noticedAt: now, endedAt: now, note });
      return true;
    }
    if (!hasEnvironment) {
      const message = `Environment ${quoteName(backendEnvironmentName)} is gone, and AWS's record of job ${quoteName(jobId)} with it, so the outcome of the job is unknown.`;
      this.#lose(job, new ServerError('job_vanished', { message }));
      return true;
    }
    if (this.#notFound < 2 || this.#deps.now() - this.#watchedSince < APPEARS_WITHIN_MS) return false;
    this.#lose(job, new ServerError('job_vanished'));
    return true;
  }

  /** Applies the time of the stack's last event, on AWS's clock, or the reason why it could not be read. */
  applyActivity(lastActivityAt: number | undefined, failure?: ServerError): void {
    this.#signs.checked(this.#deps.now(), lastActivityAt, failure);
    this.#signs.confirmSilence(this.#isSilent());
  }

  /** @throws internal where nothing is known yet */
  report(): JobReport {
    const known = jobIn(this.#state);
    if (!known) throw new ServerError('internal', { cause: new Error('no job to report') });
    const job = { ...known, state: this.#stateNow(known) };
    const runs = !isEnded(job);
    const expectation = this.#expectation();
    const elapsedMs = this.#elapsed();
    const now = this.#deps.now();
    const awsNow = now + this.#aheadMs;
    return buildReport({
      job,
      asOf: (this.#answeredAt ?? this.#watchedSince) + this.#aheadMs,
      elapsedMs,
      expectation,
      progress: this.#advance(job, elapsedMs, expectation),
      quietMs: this.#signs.quietMs(known, awsNow),
      stackQuietMs: this.#signs.stackQuietMs(known, awsNow),
      ttlMs: runs ? Math.max(0, Math.round(this.#freshUntil() - now)) : REMEMBERED_MS,
      endNote: this.#state.name === 'ended' ? this.#state.note : undefined,
      failure: this.#failure,
      checkFailure: this.#signs.checkFailure,
    });
  }

  #polled(): void {
    this.#polledAt = this.#deps.now();
    this.replan();
  }

  #end(state: WatchState): void {
    this.#state = state;
    this.#failure = undefined;
  }

  #lose(job: Job, failure: ServerError): void {
    this.#end({ name: 'lost', job, noticedAt: this.#deps.now(), failure });
  }

  #freshUntil(): number {
    return (this.#polledAt ?? Number.NEGATIVE_INFINITY) + Math.min(this.#delayMs, LONGEST_FRESH_MS);
  }

  #expectation(): Expectation | undefined {
    const { operation } = this;
    return operation === undefined ? undefined : this.#deps.expectationOf(this.ref, operation);
  }

  /** From AWS's create time to now or to the end. */
  #elapsed(): number | undefined {
    const job = jobIn(this.#state);
    const createdAt = timeOf(job?.createdAt);
    if (!job || createdAt === undefined) return undefined;
    const until =
      (isRunning(job) ? undefined : timeOf(job.updatedAt)) ??
      (this.endNoticedAt ?? this.#deps.now()) + this.#aheadMs;
    return Math.max(0, until - createdAt);
  }

  /** Whether it has run for too long without a known sign of life. */
  #isSilent(): boolean {
    const ageMs = this.#elapsed();
    if (this.#state.name !== 'running' || ageMs === undefined) return false;
    const quietMs = this.#signs.quietMs(this.#state.job, this.#deps.now() + this.#aheadMs);
    return isStalled({ ageMs, quietMs, expectation: this.#expectation() });
  }

  /** AWS's word, unless neither the job nor its stack shows a sign of life. */
  #stateNow({ state }: Job): Job['state'] {
    const isConfirmed = this.#signs.isSilenceConfirmed || !this.#deps.canCheckActivity;
    return this.#isSilent() && isConfirmed ? 'stalled' : state;
  }

  /** Progress in percent, which never goes back. */
  #advance({ state }: Job, elapsedMs: number | undefined, expectation: Expectation | undefined): number {
    if (state === 'succeeded') this.#progress = 100;
    else if (state !== 'failed' && expectation && elapsedMs !== undefined)
      this.#progress = Math.max(this.#progress, progressOf(elapsedMs, expectation));
    return this.#progress;
  }
}
