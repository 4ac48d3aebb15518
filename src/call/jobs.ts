/**
 * The jobs of a process as callers may see them: each look is checked against the policy, the job is found
 * under whichever target and environment has it, and then it is the watcher's.
 */
import type { Target, Targets } from '../aws/targets.ts';
import { ServerError, toServerError } from '../errors.ts';
import { removesEnvironments } from '../jobs/advice.ts';
import { type Clock, systemClock } from '../jobs/agenda.ts';
import { type Job, type JobRef, jobUri, toJob } from '../jobs/job.ts';
import { locateJob } from '../jobs/locate.ts';
import type { JobChange, JobReport, Release } from '../jobs/report.ts';
import type { SharedJobs } from '../jobs/shared.ts';
import type { LocatedJob, Polled } from '../jobs/watched.ts';
import { createWatcher } from '../jobs/watcher.ts';
import { machineLead } from '../lib/clock.ts';
import { validateArguments } from '../operations/validate.ts';
import { decide, type PolicySettings } from '../policy/decide.ts';
import { createJobSource, createReader, operationOf, readJob } from './reads.ts';
import { lastActivityOf } from './stack-activity.ts';

/** Who looks. */
export interface Looker {
  readonly caller: string;
  readonly signal?: AbortSignal | undefined;
  /** What the job does, where the looker knows: the job of a deletion goes with its environment. */
  readonly operation?: string | undefined;
  /** The only target to look at, where the looker names one. */
  readonly target?: string | undefined;
}

/** Looking at jobs. Ids are checked, and so is the policy, at every call. */
export interface Jobs {
  /** @throws RegisteredError invalid_arguments, not_found, or why AWS could not be asked */
  read(address: JobRef, looker: Looker): Promise<JobReport>;
  /** What is known of it now, without asking; undefined where that is nothing. */
  peek(address: JobRef): JobReport | undefined;
  /**
   * Calls back at each change worth telling from now on, the last one always, none after the release. A job
   * that has ended already is told once.
   * @throws as `read`
   */
  follow(address: JobRef, looker: Looker, onChange: (change: JobChange) => void): Promise<Release>;
  /** The jobs that this caller has met, as far as they run or ended within the hour; newest first. Asks nobody. */
  known(caller: string): readonly JobReport[];
  /** Calls back when a job appears among the known ones or ends. */
  followKnown(caller: string, onChange: () => void): Release;
}

/** A job that a call answered with. */
export interface ObservedJob extends Polled {
  readonly target: Target;
  readonly caller: string;
  /** Whether AWS was asked for it just now. */
  readonly isLive: boolean;
}

/** What looking needs of the process. */
export interface JobsOptions {
  readonly targets: Targets;
  readonly policy: PolicySettings;
  readonly targetApps: (target: string | undefined) => readonly string[] | undefined;
  readonly clock?: Clock;
  /** With the other replicas of this server, where there are some. */
  readonly shared?: SharedJobs | undefined;
}

/** How many past jobs say enough of how long the next one takes, and in how many environments they are sought. */
const ENOUGH_PAST_JOBS = 5;
const MOST_ENVIRONMENTS = 4;
const MOST_ELSEWHERE = 10_000;

const isNotFound = (thrown: unknown) => toServerError(thrown).code === 'not_found';

/** The jobs of a process, for the path and for the process itself. */
export interface OwnJobs extends Jobs {
  /** Takes in a job that a call answered with. */
  observe(met: ObservedJob): Promise<void>;
  /** Asks AWS once for another replica: the answer tells AWS's time as `Told` does. @throws RegisteredError */
  poll(ref: LocatedJob): Promise<Polled>;
  /** When what the other replicas know is known here. */
  readonly ready: Promise<unknown>;
  close(): void;
}

/** Each replica has a monotonic clock of its own, so AWS's time travels as its lead over the machines' clocks. */
const toShared = ({ aheadMs, ...polled }: Polled): Polled => ({
  ...polled,
  ...(aheadMs !== undefined && { aheadMs: aheadMs - machineLead() }),
});
const fromShared = ({ aheadMs, ...polled }: Polled): Polled => ({
  ...polled,
  ...(aheadMs !== undefined && { aheadMs: aheadMs + machineLead() }),
});

/** Makes it. */
export function createJobs(options: JobsOptions): OwnJobs {
  const { targets, policy, targetApps, clock = systemClock, shared } = options;
  /** What a look was allowed for once is looked at anew each time: a reference may come from elsewhere, or be old. */
  async function poll(ref: LocatedJob): Promise<Polled> {
    if (!targetsFor(ref.appId, ref.target).includes(ref.target)) throw new ServerError('policy_denied');
    return readJob(targets.get(ref.target), ref, true);
  }
  const pollForAll = async (ref: LocatedJob) => toShared(await poll(ref));
  const watcher = createWatcher(
    {
      poll: shared ? async ref => fromShared(await shared.poll(ref, () => pollForAll(ref))) : poll,
      pastDurations,
      hasEnvironment: ref => hasEnvironment(targets.get(ref.target), ref),
      lastActivity: (ref, since) => lastActivityOf(targets.get(ref.target), ref, since),
    },
    { clock },
  );
  const following = shared?.follow(({ ref, polled, isLive }) =>
    watcher.observe(ref, fromShared(polled), { caller: shared.caller, isLive }),
  );

  /** Takes in what was learned here, for all replicas. */
  function meet(ref: LocatedJob, polled: Polled, caller: string, isLive: boolean): void {
    watcher.observe(ref, polled, { caller, isLive });
    shared?.publish({ ref, polled: toShared(polled), isLive });
  }

  /** Jobs that AWS filed under another environment than they are asked for. */
  const elsewhere = new Map<string, JobRef>();

  async function hasEnvironment(target: Target, { appId, backendEnvironmentName }: JobRef) {
    try {
      return (await createJobSource(target).listEnvironments(appId)).includes(backendEnvironmentName);
    } catch (thrown) {
      if (isNotFound(thrown)) return false;
      throw thrown;
    }
  }

  /** Of the job's own environment first; a new one has none, and others of the app take about as long. */
  async function pastDurations(ref: LocatedJob, operation: string): Promise<number[]> {
    const { appId, backendEnvironmentName } = ref;
    const target = targets.get(ref.target);
    const read = createReader(target);
    const of = async (environment: string) => {
      const query = { appId, backendEnvironmentName: environment, operation, status: 'COMPLETED' };
      const { jobs } = await read('list_backend_jobs', { ...query, maxResults: 25 });
      return ((jobs ?? []) as Record<string, unknown>[]).flatMap(facts => {
        const { createdAt, updatedAt } = toJob(ref, facts, operation);
        // It may have ended by now; it is not its own past.
        const isPast = facts.jobId !== ref.jobId;
        return isPast && createdAt && updatedAt ? [Date.parse(updatedAt) - Date.parse(createdAt)] : [];
      });
    };
    const durations = await of(backendEnvironmentName);
    if (durations.length >= ENOUGH_PAST_JOBS) return durations;
    const names = await createJobSource(target).listEnvironments(appId);
    const others = names.filter(name => name !== backendEnvironmentName).slice(0, MOST_ENVIRONMENTS);
    for (const name of others) {
      durations.push(...(await of(name)));
      if (durations.length >= ENOUGH_PAST_JOBS) break;
    }
    return durations;
  }

  /** The targets on which an app may be looked for. What is served as a tool does not matter to a look. */
  function targetsFor(appId: string, named?: string): readonly (string | undefined)[] {
    const all = targets.names.length === 0 ? [undefined] : targets.names;
    const names = named === undefined ? all : [named];
    const subject = { ...operationOf('get_backend_job'), toolset: 'jobs' as const };
    return names.filter(name => {
      const instance = { args: { appId }, targetApps: targetApps(name), via: 'step' as const };
      return decide(subject, policy, instance).kind !== 'deny';
    });
  }

  async function refOf(target: Target, address: JobRef): Promise<LocatedJob> {
    const { appId, backendEnvironmentName, jobId } = address;
    return { target: target.name, region: await target.region(), appId, backendEnvironmentName, jobId };
  }

  function remember(asked: JobRef, job: Job): void {
    const uri = jobUri(asked);
    if (uri === job.uri) return;
    const [oldest] = elsewhere.keys();
    if (elsewhere.size >= MOST_ELSEWHERE && oldest !== undefined) elsewhere.delete(oldest);
    elsewhere.set(uri, job);
  }

  /** The watcher's reference to a job, which it knows from then on. */
  async function find(
    asked: JobRef,
    { caller, signal, operation, target: named }: Looker,
  ): Promise<LocatedJob> {
    const { appId, backendEnvironmentName, jobId } = asked;
    validateArguments(operationOf('get_backend_job'), { appId, backendEnvironmentName, jobId }, []);
    const address = elsewhere.get(jobUri(asked)) ?? asked;
    let failure = new ServerError('not_found');
    const candidates = targetsFor(appId, named).map(name => targets.get(name));
    for (const target of candidates) {
      const ref = await refOf(target, address);
      if (watcher.has(ref)) return ref;
    }
    for (const target of candidates) {
      try {
        const source = createJobSource(target, signal);
        const polled = await locateJob(source, appId, backendEnvironmentName, jobId);
        remember(asked, polled.job);
        const ref = await refOf(target, polled.job);
        meet(ref, polled, caller, true);
        return ref;
      } catch (thrown) {
        failure = toServerError(thrown);
        if (failure.code !== 'not_found') throw failure;
        const ref = await foundGone(target, asked, { caller, operation });
        if (ref) return ref;
      }
    }
    throw failure;
  }

  /** A deletion whose environment is gone was done, although AWS knows its job no more. */
  async function foundGone(
    target: Target,
    address: JobRef,
    { caller, operation }: Looker,
  ): Promise<LocatedJob | undefined> {
    if (operation === undefined || !removesEnvironments(operation)) return undefined;
    if (await hasEnvironment(target, address)) return undefined;
    const ref = await refOf(target, address);
    meet(ref, { job: toJob(address, {}, operation) }, caller, false);
    return ref;
  }

  return {
    async read(address, looker) {
      return watcher.read(await find(address, looker), looker.caller);
    },

    peek(address) {
      const { appId, backendEnvironmentName, jobId } = elsewhere.get(jobUri(address)) ?? address;
      const reports = targetsFor(appId).map(target =>
        watcher.peek({ target, appId, backendEnvironmentName, jobId }),
      );
      return reports.find(report => report !== undefined);
    },

    async follow(address, looker, onChange) {
      // Found is seen: whoever follows starts from there, and a job that was just started is not asked for at once.
      return watcher.follow(await find(address, looker), looker.caller, onChange);
    },

    known: caller => watcher.known(caller),
    followKnown: (caller, onChange) => watcher.followKnown(caller, onChange),

    async observe({ target, job, aheadMs, caller, isLive }) {
      meet(await refOf(target, job), { job, aheadMs }, caller, isLive);
    },

    poll: pollForAll,
    ready: Promise.resolve(following),

    close() {
      void following?.then(release => release());
      watcher.close();
    },
  };
}
