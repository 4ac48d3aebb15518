/** What is known of an environment: AmplifyBackend's word, Amplify's own record, CloudFormation's, side by side. */
import { asRegistered, RegisteredError } from '../../errors.ts';
import { jobsIn } from '../../execute/job-facts.ts';
import { type NamedStack, namedStack } from '../../execute/stack-names.ts';
import type { RecordedEnvironment, Stack } from '../../execute/stacks.ts';
import type { Job } from '../../jobs/job.ts';
import { quoteJson } from '../../lib/quote.ts';
import type { WorkflowContext } from '../define.ts';
import type { EnvironmentPlace } from '../environment-settings.ts';
import { createLook, type Look, type Seen } from '../stack-looks.ts';
import { type Resource, resourcesIn } from './resources.ts';

/** An environment from all sides. What is undefined could not be looked at. */
export interface EnvironmentFacts {
  readonly appId: string;
  readonly appName: string | undefined;
  readonly environment: string;
  /** The stack that the meta names; empty for what was only registered. */
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

type Answer = Readonly<Record<string, unknown>>;
type Read = (toolName: string, args?: object) => Promise<Answer>;

/** How many jobs that run are asked for one by one, to tell those that are stalled. */
const MOST_RUNNING = 3;

/** The environments that there are, for whoever asked for one that is not. */
async function refuseUnknown(
  thrown: unknown,
  { appId, backendEnvironmentName }: EnvironmentPlace,
  read: Read,
): Promise<never> {
  if (asRegistered(thrown).code !== 'not_found') throw thrown;
  const { backendEnvironmentList = [] } = await read('get_backend');
  throw new RegisteredError('not_found', {
    message: `App ${appId} has no environment ${backendEnvironmentName}; it has (quoted data): ${quoteJson(backendEnvironmentList)}.`,
    hint: 'Call again with one of these. Of an environment that was deleted, AmplifyBackend knows nothing any more; its stack may still stand in CloudFormation.',
    cause: thrown,
  });
}

async function jobsOf(
  { jobs, caller = 'unknown', signal }: WorkflowContext,
  place: EnvironmentPlace,
  read: Read,
) {
  const { backendEnvironmentName, target } = place;
  const listed = jobsIn(await read('list_backend_jobs', { backendEnvironmentName, all: true }));
  const running = listed.filter(({ state }) => state === 'running').slice(0, MOST_RUNNING);
  const reports = await Promise.all(
    running.map(job => jobs.read(job, { caller, signal, target }).catch(() => undefined)),
  );
  const looked = new Map(reports.flatMap(report => (report ? [[report.job.jobId, report.job]] : [])));
  return listed.map(job => looked.get(job.jobId) ?? job);
}

async function stackOf(
  { stacks, signal }: WorkflowContext,
  place: EnvironmentPlace,
  { id, name }: NamedStack,
  { appName, look }: { readonly appName: string | undefined; readonly look: Look },
): Promise<EnvironmentFacts['stack']> {
  const named = id ?? name;
  if (named !== undefined)
    return look('the stack', 'cloudformation:DescribeStacks', () => stacks.find(place, named, signal));
  return look('stacks that bear the name', 'cloudformation:ListStacks', async () => {
    const all = await stacks.ofName({ ...place, appName }, signal);
    return all.find(({ status }) => status !== 'DELETE_COMPLETE');
  });
}

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

  const answer = await read('get_backend', { backendEnvironmentName }).catch(thrown =>
    refuseUnknown(thrown, place, read),
  );
  const appName = typeof answer.appName === 'string' ? answer.appName : undefined;
  const named = namedStack(answer.amplifyMetaConfig);
  const resources = resourcesIn(answer.amplifyMetaConfig);
  const api = resources.find(({ service }) => service === 'AppSync');
  const notes: string[] = [];
  const look = createLook(notes);
  const models =
    api &&
    look("the models' freshness", 'amplifybackend:GetBackendAPIModels', async () => {
      const { status } = await read('get_backend_api_models', {
        backendEnvironmentName,
        resourceName: api.name,
      });
      return typeof status === 'string' ? status : undefined;
    });
  const [freshness, stack, recorded, branches, jobs] = await Promise.all([
    models,
    stackOf(context, place, named, { appName, look }),
    look("Amplify's own record", 'amplify:ListBackendEnvironments', () => stacks.recorded(place, signal)),
    look('the branches', 'amplify:ListBranches', () => stacks.branches(place, signal)),
    look('the jobs', 'amplifybackend:ListBackendJobs', () => jobsOf(context, place, read)),
  ]);
  return {
    ...{ appId, appName, environment: backendEnvironmentName, named, resources, stack, recorded, notes },
    models: freshness?.value,
    branches: branches?.value.map(({ name }) => name),
    jobs: jobs?.value,
  };
}
