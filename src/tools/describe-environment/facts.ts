/** What is known of an environment: AmplifyBackend's word, Amplify's own record, CloudFormation's, side by side. */

import type { RecordedEnvironment } from '../../aws/amplify.ts';
import type { Stack } from '../../aws/stacks.ts';
import { listedJobs } from '../../call/job-facts.ts';
import { readEnvironmentAt } from '../../call/read-environment.ts';
import {
  type Environment,
  type NamedStack,
  type Resource,
  settingsQuestion,
  whyUnreadable,
} from '../../environment/index.ts';
import type { Job } from '../../jobs/job.ts';
import { type Json, textOf } from '../../lib/json.ts';
import { quoteNames } from '../../lib/quote.ts';
import type { WorkflowContext } from '../define.ts';
import { createLook, type Look, type Seen } from '../stack-looks.ts';

/** Where an environment is. */
interface EnvironmentPlace {
  readonly appId: string;
  readonly backendEnvironmentName: string;
  readonly target?: string | undefined;
}

/** Why nobody can tell what an environment has. */
export interface Unreadable {
  /** `listed`: AWS lists it and does not read it. `meta`: it was read, but its amplify-meta cannot be. */
  readonly what: 'listed' | 'meta';
  /** The end of a sentence that begins with its state; AWS's words in it are quoted. */
  readonly why: string;
}

/** An environment from all sides. What is undefined could not be looked at. */
export interface EnvironmentFacts {
  readonly appId: string;
  readonly appName: string | undefined;
  readonly environment: string;
  /** By its meta. */
  readonly state: Environment['state'];
  readonly unreadable?: Unreadable;
  /** The stack that the meta names; empty for what was only registered or cannot be read. */
  readonly named: NamedStack;
  readonly resources: readonly Resource[];
  /** Of the API's generated models, AWS's word; absent where there is no such API. */
  readonly models: string | undefined;
  /** The stack of that name, or one that bears the environment's name although the meta names none. */
  readonly stack: Seen<Stack | undefined> | undefined;
  readonly recorded: Seen<RecordedEnvironment | undefined> | undefined;
  readonly branches: readonly string[] | undefined;
  /** Newest first, `stalled` told from `running`. */
  readonly jobs: readonly Job[] | undefined;
  /** What could not be looked at. */
  readonly notes: readonly string[];
}

/** The steps that reading takes. */
export const factsSteps = ['get_backend', 'get_backend_api_models', 'list_backend_jobs', 'get_backend_job'];

/** What an identity must be allowed to read beside these. */
export const besideActions = [
  'cloudformation:DescribeStacks',
  'cloudformation:ListStacks',
  'amplify:ListApps',
  'amplify:ListBackendEnvironments',
  'amplify:ListBranches',
];

type Read = (toolName: string, args?: object) => Promise<Json>;

/** How many jobs that run are asked for one by one, to tell those that are stalled. */
const MOST_RUNNING = 3;

async function jobsOf(
  { jobs, caller = 'unknown', signal }: WorkflowContext,
  place: EnvironmentPlace,
  read: Read,
) {
  const { backendEnvironmentName, target } = place;
  const listed = listedJobs(await read('list_backend_jobs', { backendEnvironmentName, all: true }));
  const running = listed.filter(({ state }) => state === 'running').slice(0, MOST_RUNNING);
  const reports = await Promise.all(
    running.map(job => jobs.read(job, { caller, signal, target }).catch(() => undefined)),
  );
  const looked = new Map(reports.flatMap(report => (report ? [[report.job.jobId, report.job]] : [])));
  return listed.map(job => looked.get(job.jobId) ?? job);
}

/** The stack that the meta names, or Amplify's own record; where neither does, one that bears the name. */
async function stackOf(
  { stacks, signal }: WorkflowContext,
  place: EnvironmentPlace,
  { id, name }: NamedStack,
  { appName, recorded, look }: Pick<EnvironmentFacts, 'appName' | 'recorded'> & { readonly look: Look },
): Promise<EnvironmentFacts['stack']> {
  const find = (named: string) =>
    look('the stack', 'cloudformation:DescribeStacks', () => stacks.find(place, named, signal));
  const named = id ?? name;
  if (named !== undefined) return find(named);
  const { stackName } = recorded?.value ?? {};
  const found = stackName === undefined ? undefined : await find(stackName);
  if (found?.value) return found;
  return look('stacks that bear the name', 'cloudformation:ListStacks', async () => {
    const all = await stacks.ownByName({ ...place, appName }, signal);
    return all.find(({ status }) => status !== 'DELETE_COMPLETE');
  });
}

type OfMeta = Pick<EnvironmentFacts, 'appName' | 'state' | 'unreadable' | 'named' | 'resources' | 'notes'>;

const sentence = (clause: string) => (clause.endsWith('.') ? clause : `${clause}.`);

/** What AmplifyBackend says of it. */
function ofEnvironment(read: Environment): OfMeta {
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

/** Reads all sides. @throws RegisteredError not_found where there is no such environment */
export async function readFacts(
  context: WorkflowContext,
  place: EnvironmentPlace,
): Promise<EnvironmentFacts> {
  const { execute, stacks, caller, signal } = context;
  const { appId, backendEnvironmentName, target } = place;
  const call = { ...(caller !== undefined && { caller }), ...(signal && { signal }) };
  const read: Read = async (toolName, args = {}) =>
    (await execute(toolName, { appId, ...args, ...(target !== undefined && { target }) }, call)).answer;

  const environment = await readEnvironmentAt(read, { appId, backendEnvironmentName }, false);
  const { appName, state, unreadable, named, resources, notes: ofMeta } = ofEnvironment(environment);
  const api = managedApi(resources);
  const notes = [...ofMeta];
  const look = createLook(notes);
  const models =
    api &&
    look("the models' freshness", 'amplifybackend:GetBackendAPIModels', async () => {
      const { status } = await read('get_backend_api_models', {
        backendEnvironmentName,
        resourceName: api.name,
      });
      return textOf(status);
    });
  const recordedLook = look("Amplify's own record", 'amplify:ListBackendEnvironments', () =>
    stacks.recorded(place, signal),
  );
  // Where the meta names the stack, nobody waits for the record.
  const beforeStack = (named.id ?? named.name) === undefined ? recordedLook : Promise.resolve(undefined);
  const [freshness, stack, recorded, branches, jobs] = await Promise.all([
    models,
    beforeStack.then(record => stackOf(context, place, named, { appName, recorded: record, look })),
    recordedLook,
    look('the branches', 'amplify:ListBranches', () => stacks.branches(place, signal)),
    look('the jobs', 'amplifybackend:ListBackendJobs', () => jobsOf(context, place, read)),
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
    branches: branches?.value.map(({ name }) => name),
    jobs: jobs?.value,
  };
}
