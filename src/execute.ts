/**
 * The one path that a call to AWS takes: validate, send, shape, name the job. Nothing reaches AWS past it.
 * What comes out is in the REST API's spelling, with JSON parsed and secrets withheld.
 */
import { shapeAnswer } from './aws/answer.ts';
import type { Send } from './aws/client.ts';
import { refuseWithheld } from './aws/redact.ts';
import { type Answered, createRequest, readPages } from './aws/request.ts';
import { asRegistered, type ErrorCode, RegisteredError } from './errors.ts';
import { type Job, type JobAddress, toJob } from './jobs/job.ts';
import { type JobSource, locateJob } from './jobs/locate.ts';
import { MAX_PAGES, type Operation } from './operations/define.ts';
import { operations } from './operations/index.ts';
import { validateArguments } from './operations/validate.ts';

/** What came of a call. */
export interface Outcome {
  /** AWS's answer under the REST API's member names. */
  readonly answer: Readonly<Record<string, unknown>>;
  /** The job that the call started or read. */
  readonly job?: Job;
  /** What the reader must know besides: text that was not JSON, pages left out. */
  readonly notes: readonly string[];
}

/** One line for the operator about one call. */
export interface CallRecord {
  readonly tool: string;
  readonly outcome: 'ok' | ErrorCode;
  readonly durationMs: number;
  readonly requestId?: string | undefined;
}

/** What executing needs from the process. */
export interface ExecuteOptions {
  readonly send: Send;
  /** Let secret members of answers through. */
  readonly revealSecrets: boolean;
  readonly record: (call: CallRecord, failure?: RegisteredError) => void;
}

/** Calls one operation by its tool name. @throws RegisteredError, and nothing else */
export type Execute = (toolName: string, args: unknown, signal?: AbortSignal) => Promise<Outcome>;

/** Reads a job live, under whichever environment of the app AWS filed it. @throws RegisteredError */
export type ReadJob = (address: JobAddress, signal?: AbortSignal) => Promise<Job>;

type Args = Record<string, unknown>;

const byToolName = new Map(operations.map(operation => [operation.toolName, operation]));

/** Makes the path, and the reading of jobs on top of it. */
export function createExecute({ send, revealSecrets, record }: ExecuteOptions): {
  execute: Execute;
  readJob: ReadJob;
} {
  const request = createRequest(send);

  const jobSource = (signal?: AbortSignal): JobSource => ({
    async getJob(appId, backendEnvironmentName, jobId) {
      const outcome = await execute('get_backend_job', { appId, backendEnvironmentName, jobId }, signal);
      return outcome.job as Job;
    },
    async listEnvironments(appId) {
      const { answer } = await execute('get_backend', { appId }, signal);
      return (answer.backendEnvironmentList as string[] | undefined) ?? [];
    },
  });

  /** The job that an answer names, under the environment that it names, else where it is found. */
  async function jobOf(
    operation: Operation,
    args: Args,
    answer: Args,
    notes: string[],
    signal?: AbortSignal,
  ) {
    const { jobId } = answer;
    if (typeof jobId !== 'string') return undefined;
    const appId = String(answer.appId ?? args.appId);
    const named = answer.backendEnvironmentName ?? args.targetEnvironmentName ?? args.backendEnvironmentName;
    if (typeof named === 'string')
      return toJob({ appId, backendEnvironmentName: named, jobId }, answer, operation.name);
    try {
      return await locateJob(jobSource(signal), appId, undefined, jobId);
    } catch (thrown) {
      // The write was accepted; that its job cannot be read yet must not make it look like a failure.
      const { code } = asRegistered(thrown);
      notes.push(
        `AWS started job ${jobId}, but it cannot be read yet (${code}): look with list_backend_jobs.`,
      );
      return undefined;
    }
  }

  async function perform(operation: Operation, rawArgs: unknown, signal?: AbortSignal) {
    const args = validateArguments(operation, rawArgs);
    refuseWithheld(args);
    const { pages } = operation;
    const { all, ...query } = args;
    const answered: Answered & { notes?: string[] } = pages
      ? await readPages(request, operation, pages, query, all ? MAX_PAGES : 1, signal)
      : await request(operation, query, signal);
    const { answer, notes } = shapeAnswer(operation, answered.answer, revealSecrets);
    notes.push(...(answered.notes ?? []));
    const hasJob = operation.startsJob || operation.answersJob;
    const job = hasJob ? await jobOf(operation, args, answer, notes, signal) : undefined;
    return { outcome: { answer, notes, ...(job && { job }) }, requestId: answered.requestId };
  }

  const execute: Execute = async (toolName, args, signal) => {
    const startedAt = performance.now();
    const report = (
      outcome: CallRecord['outcome'],
      requestId: string | undefined,
      failure?: RegisteredError,
    ) =>
      record(
        { tool: toolName, outcome, durationMs: Math.round(performance.now() - startedAt), requestId },
        failure,
      );
    try {
      const operation = byToolName.get(toolName);
      if (!operation) throw new RegisteredError('internal', { cause: new Error(`no operation ${toolName}`) });
      const { outcome, requestId } = await perform(operation, args, signal);
      report('ok', requestId);
      return outcome;
    } catch (thrown) {
      const failure = asRegistered(thrown);
      report(failure.code, failure.requestId, failure);
      throw failure;
    }
  };

  return {
    execute,
    readJob: ({ appId, backendEnvironmentName, jobId }, signal) =>
      locateJob(jobSource(signal), appId, backendEnvironmentName, jobId),
  };
}
