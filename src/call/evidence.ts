/**
 * The evidence of a write whose answer was lost: one check for each kind of evidence that its operation declares.
 * Each check says done, absent or unclear. In doubt it says unclear, because an absent write is sent again.
 */

import {
  type EvidenceReads,
  type JobList,
  type ListedJob,
  namedEnvironments,
  quoteJobId,
  quoteWord,
} from '../aws/evidence-reads.ts';
import { checkSentConfiguration } from '../aws/sent-configuration.ts';
import { ServerError, toServerError } from '../errors.ts';
import { machineLead } from '../lib/clock.ts';
import { quoteName } from '../lib/quote.ts';
import type { Evidence, Operation } from '../operations/define.ts';
import { fromSdk, membersOf } from '../operations/wire.ts';
import type { KnownWrite, OtherWrites } from './write-ledger.ts';

/** What one check found. */
export type EvidenceResult =
  | { readonly is: 'done'; readonly answer: Record<string, unknown>; readonly note: string }
  | { readonly is: 'absent' }
  | { readonly is: 'unclear'; readonly why: string; readonly job?: ListedJob };

/** A write whose answer was lost. */
export interface LostWrite {
  readonly operation: Operation;
  readonly args: Readonly<Record<string, unknown>>;
  /** When it was first sent, in milliseconds on the monotonic clock. */
  readonly sentAt: number;
  /** How far the machine's clock was ahead of the monotonic one then. */
  readonly leadThen: number;
  /** The other writes of the app; waits until AWS has answered them. @throws ServerError cancelled */
  readonly others: () => Promise<OtherWrites>;
}

const absent: EvidenceResult = { is: 'absent' };
const unclear = (why: string, job?: ListedJob): EvidenceResult => ({
  is: 'unclear',
  why,
  ...(job && { job }),
});

/** How much earlier than the send a write's own job may seem to have begun, because of rounding and clock error. */
const ROUNDING_MS = 2_000;
/** The same where AWS's answer has no time. AWS refuses signatures if the clock is off by more. */
const UNKNOWN_CLOCK_MS = 5 * 60_000;

/** For how long after its answer was lost a write may still have its effect. */
const LATE_MS = 2 * 60_000;

/**
 * Whether a job began after the send. The `Date` of the answer that lists the job converts the time of the send to
 * AWS's clock. A job that began clearly earlier is `older`. A job is `either` if rounding can explain how much earlier it
 * began, or if AWS's answer has no time. The monotonic clock may stand still while the machine sleeps: the send then was
 * earlier than that clock says, by as much as the machine's clock has gained since.
 */
function ageOf(
  { createdAt }: ListedJob,
  { sentAt, leadThen }: LostWrite,
  aheadMs: number | undefined,
): 'since' | 'older' | 'either' {
  if (createdAt === undefined) return 'either';
  // AWS gives whole milliseconds.
  const sent = Math.floor(sentAt + (aheadMs ?? 0));
  const sleptMs = Math.max(0, machineLead() - leadThen);
  if (createdAt < sent - sleptMs - (aheadMs === undefined ? UNKNOWN_CLOCK_MS : ROUNDING_MS)) return 'older';
  return createdAt >= sent && aheadMs !== undefined ? 'since' : 'either';
}

/** A job in the form of the write's own answer. */
function answerOf(operation: Operation, job: ListedJob): Record<string, unknown> {
  const { AppId, BackendEnvironmentName, JobId, Operation: name, Status } = job;
  return fromSdk(operation.sdkOutput, { AppId, BackendEnvironmentName, JobId, Operation: name, Status });
}

const label = ({ JobId, Operation }: ListedJob) => `${quoteJobId(JobId)} (${quoteWord(Operation)})`;
const labels = (jobs: readonly ListedJob[]) => jobs.map(label).join(', ');

/** Whether two writes ask for the same thing of the same environment. */
const isSameWork = ({ operation, args }: LostWrite, other: KnownWrite) =>
  other.operation === operation.name && other.environment === namedEnvironments(args)[0];

/** Whether the one job that began since the send is the write's own. */
async function checkOwnJob(
  reads: EvidenceReads,
  write: LostWrite,
  job: ListedJob,
  { writes, isComplete }: OtherWrites,
): Promise<EvidenceResult> {
  const { operation, args, sentAt } = write;
  const done: EvidenceResult = {
    is: 'done',
    answer: answerOf(operation, job),
    note: `The answer to ${operation.name} was lost; its job ${quoteJobId(job.JobId)} was found by ListBackendJobs.`,
  };
  if (operation.configures !== undefined) {
    const shown = await checkSentConfiguration(reads, operation, args).catch(toServerError);
    if (shown === 'as sent') return done;
    if (shown instanceof ServerError && shown.code === 'cancelled') throw shown;
    const what = {
      different: 'AWS does not show what was sent',
      nothing: 'AWS shows nothing of what was sent',
      failed: `what AWS shows could not be read (${shown instanceof ServerError ? shown.code : ''})`,
    }[shown instanceof ServerError ? 'failed' : shown];
    return unclear(`job ${label(job)} began then, but ${what}, so it may belong to another call`, job);
  }
  if (!isComplete)
    return unclear(`job ${label(job)} began then, and it is unknown whether another replica started it`, job);
  const isRival = (other: KnownWrite) =>
    other.state === 'lost' && isSameWork(write, other) && other.changedAt + LATE_MS > sentAt;
  if (writes.some(isRival))
    return unclear(
      `job ${label(job)} began then, but the answer to another call of ${operation.name} was lost as well, and the job may belong to that call`,
      job,
    );
  return done;
}

/** Which of the jobs that began, or may have begun, since the send is the write's own. */
async function checkRecentJobs(
  reads: EvidenceReads,
  write: LostWrite,
  recent: readonly { readonly job: ListedJob; readonly age: 'since' | 'either' }[],
): Promise<EvidenceResult> {
  const others = await write.others();
  const starters = new Map(others.writes.map(other => [other.jobId, other]));
  const starterOf = ({ JobId }: ListedJob) => (JobId === undefined ? undefined : starters.get(JobId));
  const unclaimed = recent.filter(({ job }) => !starterOf(job));
  const [first] = unclaimed;
  const pending = others.writes.find(({ state }) => state === 'sending');
  if (first && pending)
    return unclear(
      `job ${label(first.job)} began at about that time, but may be that of another call, ${pending.operation}, which AWS has not answered yet`,
      first.job,
    );
  if (
    first &&
    unclaimed.length === 1 &&
    first.age === 'since' &&
    first.job.Operation === write.operation.name
  )
    return checkOwnJob(reads, write, first.job, others);
  if (first)
    return unclear(
      `these jobs began at about that time, and none is certainly its own: ${labels(unclaimed.map(({ job }) => job))}`,
      unclaimed.length === 1 ? first.job : undefined,
    );
  // A second send would undo or repeat what another call has just reported as done.
  const rivals = recent.filter(({ job }) => {
    const starter = starterOf(job);
    return starter !== undefined && isSameWork(write, starter) && starter.changedAt >= write.sentAt;
  });
  if (rivals.length === 0) return absent;
  return unclear(
    `another call started the same meanwhile, and only its job was found: ${labels(rivals.map(({ job }) => job))}`,
  );
}

async function checkJobs(reads: EvidenceReads, write: LostWrite): Promise<EvidenceResult> {
  const { args } = write;
  const appId = String(args.appId);
  const named = namedEnvironments(args);
  const environments = named.length > 0 ? named : await reads.environments(appId);
  // AWS lists jobs by environment, so the jobs of an app without environments cannot be listed.
  if (environments?.length === 0) return unclear('the app has no environment whose jobs could be listed');
  const lists: JobList[] = [];
  for (const environment of environments ?? [])
    lists.push(await reads.jobs(appId, environment, write.sentAt));
  const recent = lists.flatMap(({ jobs, aheadMs }) =>
    jobs.flatMap(job => {
      const age = ageOf(job, write, aheadMs);
      return age === 'older' ? [] : [{ job, age }];
    }),
  );
  // A job that concerns several environments is listed under each of them.
  const distinct = [...new Map(recent.map(found => [found.job.JobId, found])).values()];
  const result = distinct.length === 0 ? absent : await checkRecentJobs(reads, write, distinct);
  if (result.is !== 'absent' || lists.every(({ isComplete }) => isComplete)) return result;
  return unclear('there are too many jobs to read all');
}

const checks: Record<Evidence, (reads: EvidenceReads, write: LostWrite) => Promise<EvidenceResult>> = {
  job: checkJobs,

  async environmentThere(reads, { args }) {
    const name = namedEnvironments(args)[0] ?? '';
    // The environment may have existed before. Without a job it proves nothing, and the write must not be sent again.
    return (await reads.hasEnvironment(String(args.appId), name))
      ? unclear(`environment ${quoteName(name)} exists, but no job shows who asked for it`)
      : absent;
  },

  async environmentGone(reads, { operation, args }) {
    const appId = String(args.appId);
    const [name] = namedEnvironments(args);
    const left = name === undefined ? await reads.environments(appId) : undefined;
    if (name === undefined ? left?.length : await reads.hasEnvironment(appId, name)) return absent;
    if (left && args.cleanAmplifyApp)
      return unclear('no environment is left, but the app itself still exists');
    const gone =
      name === undefined
        ? `no environment of app ${quoteName(appId)}`
        : `no environment ${quoteName(name)} of app ${quoteName(appId)}`;
    const answer = { appId, ...(name !== undefined && { backendEnvironmentName: name }) };
    return {
      is: 'done',
      answer,
      note: `The answer to ${operation.name} was lost; AWS now lists ${gone} and no job of this call.`,
    };
  },

  async jobRecord(reads, { operation, args }) {
    const { appId, backendEnvironmentName, jobId } = args;
    const record = await reads.jobRecord(String(appId), String(backendEnvironmentName), String(jobId));
    if (!record) return unclear('AWS knows no such job');
    const answer = fromSdk(operation.sdkOutput, record);
    const requested = ['operation', 'status'].filter(member => args[member] !== undefined);
    if (requested.some(member => answer[member] !== args[member])) return absent;
    return {
      is: 'done',
      answer,
      note: `The answer to ${operation.name} was lost; the job's record reads as requested.`,
    };
  },

  async tokenGone(reads, { operation, args }) {
    if (await reads.hasToken(String(args.appId), String(args.sessionId))) return absent;
    const answer = Object.fromEntries(
      (membersOf(operation.sdkOutput) ?? []).map(({ wireName }) => [wireName, true]),
    );
    return { is: 'done', answer, note: `The answer to ${operation.name} was lost; AWS knows no such token.` };
  },
};

/** Checks all the evidence of a write once, the most conclusive first. @throws ServerError */
export async function checkEvidence(reads: EvidenceReads, write: LostWrite): Promise<EvidenceResult> {
  const doubts: Extract<EvidenceResult, { is: 'unclear' }>[] = [];
  for (const evidence of write.operation.evidence ?? []) {
    const result = await checks[evidence](reads, write);
    if (result.is === 'done') return result;
    if (result.is === 'unclear') doubts.push(result);
  }
  if (doubts.length === 0) return absent;
  return unclear(doubts.map(({ why }) => why).join('; '), doubts.find(({ job }) => job)?.job);
}
