/**
 * What a job is to the outside: AWS's own word for its status, our state derived from it, and the URI
 * under which it can be read. Pure; knows neither AWS nor MCP.
 */

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

/** The template of a job's URI; `jobUri` fills it. */
export const JOB_URI_TEMPLATE =
  'amplify-backend://apps/{appId}/environments/{backendEnvironmentName}/jobs/{jobId}';

/** Where a job is found: AWS names it by these three. */
export interface JobAddress {
  readonly appId: string;
  readonly backendEnvironmentName: string;
  readonly jobId: string;
}

/** The URI of a job. The ids are checked before they get here, and encoded all the same. */
export function jobUri(address: JobAddress): string {
  return JOB_URI_TEMPLATE.replace(/\{(\w+)\}/g, (_, name: keyof JobAddress) =>
    encodeURIComponent(address[name]),
  );
}

/** `COMPLETED` and `FAILED` are the words that the Amplify CLI's own tests wait for; all others go on. */
export function stateOf(status: string): JobState {
  if (status === 'COMPLETED') return 'succeeded';
  if (status === 'FAILED') return 'failed';
  return 'running';
}

/** A time of AWS in ISO 8601: epoch seconds, epoch milliseconds and ISO strings occur; no zone means UTC. */
export function isoTime(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).trim();
  const epoch = /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  const zoned = /T[\d:.]+$/.test(text) ? `${text}Z` : text;
  // Seconds reach 1e11 in the year 5138, milliseconds passed it in 1973.
  const time = new Date(epoch === undefined ? Date.parse(zoned) : epoch < 1e11 ? epoch * 1000 : epoch);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

/** Builds a job from where it is and what AWS said of it. */
export function toJob(address: JobAddress, facts: Record<string, unknown>, operation: string): Job {
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
