/**
 * The reads that show whether a lost write was done: an environment's jobs, an app's environments, a job's record, a
 * token. A not_found is an answer here, not a failure.
 */
import {
  type BackendJobRespObj,
  BackendJobRespObj$,
  GetBackendAPICommand,
  GetBackendAuthCommand,
  GetBackendCommand,
  type GetBackendCommandOutput,
  GetBackendJobCommand,
  type GetBackendJobResponse,
  GetBackendStorageCommand,
  GetTokenCommand,
  ListBackendJobsCommand,
  type ListBackendJobsCommandOutput,
} from '@aws-sdk/client-amplifybackend';
import { ServerError } from '../errors.ts';
import { awsTime } from '../lib/aws-time.ts';
import { isObject } from '../lib/json.ts';
import { quote } from '../lib/quote.ts';
import type { Category, SdkCommand } from '../operations/define.ts';
import { fromSdk, type SdkSchema } from '../operations/wire.ts';
import { clockLeadOf, type Send } from './client.ts';
import { quoteAws as awsSays, toAwsFailure } from './failures.ts';

/** A job as AWS lists it, with its times made comparable. */
export interface ListedJob extends BackendJobRespObj {
  /** Epoch milliseconds on AWS's clock, where AWS gave a time that can be read. */
  readonly createdAt: number | undefined;
}

/** The jobs of one environment. */
export interface JobList {
  readonly jobs: readonly ListedJob[];
  /** Whether all jobs since the requested time were read. */
  readonly isComplete: boolean;
  /** How far AWS's clock is ahead of ours; undefined if the answer had no time. */
  readonly aheadMs: number | undefined;
}

/** The reads. @throws ServerError for every failure but not_found */
export interface EvidenceReads {
  /** The jobs of an environment, at least all since a time on our clock; none where AWS does not know it. */
  jobs(appId: string, environment: string, since: number): Promise<JobList>;
  /** The names of an app's environments, or undefined where AWS does not know the app. */
  environments(appId: string): Promise<readonly string[] | undefined>;
  hasEnvironment(appId: string, environment: string): Promise<boolean>;
  /** The configuration of a resource under the REST API's names; undefined where AWS knows no such resource. */
  configuration(
    category: Category,
    appId: string,
    environment: string,
    resourceName: string,
  ): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** The outputs of each resource of a category, by the environment's meta. */
  outputs(
    category: Category,
    appId: string,
    environment: string,
  ): Promise<readonly Readonly<Record<string, unknown>>[]>;
  jobRecord(appId: string, environment: string, jobId: string): Promise<GetBackendJobResponse | undefined>;
  hasToken(appId: string, sessionId: string): Promise<boolean>;
}

const PAGE_SIZE = 25;
const MAX_PAGES = 20;
/** How far two clocks may differ before a listing counts as read far enough. */
const FAR_ENOUGH_MS = 10 * 60_000;

/** Whether a listing is ordered from new to old and has passed a time. AWS promises no order, so it is checked. */
function hasPassed(jobs: readonly ListedJob[], time: number): boolean {
  const times = jobs.map(({ createdAt }) => createdAt ?? Number.NaN);
  const isDescending = times.every((at, index) => index === 0 || at <= (times[index - 1] ?? Number.NaN));
  return times.length > 1 && isDescending && (times.at(-1) ?? Number.NaN) < time - FAR_ENOUGH_MS;
}

/** How the configuration of a category's resource is read. */
const readers = {
  auth: { name: 'GetBackendAuth', Command: GetBackendAuthCommand },
  api: { name: 'GetBackendAPI', Command: GetBackendAPICommand },
  storage: { name: 'GetBackendStorage', Command: GetBackendStorageCommand },
} as const satisfies Record<Category, object>;

/** The answer of a read under the REST API's names. */
function wireAnswer(command: object, answer: object): Record<string, unknown> {
  const { schema } = command as { readonly schema: readonly [...unknown[], SdkSchema] };
  return fromSdk(schema.at(-1) as SdkSchema, answer);
}

/**
 * The outputs of each resource of a category, by an environment's `AmplifyMetaConfig`; none where it cannot be read.
 * Passed in, because only the environment model parses a meta.
 */
export type ReadOutputs = (
  meta: string | undefined,
  category: Category,
) => readonly Readonly<Record<string, unknown>>[];

/** Creates the reads over a connection. @param signal aborts every read */
export function createEvidenceReads(
  send: Send,
  readOutputs: ReadOutputs,
  signal?: AbortSignal,
): EvidenceReads {
  async function read<Output>(name: string, command: object): Promise<Output | undefined> {
    const operation = {
      name,
      access: 'read',
      evidence: undefined,
      iamAction: `amplifybackend:${name}`,
    } as const;
    try {
      return (await send(operation, command as SdkCommand, signal)) as Output;
    } catch (thrown) {
      const failure = toAwsFailure(thrown, operation, []);
      if (failure.code === 'not_found') return undefined;
      throw failure;
    }
  }

  async function getBackend(AppId: string, BackendEnvironmentName?: string) {
    const command = new GetBackendCommand({ AppId, BackendEnvironmentName });
    const answer = await read<GetBackendCommandOutput>('GetBackend', command);
    if (answer?.Error) throw new ServerError('service_reported_error', { message: awsSays(answer.Error) });
    return answer;
  }

  return {
    async jobs(AppId, BackendEnvironmentName, since) {
      const jobs: ListedJob[] = [];
      let NextToken: string | undefined;
      let aheadMs: number | undefined;
      for (let page = 0; page < MAX_PAGES; page++) {
        const answer = await read<ListBackendJobsCommandOutput>(
          'ListBackendJobs',
          new ListBackendJobsCommand({ AppId, BackendEnvironmentName, MaxResults: PAGE_SIZE, NextToken }),
        );
        aheadMs = answer && clockLeadOf(answer);
        jobs.push(...(answer?.Jobs ?? []).map(job => ({ ...job, createdAt: awsTime(job.CreateTime) })));
        NextToken = answer?.NextToken;
        if (!NextToken || hasPassed(jobs, since + (aheadMs ?? 0))) return { jobs, isComplete: true, aheadMs };
      }
      return { jobs, isComplete: false, aheadMs };
    },

    environments: async appId => {
      const answer = await getBackend(appId);
      return answer && (answer.BackendEnvironmentList ?? []);
    },

    hasEnvironment: async (appId, environment) => (await getBackend(appId, environment)) !== undefined,

    async configuration(category, AppId, BackendEnvironmentName, ResourceName) {
      const { name, Command } = readers[category];
      const command = new Command({ AppId, BackendEnvironmentName, ResourceName });
      const answer = await read<object>(name, command);
      const { error, resourceConfig } = answer ? wireAnswer(command, answer) : {};
      if (error) throw new ServerError('service_reported_error', { message: quote(String(error)) });
      return isObject(resourceConfig) ? resourceConfig : undefined;
    },

    async outputs(category, appId, environment) {
      return readOutputs((await getBackend(appId, environment))?.AmplifyMetaConfig, category);
    },

    jobRecord: (AppId, BackendEnvironmentName, JobId) =>
      read<GetBackendJobResponse>(
        'GetBackendJob',
        new GetBackendJobCommand({ AppId, BackendEnvironmentName, JobId }),
      ),

    hasToken: async (AppId, SessionId) =>
      (await read('GetToken', new GetTokenCommand({ AppId, SessionId }))) !== undefined,
  };
}

/** A job's facts under the REST API's names. */
export const jobFacts = (job: ListedJob): Record<string, unknown> =>
  fromSdk(BackendJobRespObj$ as SdkSchema, job);

/** The environments that arguments name. The first is the one that AWS most likely lists the job under. */
export function namedEnvironments(args: Record<string, unknown>): string[] {
  return [args.targetEnvironmentName, args.backendEnvironmentName].filter(name => typeof name === 'string');
}

/** A word of AWS: unchanged where it has the expected form, else quoted. */
export function quoteWord(text: string | undefined, pattern = /^[A-Za-z]{1,64}$/): string {
  return text !== undefined && pattern.test(text) ? text : quote((text ?? '').slice(0, 64));
}

/** A job's id: unchanged where it has the expected form, else quoted. */
export const quoteJobId = (jobId: string | undefined) => quoteWord(jobId, /^[A-Za-z0-9_.:-]{1,128}$/);
