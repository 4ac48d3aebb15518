/** The checks before a clone: was it started before, what does the source have, what did an earlier target leave behind. */

import type { Stack } from '../../aws/stacks.ts';
import { listedJobs } from '../../call/job-facts.ts';
import { createTryRead } from '../../call/optional-reads.ts';
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
import type { ToolContext } from '../define.ts';
import {
  BUCKETS_CUT,
  findStacksByName,
  hasEnvironmentName,
  readBuckets,
  unsureStackText,
} from '../shared/leftovers.ts';
import { readApp, readEnvironmentOf, readOn } from '../shared/read.ts';

/** The environment to clone, and the name of the clone. */
export interface Clone {
  readonly appId: string;
  readonly from: string;
  readonly to: string;
  readonly target: string | undefined;
}

/** The operations that the checks call. */
export const preflightSteps = [...environmentTools, 'list_backend_jobs', 'list_s3_buckets'];

/** Leftovers that a plan names. */
const MOST_LEFTOVERS = 20;

/** A stuck stack of an earlier environment, and what to do about it. */
function stuckText(stack: Stack): string {
  const text = stackStateText(stack);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}. ${stackStateOf(stack).nextStep ?? ''}`;
}

/** An environment of the clone's app. @throws ServerError not_found */
export const readEnvironmentNamed = (
  context: ToolContext,
  { appId, target }: Clone,
  backendEnvironmentName: string,
) => readEnvironmentOf(context, { appId, backendEnvironmentName, target });

/** The jobs of an environment, newest first; none where there is no such environment. */
export async function readJobs(context: ToolContext, clone: Clone, query: object): Promise<Job[]> {
  const { appId, target } = clone;
  try {
    return listedJobs(await readOn(context, target)('list_backend_jobs', { appId, ...query }));
  } catch (thrown) {
    if (toServerError(thrown).code === 'not_found') return [];
    throw thrown;
  }
}

const readCloneApp = (context: ToolContext, { appId, target }: Clone) =>
  readApp(readOn(context, target), appId);

/**
 * The job that created the target; undefined where there is no target yet.
 * @throws ServerError not_found without a source; invalid_arguments where the target was not created by a clone
 */
export async function findCloneJob(context: ToolContext, clone: Clone): Promise<JobRef | undefined> {
  const { appId, from, to } = clone;
  const { environments } = await readCloneApp(context, clone);
  if (!environments.includes(from)) {
    throw new ServerError('not_found', {
      message: `App ${appId} has no environment ${from}; it has (quoted data): ${quoteJson(environments)}. Nothing was sent.`,
    });
  }
  if (!environments.includes(to)) return undefined;
  const [job] = await readJobs(context, clone, { backendEnvironmentName: to, operation: 'CloneBackend' });
  if (job) return job;
  throw new ServerError('invalid_arguments', {
    message: `Environment ${to} exists already, and no clone created it. Nothing was sent.`,
    hint: `Ask the person for another name. compare_environments shows what ${to} has; decommission_environment would delete it with its data.`,
  });
}

/** The source. @throws ServerError where it cannot be read or has nothing to clone, which AWS does not report */
export async function readSource(context: ToolContext, clone: Clone): Promise<ReadEnvironment> {
  const { from } = clone;
  const source = await readEnvironmentNamed(context, clone, from);
  if (source.state === 'unreadable')
    throw new ServerError('invalid_arguments', {
      message: `Environment ${quoteName(from)} ${whyUnreadable(source)}. It is unknown what a clone of it would have. Nothing was sent.`,
      hint: 'Ask the person which environment is meant; get_backend shows what AWS answers for this one.',
    });
  const isDeployed = ({ state, isPushedWithoutTrace }: Resource) =>
    state === 'deployed' || isPushedWithoutTrace;
  if (source.resources.some(isDeployed)) return source;
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

/** What an earlier environment with the target's name left behind. */
export interface Leftovers {
  /** A sentence each. A clone may fail because of them. */
  readonly notes: readonly string[];
  /** Its stacks that still exist. */
  readonly stacks: readonly Stack[];
}

/** Finds stacks and buckets that have the target's name. */
export async function findLeftovers(context: ToolContext, clone: Clone): Promise<Leftovers> {
  const { appId, to, target } = clone;
  const notes: string[] = [];
  const tryRead = createTryRead(notes);
  const { appName } = await readCloneApp(context, clone);
  const search = { appId, appName, backendEnvironmentName: to, target };
  const [found, listed] = await Promise.all([
    findStacksByName(context, search, { tryRead, tryExtra: tryRead }),
    tryRead('the buckets', 'amplifybackend:ListS3Buckets', () => readBuckets(readOn(context, target))),
  ]);
  const stacks = (found?.value.own ?? []).filter(({ status }) => status !== 'DELETE_COMPLETE');
  const buckets = (listed?.value.names ?? []).filter(name => hasEnvironmentName(name, search));
  if (listed && !listed.value.areAll) notes.push(BUCKETS_CUT);
  const leftovers = [
    ...stacks.map(({ name, status }) => `stack ${quoteName(name)} (${quoteName(status)})`),
    ...(found?.value.unsure ?? []).map(stack => unsureStackText(stack, to)),
    ...buckets.map(name => `bucket ${quoteName(name)}`),
  ];
  const shown = leftovers.slice(0, MOST_LEFTOVERS).join(', ');
  const more = leftovers.length > MOST_LEFTOVERS ? `, and ${leftovers.length - MOST_LEFTOVERS} more` : '';
  return {
    stacks,
    notes: [
      ...(leftovers.length > 0
        ? [
            `An earlier ${quoteName(to)} may have left this, and a clone can fail because of it: ${shown}${more}.`,
          ]
        : []),
      ...stacks.filter(stack => stackStateOf(stack).condition === 'stuck').map(stuckText),
      ...notes,
    ],
  };
}

/** Whether the target exists now. */
export const isTargetThere = async (context: ToolContext, clone: Clone) =>
  (await readCloneApp(context, clone)).environments.includes(clone.to);
