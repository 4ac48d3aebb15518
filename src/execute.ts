/**
 * The one path that a call to AWS takes: validate, send, judge the answer, shape it. Nothing reaches AWS
 * past it. What comes out is in the REST API's spelling, with JSON parsed and secrets withheld.
 */
import type { Send } from './aws/client.ts';
import { quote, toRegistered } from './aws/failures.ts';
import { redactBySchema, redactJson, redactText, secretsOf, WITHHELD } from './aws/redact.ts';
import { asRegistered, RegisteredError } from './errors.ts';
import { type Job, type JobAddress, toJob } from './jobs/job.ts';
import { locateJob } from './jobs/locate.ts';
import { MAX_PAGES, type Operation } from './operations/define.ts';
import { operations } from './operations/index.ts';
import { validateArguments } from './operations/validate.ts';
import { fromSdk, toSdk } from './operations/wire.ts';

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
  readonly outcome: 'ok' | RegisteredError['code'];
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

/** Operations that may show their own secret members when `revealSecrets` is set. */
const revealable = new Set(['create_token', 'get_token', 'get_backend_auth']);

const byToolName = new Map(operations.map(operation => [operation.toolName, operation]));

function refuseWithheld(value: unknown, path: string): void {
  if (value === WITHHELD) {
    throw new RegisteredError('invalid_arguments', {
      message: `${path} is the placeholder of a withheld secret, not a value; nothing was sent to AWS.`,
      hint: 'Leave that member out to keep the stored value, or ask the person how to supply the secret.',
    });
  }
  if (value !== null && typeof value === 'object')
    for (const [key, inner] of Object.entries(value)) refuseWithheld(inner, path ? `${path}.${key}` : key);
}

/** The answer with its JSON members parsed; text that is not JSON stays text, with a note. */
function parseJsonMembers(operation: Operation, answer: Record<string, unknown>, notes: string[]) {
  const parsed = { ...answer };
  for (const name of operation.holdsJson) {
    const value = answer[name];
    if (typeof value !== 'string') continue;
    try {
      parsed[name] = redactJson(JSON.parse(value));
    } catch {
      parsed[name] = redactText(value);
      notes.push(`${name} is not JSON; it is passed on as text.`);
    }
  }
  return parsed;
}

/** Makes the path, and the reading of jobs on top of it. */
export function createExecute({ send, revealSecrets, record }: ExecuteOptions): {
  execute: Execute;
  readJob: ReadJob;
} {
  /** One request to AWS and its raw answer in the REST API's spelling. */
  async function request(operation: Operation, args: Record<string, unknown>, signal?: AbortSignal) {
    const secrets = secretsOf(operation.sdkInput, args);
    let response: object;
    try {
      response = await send(operation, operation.createCommand(toSdk(operation.sdkInput, args)), signal);
    } catch (thrown) {
      throw toRegistered(thrown, operation, secrets);
    }
    const answer = fromSdk(operation.sdkOutput, response);
    const { requestId } = (response as { $metadata?: { requestId?: string } }).$metadata ?? {};
    if (!operation.answersJob && typeof answer.error === 'string' && answer.error !== '') {
      const message = `AWS answered 200, but the answer carries an error: ${operation.name} failed. ${quote(answer.error, secrets)}`;
      throw new RegisteredError('service_reported_error', { message, requestId });
    }
    if (operation.startsJob && answer.jobId === undefined && answer.status === undefined) {
      const message = `AWS answered 200 to ${operation.name}, but named no job: it may have been started or not.`;
      throw new RegisteredError('outcome_unknown', { message, requestId });
    }
    return { answer, requestId };
  }

  /** A listing: one page, or with `all` as many as the cap allows. */
  async function list(
    operation: Operation,
    pages: string,
    args: Record<string, unknown>,
    signal?: AbortSignal,
  ) {
    const { all, ...query } = args;
    const items: unknown[] = [];
    let cursor = query.nextToken;
    let requestId: string | undefined;
    const limit = all ? MAX_PAGES : 1;
    for (let page = 0; page < limit && (page === 0 || cursor !== undefined); page++) {
      const result = await request(operation, { ...query, nextToken: cursor }, signal);
      items.push(...((result.answer[pages] as unknown[] | undefined) ?? []));
      cursor = result.answer.nextToken;
      requestId = result.requestId;
    }
    const notes =
      cursor === undefined
        ? []
        : [
            `More ${pages} are left out after these ${items.length}: call again with this nextToken${all ? '' : ', or with all: true'}.`,
          ];
    const answer = { [pages]: items, ...(cursor === undefined ? {} : { nextToken: cursor }) };
    return { answer, requestId, notes };
  }

  const jobSource = (signal?: AbortSignal) => ({
    async getJob(appId: string, backendEnvironmentName: string, jobId: string) {
      const outcome = await run('get_backend_job', { appId, backendEnvironmentName, jobId }, signal);
      return outcome.job as Job;
    },
    async listEnvironments(appId: string) {
      const { answer } = await run('get_backend', { appId }, signal);
      return (answer.backendEnvironmentList as string[] | undefined) ?? [];
    },
  });

  /** The job that an answer names, under the environment that it names, else where it is found. */
  async function jobOf(
    operation: Operation,
    args: Record<string, unknown>,
    answer: Record<string, unknown>,
    notes: string[],
    signal?: AbortSignal,
  ) {
    const { jobId } = answer;
    if (typeof jobId !== 'string') return undefined;
    const appId = String(answer.appId ?? args.appId);
    const named = answer.backendEnvironmentName ?? args.targetEnvironmentName ?? args.backendEnvironmentName;
    if (typeof named !== 'string') {
      try {
        return await locateJob(jobSource(signal), appId, undefined, jobId);
      } catch (thrown) {
        // The write was accepted; that its job cannot be read yet must not make it look like a failure.
        const { code } = asRegistered(thrown);
        notes.push(
          `AWS started job ${jobId}, but it could not be read yet (${code}): look with list_backend_jobs.`,
        );
        return undefined;
      }
    }
    const address: JobAddress = { appId, backendEnvironmentName: named, jobId };
    const error = typeof answer.error === 'string' ? redactText(answer.error) : undefined;
    return toJob(address, { ...answer, error }, operation.name);
  }

  async function perform(operation: Operation, rawArgs: unknown, signal?: AbortSignal) {
    const args = validateArguments(operation, rawArgs);
    refuseWithheld(args, '');
    const result = operation.pages
      ? await list(operation, operation.pages, args, signal)
      : { ...(await request(operation, args, signal)), notes: [] };
    const notes: string[] = [...result.notes];
    const reveal = revealSecrets && revealable.has(operation.toolName);
    const open = reveal
      ? result.answer
      : (redactBySchema(operation.sdkOutput, result.answer) as Record<string, unknown>);
    const job =
      operation.startsJob || operation.answersJob
        ? await jobOf(operation, args, result.answer, notes, signal)
        : undefined;
    const answer = parseJsonMembers(operation, open, notes);
    return { outcome: { answer, notes, ...(job && { job }) }, requestId: result.requestId };
  }

  async function run(toolName: string, args: unknown, signal?: AbortSignal): Promise<Outcome> {
    const startedAt = performance.now();
    const elapsed = () => Math.round(performance.now() - startedAt);
    try {
      const operation = byToolName.get(toolName);
      if (!operation) throw new RegisteredError('internal', { cause: new Error(`no operation ${toolName}`) });
      const { outcome, requestId } = await perform(operation, args, signal);
      record({ tool: toolName, outcome: 'ok', durationMs: elapsed(), requestId });
      return outcome;
    } catch (thrown) {
      const failure = asRegistered(thrown);
      const { code, requestId } = failure;
      record({ tool: toolName, outcome: code, durationMs: elapsed(), requestId }, failure);
      throw failure;
    }
  }

  return {
    execute: run,
    readJob: ({ appId, backendEnvironmentName, jobId }, signal) =>
      locateJob(jobSource(signal), appId, backendEnvironmentName, jobId),
  };
}
