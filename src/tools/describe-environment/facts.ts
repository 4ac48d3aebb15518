/** The facts on an environment from its three sources: AmplifyBackend, Amplify's own record, CloudFormation. */

import type { RecordedEnvironment } from '../../aws/amplify.ts';
import type { Stack } from '../../aws/stacks.ts';
import { listedJobs } from '../../call/job-facts.ts';
import { createTryRead, type ReadValue, type TryRead } from '../../call/optional-reads.ts';
import { readEnvironmentAt } from '../../call/read-environment.ts';
import {
  type Environment,
  type NamedStack,
  type Resource,
  settingsQuestion,
  whyUnreadable,
} from '../../environment/index.ts';
import type { EnvironmentRef, Job } from '../../jobs/job.ts';
import { textOf } from '../../lib/json.ts';
import { quoteNames } from '../../lib/quote.ts';
import { backendsOf, type Stage, signsOf, stageOf } from '../../migration/index.ts';
import type { ToolContext } from '../define.ts';
import { movedIn, readGen2Ids } from '../shared/moved-to-gen2.ts';
import { jobReaderOf, type Read, readOn } from '../shared/read.ts';

/** Why it is unknown what an environment has. */
export interface Unreadable {
  /** `listed`: AWS lists it but fails to read it. `meta`: AWS reads it, but its amplify-meta is not readable. */
  readonly what: 'listed' | 'meta';
  /** A clause to follow the state. AWS's words in it are quoted. */
  readonly why: string;
}

/** What is undefined could not be read. */
export interface EnvironmentFacts {
  readonly appId: string;
  readonly appName: string | undefined;
  readonly environment: string;
  /** By its meta. */
  readonly state: Environment['state'];
  readonly unreadable?: Unreadable;
  /** The stack that the meta names; empty where it names none or cannot be read. */
  readonly named: NamedStack;
  readonly resources: readonly Resource[];
  /** AWS's word on the API's generated models; absent where there is no such API. */
  readonly models: string | undefined;
  /** The stack of that name, or one with the environment's name, where the meta names none. */
  readonly stack: ReadValue<Stack | undefined> | undefined;
  readonly recorded: ReadValue<RecordedEnvironment | undefined> | undefined;
  readonly branches: readonly string[] | undefined;
  /** The stage of its migration to Gen 2, by the signs; undefined where these could not be read. */
  readonly stage: Stage | undefined;
  /** The Gen 2 branches of its app; where it is locked and its app has none, the Gen 2 backends of other apps that use it. */
  readonly gen2Branches: readonly string[];
  /** Newest first. Running jobs that make no progress are `stalled`. */
  readonly jobs: readonly Job[] | undefined;
  /** What could not be read. */
  readonly notes: readonly string[];
}

/** The operations that the tool calls. */
export const factsSteps = ['get_backend', 'get_backend_api_models', 'list_backend_jobs', 'get_backend_job'];

/** The most running jobs that are read one by one, to find out which are stalled. */
const MOST_RUNNING = 3;

async function readJobs(context: ToolContext, ref: EnvironmentRef, read: Read) {
  const { appId, backendEnvironmentName, target } = ref;
  const listed = listedJobs(await read('list_backend_jobs', { appId, backendEnvironmentName, all: true }));
  const running = listed.filter(({ state }) => state === 'running').slice(0, MOST_RUNNING);
  const reports = await Promise.all(
    running.map(job => context.jobs.read(job, jobReaderOf(context, target)).catch(() => undefined)),
  );
  const observed = new Map(reports.flatMap(report => (report ? [[report.job.jobId, report.job]] : [])));
  return listed.map(job => observed.get(job.jobId) ?? job);
}

/** The stack that the meta or Amplify's own record names; where neither does, one with the environment's name. */
async function readStack(
  { stacks, signal }: ToolContext,
  ref: EnvironmentRef,
  { id, name }: NamedStack,
  {
    appName,
    recorded,
    tryRead,
  }: Pick<EnvironmentFacts, 'appName' | 'recorded'> & { readonly tryRead: TryRead },
): Promise<EnvironmentFacts['stack']> {
  const find = (named: string) =>
    tryRead('the stack', 'cloudformation:DescribeStacks', () => stacks.find(ref, named, signal));
  const named = id ?? name;
  if (named !== undefined) return find(named);
  const { stackName } = recorded?.value ?? {};
  const found = stackName === undefined ? undefined : await find(stackName);
  if (found?.value) return found;
  return tryRead('stacks of that name', 'cloudformation:ListStacks', async () => {
    const all = await stacks.ownByName({ ...ref, appName }, signal);
    return all.find(({ status }) => status !== 'DELETE_COMPLETE');
  });
}

type MetaFacts = Pick<EnvironmentFacts, 'appName' | 'state' | 'unreadable' | 'named' | 'resources' | 'notes'>;

const sentence = (clause: string) => (clause.endsWith('.') ? clause : `${clause}.`);

/** The facts that AmplifyBackend gives. */
function readMetaFacts(read: Environment): MetaFacts {
  const { appName, flags } = read;
  const notes =
    flags.state === 'unreadable'
      ? [`The feature flags cannot be read: amplifyFeatureFlags ${flags.why}.`]
      : [];
  if (read.state === 'unreadable') {
    const unreadable = read.isRefused
      ? ({ what: 'listed', why: sentence(`it ${whyUnreadable(read)}`) } as const)
      : ({ what: 'meta', why: sentence(`its amplifyMetaConfig ${read.why}`) } as const);
    return { appName, state: 'unreadable', unreadable, named: {}, resources: [], notes };
  }
  const { state, stack: named, resources, unreadableEntries } = read;
  if (unreadableEntries.length > 0)
    notes.push(
      `In the meta, but no resources, and not read (quoted data): ${quoteNames(unreadableEntries)}.`,
    );
  return { appName, state, named, resources, notes };
}

/** The GraphQL API whose models AmplifyBackend knows. */
export const managedApi = (resources: readonly Resource[]): Resource | undefined =>
  resources.find(resource => settingsQuestion(resource).tool === 'get_backend_api');

/**
 * Reads the signs of a migration to Gen 2: the app, its branches, the policy of the root stack, and the outputs of a Gen 2
 * backend, where there is one.
 */
async function readSigns(
  { readMigrationFacts, stacks, signal }: ToolContext,
  ref: EnvironmentRef,
  { named, resources }: Pick<MetaFacts, 'named' | 'resources'>,
  notes: string[],
): Promise<Pick<EnvironmentFacts, 'branches' | 'stage' | 'gen2Branches'>> {
  const rootStack = named.id ?? named.name ?? null;
  const { backendEnvironmentName: environment } = ref;
  const scope = { whole: false, rootStack, signal };
  let facts = await readMigrationFacts(ref, scope);
  // Where a migration has begun and the app has no Gen 2 branch, the Gen 2 backend belongs to another app.
  const isLocked = stageOf(signsOf(facts), environment) === 'locked';
  if (isLocked) facts = await readMigrationFacts(ref, { ...scope, elsewhere: 'search' });
  notes.push(...facts.unread);
  const signs = signsOf(facts);
  const backends = backendsOf(signs, ref.appId);
  const tryRead = createTryRead(notes);
  const [first] = backends;
  const ids = first
    ? await readGen2Ids(stacks.contents(ref), first.stackName, async (iamAction, run) => {
        return (await tryRead('what Gen 2 has', iamAction, run))?.value;
      })
    : new Set<string>();
  const hasMoved = movedIn(resources, ids).length > 0;
  const stage = stageOf(signs, environment, { hasMoved, isRetained: false });
  return {
    branches: facts.branches
      ?.filter(({ backendEnvironmentArn: arn }) => arn?.endsWith(`/backendenvironments/${environment}`))
      .map(branch => branch.name),
    stage: stage === 'none' && facts.unread.length > 0 ? undefined : stage,
    gen2Branches: backends.map(({ label }) => label),
  };
}

/** Reads all three sources. @throws ServerError not_found where there is no such environment */
export async function readFacts(context: ToolContext, ref: EnvironmentRef): Promise<EnvironmentFacts> {
  const { stacks, signal } = context;
  const { appId, backendEnvironmentName, target } = ref;
  const read = readOn(context, target);
  const environment = await readEnvironmentAt(read, { appId, backendEnvironmentName }, false);
  const { appName, state, unreadable, named, resources, notes: metaNotes } = readMetaFacts(environment);
  const api = managedApi(resources);
  const notes = [...metaNotes];
  const tryRead = createTryRead(notes);
  const models =
    api &&
    tryRead("the models' freshness", 'amplifybackend:GetBackendAPIModels', async () => {
      const { status } = await read('get_backend_api_models', {
        appId,
        backendEnvironmentName,
        resourceName: api.name,
      });
      return textOf(status);
    });
  const readingRecord = tryRead("Amplify's own record", 'amplify:ListBackendEnvironments', () =>
    stacks.recorded(ref, signal),
  );
  // The record is needed only where the meta names no stack.
  const beforeStack = (named.id ?? named.name) === undefined ? readingRecord : Promise.resolve(undefined);
  const [freshness, stack, recorded, signs, jobs] = await Promise.all([
    models,
    beforeStack.then(record => readStack(context, ref, named, { appName, recorded: record, tryRead })),
    readingRecord,
    readSigns(context, ref, { named, resources }, notes),
    tryRead('the jobs', 'amplifybackend:ListBackendJobs', () => readJobs(context, ref, read)),
  ]);
  return {
    ...{
      appId,
      appName,
      environment: backendEnvironmentName,
      state,
      named,
      resources,
      stack,
      recorded,
      notes,
    },
    ...(unreadable && { unreadable }),
    models: freshness?.value,
    ...signs,
    jobs: jobs?.value,
  };
}
