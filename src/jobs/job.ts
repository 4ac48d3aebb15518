/**
 * A job as results and resources show it: AWS's own status, our state derived from it, and the URIs of the job, its
 * environment and its app. Pure; depends on neither AWS nor MCP.
 */
import { ServerError } from '../errors.ts';
import { isoTime } from '../lib/aws-time.ts';
import { quote, quoteName } from '../lib/quote.ts';

/** Derived from AWS's free-text status: every status other than the two terminal ones means that the job runs. */
export type JobState = 'running' | 'succeeded' | 'failed' | 'stalled';

/** A job as results and resources carry it. */
export interface Job {
  readonly appId: string;
  readonly backendEnvironmentName: string;
  readonly jobId: string;
  /** The AWS operation that started it: `CloneBackend`. */
  readonly operation: string;
  /** AWS's word, verbatim. */
  readonly status: string;
  readonly state: JobState;
  readonly uri: string;
  /** ISO 8601; absent if AWS gave no readable time. */
  readonly createdAt?: string;
  readonly updatedAt?: string;
  /** AWS's reason for the failure, verbatim; absent if AWS gives none. */
  readonly error?: string;
}

/** The templates of the URIs, each nested in the one before; the functions below fill them. */
export const APP_URI_TEMPLATE = 'amplify-backend://apps/{appId}';
export const ENVIRONMENT_URI_TEMPLATE = `${APP_URI_TEMPLATE}/environments/{backendEnvironmentName}`;
export const JOB_URI_TEMPLATE = `${ENVIRONMENT_URI_TEMPLATE}/jobs/{jobId}`;
export const SNAPSHOT_URI_TEMPLATE = `${ENVIRONMENT_URI_TEMPLATE}/snapshot`;

/** An app, and the target that calls go to. */
export interface AppRef {
  readonly appId: string;
  /** A configured name; left out where there is one account. */
  readonly target?: string | undefined;
}

/** An environment of an app. */
export interface EnvironmentRef extends AppRef {
  readonly backendEnvironmentName: string;
}

/** A job: AWS names it by these three. */
export interface JobRef extends EnvironmentRef {
  readonly jobId: string;
}

/** A job, and the account and region in which AWS has it. */
export interface LocatedJob extends JobRef {
  readonly target: string | undefined;
  readonly region: string;
}

/** AWS's answer to a poll of a job. */
export interface PolledJob {
  readonly job: Job;
  /** How far AWS's clock is ahead of the monotonic one, in milliseconds; undefined if the answer has no time. */
  readonly aheadMs?: number | undefined;
}

/** Replaces unpaired surrogates, which cannot be encoded. Only AWS's ids can contain one, and their URIs name nothing. */
const wellFormed = (id: string) => id.replace(/\p{Cs}/gu, '\ufffd');

/** Fills a template. The ids are encoded, because AWS's ids are not checked before. */
function fill<Name extends string>(template: string, ids: Readonly<Record<Name, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: Name) => encodeURIComponent(wellFormed(ids[name])));
}

/** The URI of an app. */
export function appUri({ appId }: AppRef): string {
  return fill(APP_URI_TEMPLATE, { appId });
}

/** The URI of an environment. */
export function environmentUri({ appId, backendEnvironmentName }: EnvironmentRef): string {
  return fill(ENVIRONMENT_URI_TEMPLATE, { appId, backendEnvironmentName });
}

/** The URI of an environment's snapshot. */
export function snapshotUri({ appId, backendEnvironmentName }: EnvironmentRef): string {
  return fill(SNAPSHOT_URI_TEMPLATE, { appId, backendEnvironmentName });
}

/** The URI of a job. */
export function jobUri({ appId, backendEnvironmentName, jobId }: JobRef): string {
  return fill(JOB_URI_TEMPLATE, { appId, backendEnvironmentName, jobId });
}

/** The ids in a job's URI, decoded and not checked; undefined for any other text. */
export function parseJobUri(uri: string): JobRef | undefined {
  const template = JOB_URI_TEMPLATE.split('/');
  const parts = uri.split('/');
  const isJob =
    parts.length === template.length &&
    template.every((part, at) => (part.startsWith('{') ? parts[at] !== '' : parts[at] === part));
  if (!isJob) return undefined;
  try {
    const [appId = '', backendEnvironmentName = '', jobId = ''] = template.flatMap((part, at) =>
      part.startsWith('{') ? [decodeURIComponent(parts[at] ?? '')] : [],
    );
    return { appId, backendEnvironmentName, jobId };
  } catch {
    // The encoding is invalid, so the URI names nothing.
    return undefined;
  }
}

/** A job's operation for a text: AWS's name. The record can be rewritten with update_backend_job, so any other text is quoted as data. */
export function operationLabel({ operation }: Pick<Job, 'operation'>): string {
  return operation.length > 64 ? quote(operation.slice(0, 64)) : quoteName(operation);
}

/** `COMPLETED` and `FAILED` are the terminal statuses, for which the Amplify CLI's own tests wait. */
export function stateOf(status: string): JobState {
  if (status === 'COMPLETED') return 'succeeded';
  if (status === 'FAILED') return 'failed';
  return 'running';
}

/** Whether a job has ended. */
export const isEnded = ({ state }: Pick<Job, 'state'>): boolean =>
  state === 'succeeded' || state === 'failed';

/** A failure about a job: its result also contains the job, so that the client can follow it. */
export class JobFailure extends ServerError {
  readonly job: Job;

  /** @param message replaces the failure's own message */
  constructor(failure: ServerError, job: Job, message = failure.message) {
    const { code, hint, requestId } = failure;
    super(code, { message, hint, requestId, cause: failure });
    this.job = job;
  }
}

/** A job's state and times, from AWS's facts. */
export function stateAndTimes({ status, createTime, updateTime }: Readonly<Record<string, unknown>>) {
  const createdAt = isoTime(createTime);
  const updatedAt = isoTime(updateTime);
  return {
    state: stateOf(String(status)),
    ...(createdAt && { createdAt }),
    ...(updatedAt && { updatedAt }),
  };
}

/** Builds a job from its ids and AWS's facts. */
export function toJob(ref: JobRef, facts: Record<string, unknown>, operation: string): Job {
  const { appId, backendEnvironmentName, jobId } = ref;
  const status = typeof facts.status === 'string' ? facts.status : 'UNKNOWN';
  return {
    appId,
    backendEnvironmentName,
    jobId,
    operation: typeof facts.operation === 'string' ? facts.operation : operation,
    status,
    uri: jobUri(ref),
    ...stateAndTimes(facts),
    ...(typeof facts.error === 'string' && facts.error !== '' && { error: facts.error }),
  };
}
