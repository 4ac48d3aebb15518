/**
 * The jobs of a process: each read is checked against the policy, the job is found under whichever target and
 * environment has it, and the watcher reads or follows it from then on.
 */
import type { Target, Targets } from '../aws/targets.ts';
import { ServerError, toServerError } from '../errors.ts';
import { removesEnvironments } from '../jobs/advice.ts';
import { type Job, type JobRef, jobUri, type LocatedJob, type PolledJob, toJob } from '../jobs/job.ts';
import { locateJob } from '../jobs/locate.ts';
import type { JobChange, JobReport, Release } from '../jobs/report.ts';
import type { SharedJobs } from '../jobs/shared.ts';
import { JobWatcher } from '../jobs/watcher.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import { machineLead } from '../lib/clock.ts';
import { systemClock } from '../lib/timers.ts';
import { validateArguments } from '../operations/validate.ts';
import type { JobReadContext, Jobs, ObservedJob } from './jobs.ts';
import { hasEnvironment, pastDurations } from './past-jobs.ts';
import { createJobSource, operationOf, readJob } from './reads.ts';
import type { RefuseApp } from './refuse-app.ts';
import { lastActivityOf } from './stack-activity.ts';

/** What the service needs. */
export interface JobServiceDeps {
  readonly targets: Targets;
  readonly refuseApp: RefuseApp;
  /** State shared with the other replicas of this server, where there are any. */
  readonly shared?: SharedJobs | undefined;
}

const MOST_MOVED = 10_000;

/**
 * Each replica has a monotonic clock of its own, so AWS's time is shared as how far it is ahead of the machines'
 * clocks.
 */
const toShared = ({ aheadMs, ...polled }: PolledJob): PolledJob => ({
  ...polled,
  ...(aheadMs !== undefined && { aheadMs: aheadMs - machineLead() }),
});
const fromShared = ({ aheadMs, ...polled }: PolledJob): PolledJob => ({
  ...polled,
  ...(aheadMs !== undefined && { aheadMs: aheadMs + machineLead() }),
});

async function locatedAt(target: Target, job: JobRef): Promise<LocatedJob> {
  const { appId, backendEnvironmentName, jobId } = job;
  return { target: target.name, region: await target.region(), appId, backendEnvironmentName, jobId };
}

/** The jobs of a process, for calls and for the process itself. */
export class JobService implements Jobs {
  readonly #targets: Targets;
  readonly #refuseApp: RefuseApp;
  readonly #shared: SharedJobs | undefined;
  readonly #watcher: JobWatcher;
  readonly #following: Promise<Release> | undefined;
  /** By URI, the jobs that AWS has under another environment than the one they were read under. */
  readonly #moved = new BoundedMap<string, JobRef>(MOST_MOVED);

  constructor({ targets, refuseApp, shared }: JobServiceDeps) {
    this.#targets = targets;
    this.#refuseApp = refuseApp;
    this.#shared = shared;
    this.#watcher = new JobWatcher(
      {
        poll: shared
          ? async ref => fromShared(await shared.poll(ref, () => this.poll(ref)))
          : ref => this.#poll(ref),
        pastDurations: (ref, operation) => pastDurations(targets.get(ref.target), ref, operation),
        hasEnvironment: ref => hasEnvironment(targets.get(ref.target), ref),
        lastActivity: (ref, since) => lastActivityOf(targets.get(ref.target), ref, since),
      },
      { clock: systemClock },
    );
    this.#following = shared?.follow(({ ref, polled, isLive }) =>
      this.#watcher.observe(ref, fromShared(polled), { caller: shared.caller, isLive }),
    );
  }

  /** Resolves once the jobs that the other replicas know are known here. */
  get ready(): Promise<unknown> {
    return Promise.resolve(this.#following);
  }

  async read(job: JobRef, context: JobReadContext): Promise<JobReport> {
    return this.#watcher.read(await this.#find(job, context), context.caller);
  }

  peek(job: JobRef): JobReport | undefined {
    const { appId, backendEnvironmentName, jobId } = this.#moved.get(jobUri(job)) ?? job;
    const reports = this.#targetsFor(appId).map(target =>
      this.#watcher.peek({ target, appId, backendEnvironmentName, jobId }),
    );
    return reports.find(report => report !== undefined);
  }

  /** A job that was just found is not polled at once: finding it has read its state. */
  async follow(
    job: JobRef,
    context: JobReadContext,
    onChange: (change: JobChange) => void,
  ): Promise<Release> {
    return this.#watcher.follow(await this.#find(job, context), context.caller, onChange);
  }

  known(caller: string): readonly JobReport[] {
    return this.#watcher.known(caller);
  }

  followKnown(caller: string, onChange: () => void): Release {
    return this.#watcher.followKnown(caller, onChange);
  }

  /** Records a job from the answer of a call. */
  async observe({ target, job, aheadMs, caller, isLive }: ObservedJob): Promise<void> {
    this.#observe(await locatedAt(target, job), { job, aheadMs }, caller, isLive);
  }

  /**
   * Polls AWS once on behalf of any replica; AWS's time is given as how far it is ahead of the machines' clocks.
   * @throws ServerError
   */
  async poll(ref: LocatedJob): Promise<PolledJob> {
    return toShared(await this.#poll(ref));
  }

  close(): void {
    void this.#following?.then(release => release());
    this.#watcher.close();
  }

  /** The policy is asked at each poll: the reference may come from another replica, or be old. */
  async #poll(ref: LocatedJob): Promise<PolledJob> {
    if (!this.#targetsFor(ref.appId, ref.target).includes(ref.target)) throw new ServerError('policy_denied');
    return readJob(this.#targets.get(ref.target), ref, true);
  }

  /** Shares a job's new state with all replicas. */
  #observe(ref: LocatedJob, polled: PolledJob, caller: string, isLive: boolean): void {
    this.#watcher.observe(ref, polled, { caller, isLive });
    this.#shared?.publish({ ref, polled: toShared(polled), isLive });
  }

  /** The targets on which an app may be touched. */
  #targetsFor(appId: string, named?: string): readonly (string | undefined)[] {
    const { names } = this.#targets;
    const all = names.length === 0 ? [undefined] : names;
    return (named === undefined ? all : [named]).filter(target => !this.#refuseApp(appId, target));
  }

  /** Adds the job to the watcher, and answers with its reference there. @throws as `read` */
  async #find(asked: JobRef, context: JobReadContext): Promise<LocatedJob> {
    const { appId, backendEnvironmentName, jobId } = asked;
    validateArguments(operationOf('get_backend_job'), { appId, backendEnvironmentName, jobId }, []);
    const presumed = this.#moved.get(jobUri(asked)) ?? asked;
    const candidates = this.#targetsFor(appId, context.target).map(name => this.#targets.get(name));
    for (const target of candidates) {
      const ref = await locatedAt(target, presumed);
      if (this.#watcher.has(ref)) return ref;
    }
    let failure = new ServerError('not_found');
    for (const target of candidates) {
      try {
        return await this.#locate(target, asked, context);
      } catch (thrown) {
        failure = toServerError(thrown);
        if (failure.code !== 'not_found') throw failure;
        const ref = await this.#findDeleted(target, asked, context);
        if (ref) return ref;
      }
    }
    throw failure;
  }

  async #locate(target: Target, asked: JobRef, { caller, signal }: JobReadContext): Promise<LocatedJob> {
    const { appId, backendEnvironmentName, jobId } = asked;
    const polled = await locateJob(createJobSource(target, signal), appId, backendEnvironmentName, jobId);
    this.#rememberMove(asked, polled.job);
    const ref = await locatedAt(target, polled.job);
    this.#observe(ref, polled, caller, true);
    return ref;
  }

  #rememberMove(asked: JobRef, job: Job): void {
    const uri = jobUri(asked);
    if (uri !== job.uri) this.#moved.set(uri, job);
  }

  /** A deletion whose environment is gone has succeeded, although AWS no longer knows its job. */
  async #findDeleted(
    target: Target,
    job: JobRef,
    { caller, operation }: JobReadContext,
  ): Promise<LocatedJob | undefined> {
    if (operation === undefined || !removesEnvironments(operation)) return undefined;
    if (await hasEnvironment(target, job)) return undefined;
    const ref = await locatedAt(target, job);
    this.#observe(ref, { job: toJob(job, {}, operation) }, caller, false);
    return ref;
  }
}
