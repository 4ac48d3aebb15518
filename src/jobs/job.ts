/**
 * What a job is to the outside: AWS's own word for its status, our state derived from it, and the URIs
 * under which it, its environment and its app can be read. Pure; knows neither AWS nor MCP.
 */
import { ServerError } from '../errors.ts';
import { isoTime } from '../lib/aws-time.ts';
import { quote, quoteName } from '../lib/quote.ts';

/** Ours, derived from AWS's free text: every word but the two terminal ones means that it goes on. */
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
  /** ISO 8601, where AWS gave a time that can be read. */
  readonly createdAt?: string;
  readonly updatedAt?: string;
  /** AWS's words on why it failed, verbatim; absent where AWS gives none. */
  readonly error?: string;
}

/** The templates of the URIs, each under the one before; the builders below fill them. */
export const APP_URI_TEMPLATE = 'amplify-backend://apps/{appId}';
export const ENVIRONMENT_URI_TEMPLATE = `${APP_URI_TEMPLATE}/environments/{backendEnvironmentName}`;
export const JOB_URI_TEMPLATE = `${ENVIRONMENT_URI_TEMPLATE}/jobs/{jobId}`;
export const SNAPSHOT_URI_TEMPLATE = `${ENVIRONMENT_URI_TEMPLATE}/snapshot`;

/** An app, in the target that calls go to. */
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

/** What AWS answered when it was asked for a job. */
export interface PolledJob {
  readonly job: Job;
  /** How far AWS's clock is ahead of the monotonic one, in milliseconds; undefined where the answer does not tell. */
  readonly aheadMs?: number | undefined;
}

/** Half of a pair cannot be encoded; it can only come from AWS, and then names nothing that could be read. */
const wellFormed = (id: string) => id.replace(/\p{Cs}/gu, '\ufffd');

/** The ids of a caller are checked before they get here, those of AWS are not: both are encoded. */
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

/** A job's operation to be shown: a name of AWS's, or what somebody wrote over it, which is marked as data then. */
export function operationLabel({ operation }: Pick<Job, 'operation'>): string {
  return operation.length > 64 ? quote(operation.slice(0, 64)) : quoteName(operation);
}

/** `COMPLETED` and `FAILED` are the words that the Amplify CLI's own tests wait for; all others go on. */
export function stateOf(status: string): JobState {
  if (status === 'COMPLETED') return 'succeeded';
  if (status === 'FAILED') return 'failed';
  return 'running';
}

/** Whether a job has ended. */
export const isEnded = ({ state }: Pick<Job, 'state'>): boolean =>
  state === 'succeeded' || state === 'failed';

/** A failure that is about a job: results carry the job beside the error, so that it can be followed. */
export class JobFailure extends ServerError {
  readonly job: Job;

  /** @param message in place of the failure's own */
  constructor(failure: ServerError, job: Job, message = failure.message) {
    const { code, hint, requestId } = failure;
    super(code, { message, hint, requestId, cause: failure });
    this.job = job;
  }
}

/** Builds a job from where it is and what AWS said of it. */
export function toJob(address: JobRef, facts: Record<string, unknown>, operation: string): Job {
  const { appId, backendEnvironmentName, jobId } = address;
  const status = typeof facts.status === 'string' ? facts.status : 'UNKNOWN';
  const createdAt = isoTime(facts.createTime);
  const updatedAt = isoTime(facts.updateTime);
  return {
    appId,
    backendEnvironmentName,
    jobId,
    operation: typeof facts.operation === 'string' ? facts.operation : operation,
    status,
    state: stateOf(status),
    uri: jobUri(address),
    ...(createdAt && { createdAt }),
    ...(updatedAt && { updatedAt }),
    ...(typeof facts.error === 'string' && facts.error !== '' && { error: facts.error }),
  };
}
