/** What is looked at before a clone: whether it was started before, and what would be in its way. */

import type { Stack } from '../../aws/stacks.ts';
import { listedJobs } from '../../call/job-facts.ts';
import { environmentTools } from '../../call/read-environment.ts';
import {
  type ReadEnvironment,
  type Resource,
  stackStateOf,
  stackStateText,
  whyUnreadable,
} from '../../environment/index.ts';
import { ServerError, toServerError } from '../../errors.ts';
import type { Job, JobRef } from '../../jobs/job.ts';
import { quoteJson, quoteName, quoteNames } from '../../lib/quote.ts';
import type { WorkflowContext } from '../define.ts';
import { bearsEnvironment, perhapsText, readBuckets, stacksNamed } from '../leftovers.ts';
import { readEnvironmentOf } from '../read-environment.ts';
import { createLook } from '../stack-looks.ts';

/** What is cloned, into what. */
export interface Clone {
  readonly appId: string;
  readonly from: string;
  readonly to: string;
  readonly target: string | undefined;
}

/** The steps that looking takes. */
export const preflightSteps = [...environmentTools, 'list_backend_jobs', 'list_s3_buckets'];

/** How much of what was left behind a plan names. */
const MOST_LEFT = 20;

/** A stack that was left behind and is stuck, with what to do about it. */
function stuckText(stack: Stack): string {
  const text = stackStateText(stack);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}. ${stackStateOf(stack).nextStep ?? ''}`;
}

/** An environment of the clone's app. @throws RegisteredError not_found */
export const environmentOf = (
  context: WorkflowContext,
  { appId, target }: Clone,
  backendEnvironmentName: string,
) => readEnvironmentOf(context, { appId, backendEnvironmentName, target });

/** Calls a read tool on the clone's target. */
async function read(context: WorkflowContext, { target }: Clone, tool: string, args: object) {
  const { caller, signal } = context;
  const { answer } = await context.execute(
    tool,
    { ...args, ...(target !== undefined && { target }) },
    { ...(caller !== undefined && { caller }), ...(signal && { signal }) },
  );
  return answer;
}

/** The jobs of an environment, newest first; none of one that is not there. */
export async function jobsOf(context: WorkflowContext, clone: Clone, query: object): Promise<Job[]> {
  try {
    return listedJobs(await read(context, clone, 'list_backend_jobs', { appId: clone.appId, ...query }));
  } catch (thrown) {
    if (toServerError(thrown).code === 'not_found') return [];
    throw thrown;
  }
}

/** The names of the app's environments, and its own. */
async function appOf(context: WorkflowContext, clone: Clone) {
  const { appId } = clone;
  const { appName, backendEnvironmentList = [] } = await read(context, clone, 'get_backend', { appId });
  return { appName: appName as string | undefined, names: backendEnvironmentList as string[] };
}

/** The job that made the target, where it is there already; undefined where it is not. @throws what is in the way */
export async function findEarlier(context: WorkflowContext, clone: Clone): Promise<JobRef | undefined> {
  const { appId, from, to } = clone;
  const { names } = await appOf(context, clone);
  if (!names.includes(from)) {
    throw new ServerError('not_found', {
      message: `App ${appId} has no environment ${from}; it has (quoted data): ${quoteJson(names)}. Nothing was sent.`,
    });
  }
  if (!names.includes(to)) return undefined;
  const [job] = await jobsOf(context, clone, { backendEnvironmentName: to, operation: 'CloneBackend' });
  if (job) return job;
  throw new ServerError('invalid_arguments', {
    message: `Environment ${to} is there already, and no clone made it. Nothing was sent.`,
    hint: `Ask the person for another name. compare_environments shows what ${to} has; decommission_environment would take it down with its data.`,
  });
}

/** What the source has. @throws where nobody can tell, or where AWS would make a clone of nothing */
export async function readSource(context: WorkflowContext, clone: Clone): Promise<ReadEnvironment> {
  const { from } = clone;
  const source = await environmentOf(context, clone, from);
  if (source.state === 'unreadable')
    throw new ServerError('invalid_arguments', {
      message: `Environment ${quoteName(from)} ${whyUnreadable(source)}. What a clone of it would have cannot be told. Nothing was sent.`,
      hint: 'Ask the person which environment is meant; get_backend shows what AWS answers of this one.',
    });
  const isThere = ({ state, isPushedWithoutTrace }: Resource) => state === 'deployed' || isPushedWithoutTrace;
  if (source.resources.some(isThere)) return source;
  const isRegistered = source.state === 'registered';
  const why =
    source.resources.length === 0
      ? `has no resources${isRegistered ? ': it was only registered and never deployed' : ', only a stack'}`
      : `has nothing deployed: ${quoteNames(source.resources.map(({ label }) => label))} were added and never pushed`;
  throw new ServerError('invalid_arguments', {
    message: `Environment ${quoteName(from)} ${why}, so there is nothing to clone. Nothing was sent.`,
    hint: 'Ask the person which environment is meant; describe_environment shows what one has.',
  });
}

/** What an earlier environment of the target's name has left. */
export interface Leftovers {
  /** A sentence each: a clone may fail over it. */
  readonly notes: readonly string[];
  /** Its stacks that still stand. */
  readonly stacks: readonly Stack[];
}

/** Looks for it by its name. */
export async function findLeftovers(context: WorkflowContext, clone: Clone): Promise<Leftovers> {
  const { appId, to, target } = clone;
  const notes: string[] = [];
  const look = createLook(notes);
  const { appName } = await appOf(context, clone);
  const search = { appId, appName, backendEnvironmentName: to, target };
  const [found, listed] = await Promise.all([
    stacksNamed(context, search, { look, aside: look }),
    look('the buckets', 'amplifybackend:ListS3Buckets', () =>
      readBuckets((tool, args) => read(context, clone, tool, args)),
    ),
  ]);
  const stacks = (found?.value.own ?? []).filter(({ status }) => status !== 'DELETE_COMPLETE');
  const buckets = (listed?.value.names ?? []).filter(name => bearsEnvironment(name, search));
  if (listed && !listed.value.areAll) notes.push('Not looked at: all buckets, of which there are too many.');
  const left = [
    ...stacks.map(({ name, status }) => `stack ${quoteName(name)} (${quoteName(status)})`),
    ...(found?.value.perhaps ?? []).map(stack => perhapsText(stack, to)),
    ...buckets.map(name => `bucket ${quoteName(name)}`),
  ];
  const more = left.length > MOST_LEFT ? `, and ${left.length - MOST_LEFT} more` : '';
  return {
    stacks,
    notes: [
      ...(left.length > 0
        ? [
            `Of an earlier ${quoteName(to)} this may be left, and a clone can fail over it: ${left.slice(0, MOST_LEFT).join(', ')}${more}.`,
          ]
        : []),
      ...stacks.filter(stack => stackStateOf(stack).condition === 'stuck').map(stuckText),
      ...notes,
    ],
  };
}

/** Whether the target is there by now. */
export const isTargetThere = async (context: WorkflowContext, clone: Clone) =>
  (await appOf(context, clone)).names.includes(clone.to);
