/**
 * What there is to see of a write whose answer was lost: one look at each piece of evidence that its operation
 * declares. Each says done, absent or unclear; whoever cannot tell says unclear, since absent means send again.
 */

import type { Evidence, Operation } from '../operations/define.ts';
import { fromSdk, membersOf } from '../operations/wire.ts';
import { idWord, type JobList, type Looks, namedEnvironments, type SeenJob, word } from './looks.ts';

/** What one look showed. */
export type Sight =
  | { readonly is: 'done'; readonly answer: Record<string, unknown>; readonly note: string }
  | { readonly is: 'absent' }
  | { readonly is: 'unclear'; readonly why: string };

/** A write whose answer was lost. */
export interface LostWrite {
  readonly operation: Operation;
  readonly args: Readonly<Record<string, unknown>>;
  /** When it was first sent, in epoch milliseconds on our clock. */
  readonly sentAt: number;
  /** Jobs that are known to be somebody else's: other answers named them. */
  readonly otherJobs: ReadonlySet<string>;
}

const absent: Sight = { is: 'absent' };
const unclear = (why: string): Sight => ({ is: 'unclear', why });

/** How much earlier than the send a job may seem to have begun and still be ours, by rounding and clock error. */
const ROUNDING_MS = 2_000;
/** The same where AWS does not tell its time: beyond this it refuses our signatures. */
const UNKNOWN_CLOCK_MS = 5 * 60_000;

/**
 * Whether a job began after the send. Both clocks count: the send is moved onto AWS's clock by the `Date` of
 * the very answer that lists the job. A job that began clearly before is older; one so little before that
 * rounding can explain it may be either and is taken for neither, as is any where AWS tells no time.
 */
function ageOf(job: SeenJob, sentAt: number, aheadMs: number | undefined): 'since' | 'older' | 'either' {
  const { createdAt } = job;
  if (createdAt === undefined) return 'either';
  const sent = sentAt + (aheadMs ?? 0);
  if (createdAt < sent - (aheadMs === undefined ? UNKNOWN_CLOCK_MS : ROUNDING_MS)) return 'older';
  return createdAt >= sent && aheadMs !== undefined ? 'since' : 'either';
}

/** The members of a job that the write's own answer has. */
function answerOf(operation: Operation, job: SeenJob): Record<string, unknown> {
  const { AppId, BackendEnvironmentName, JobId, Operation: name, Status } = job;
  return fromSdk(operation.sdkOutput, { AppId, BackendEnvironmentName, JobId, Operation: name, Status });
}

async function seeJob(looks: Looks, write: LostWrite): Promise<Sight> {
  const { operation, args, sentAt, otherJobs } = write;
  const appId = String(args.appId);
  const named = namedEnvironments(args);
  const environments = named.length > 0 ? named : await looks.environments(appId);
  // The jobs of an app without environments are filed nowhere that can be looked at.
  if (environments?.length === 0) return unclear('the app has no environment whose jobs could be listed');
  const lists: JobList[] = [];
  for (const environment of environments ?? []) lists.push(await looks.jobs(appId, environment, sentAt));
  const jobs = lists.flatMap(({ jobs, aheadMs }) =>
    jobs.map(job => ({ job, age: ageOf(job, sentAt, aheadMs) })),
  );
  // A job that concerns several environments is listed under each of them.
  const recent = new Map(
    jobs
      .filter(({ job, age }) => age !== 'older' && !(job.JobId && otherJobs.has(job.JobId)))
      .map(found => [found.job.JobId, found]),
  );
  const [first] = recent.values();
  if (first && recent.size === 1 && first.age === 'since' && first.job.Operation === operation.name) {
    const { JobId } = first.job;
    return {
      is: 'done',
      answer: answerOf(operation, first.job),
      note: `The answer to ${operation.name} was lost; its job ${idWord(JobId)} was found by ListBackendJobs.`,
    };
  }
  if (recent.size > 0) {
    const list = [...recent.values()].map(({ job }) => `${idWord(job.JobId)} (${word(job.Operation)})`);
    return unclear(`these jobs began at about that time, and none is certainly its own: ${list.join(', ')}`);
  }
  return lists.every(({ isComplete }) => isComplete)
    ? absent
    : unclear('there are too many jobs to read all');
}

const sights: Record<Evidence, (looks: Looks, write: LostWrite) => Promise<Sight>> = {
  job: seeJob,

  async environmentThere(looks, { args }) {
    const name = namedEnvironments(args)[0] ?? '';
    // It may have been there before: without a job it proves nothing, and a second one must not be asked for.
    return (await looks.hasEnvironment(String(args.appId), name))
      ? unclear(`environment ${name} exists, but no job shows who asked for it`)
      : absent;
  },

  async environmentGone(looks, { operation, args }) {
    const appId = String(args.appId);
    const [name] = namedEnvironments(args);
    const left = name === undefined ? await looks.environments(appId) : undefined;
    if (name === undefined ? left?.length : await looks.hasEnvironment(appId, name)) return absent;
    if (left && args.cleanAmplifyApp)
      return unclear('no environment is left, but the app itself still exists');
    const gone =
      name === undefined ? `no environment of app ${appId}` : `no environment ${name} of app ${appId}`;
    const answer = { appId, ...(name !== undefined && { backendEnvironmentName: name }) };
    return {
      is: 'done',
      answer,
      note: `The answer to ${operation.name} was lost; AWS knows ${gone} (any more), and lists no job of it.`,
    };
  },

  async jobRecord(looks, { operation, args }) {
    const { appId, backendEnvironmentName, jobId } = args;
    const record = await looks.jobRecord(String(appId), String(backendEnvironmentName), String(jobId));
    if (!record) return unclear('AWS knows no such job');
    const answer = fromSdk(operation.sdkOutput, record);
    const asked = ['operation', 'status'].filter(member => args[member] !== undefined);
    if (asked.some(member => answer[member] !== args[member])) return absent;
    return {
      is: 'done',
      answer,
      note: `The answer to ${operation.name} was lost; the record reads as asked.`,
    };
  },

  async tokenGone(looks, { operation, args }) {
    if (await looks.hasToken(String(args.appId), String(args.sessionId))) return absent;
    const answer = Object.fromEntries(
      (membersOf(operation.sdkOutput) ?? []).map(({ wireName }) => [wireName, true]),
    );
    return { is: 'done', answer, note: `The answer to ${operation.name} was lost; AWS knows no such token.` };
  },
};

/** Looks once at all the evidence of a write, the most telling first. @throws RegisteredError */
export async function see(looks: Looks, write: LostWrite): Promise<Sight> {
  const doubts: string[] = [];
  for (const evidence of write.operation.evidence ?? []) {
    const sight = await sights[evidence](looks, write);
    if (sight.is === 'done') return sight;
    if (sight.is === 'unclear') doubts.push(sight.why);
  }
  return doubts.length > 0 ? unclear(doubts.join('; ')) : absent;
}
