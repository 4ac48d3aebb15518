/** The facts on an environment before its deletion: from AmplifyBackend, Amplify's own record, and CloudFormation. */

import type { Stack } from '../../aws/stacks.ts';
import { listedJobs } from '../../call/job-facts.ts';
import { createTryRead, type TryRead } from '../../call/optional-reads.ts';
import { readEnvironmentAt } from '../../call/read-environment.ts';
import { type Environment, type NamedStack, stackStateOf, stackStateText } from '../../environment/index.ts';
import { ServerError, toServerError } from '../../errors.ts';
import type { EnvironmentRef, Job } from '../../jobs/job.ts';
import { quoteName } from '../../lib/quote.ts';
import type { ToolContext } from '../define.ts';
import { readOn } from '../shared/read.ts';

/** An environment that is to be deleted. */
export interface EnvironmentFacts {
  readonly environment: Environment;
  readonly appName: string | undefined;
  /** Its stack as the meta names it, or else Amplify's own record. */
  readonly named: NamedStack;
  /** Undefined where there is none, or where it could not be read. */
  readonly stack: Stack | undefined;
  /** The branches whose builds use it. */
  readonly branches: readonly string[];
  /** Newest first; undefined where they could not be read. */
  readonly jobs: readonly Job[] | undefined;
  /** What could not be read. */
  readonly notes: readonly string[];
}

/** The environment's jobs, newest first. @throws ServerError */
async function readJobs(context: ToolContext, ref: EnvironmentRef): Promise<Job[]> {
  const { appId, backendEnvironmentName, target } = ref;
  const read = readOn(context, target);
  return listedJobs(await read('list_backend_jobs', { appId, backendEnvironmentName, all: true }));
}

async function readStack(
  { stacks, signal }: ToolContext,
  ref: EnvironmentRef,
  { id, name }: NamedStack,
  tryRead: TryRead,
): Promise<Stack | undefined> {
  const named = id ?? name;
  if (named === undefined) return undefined;
  const found = await tryRead('the stack', 'cloudformation:DescribeStacks', () =>
    stacks.find(ref, named, signal),
  );
  return found?.value;
}

/** Reads all three sources. @throws ServerError not_found where there is no such environment */
export async function readFacts(
  context: ToolContext,
  ref: EnvironmentRef,
  appName: string | undefined,
): Promise<EnvironmentFacts> {
  const { stacks, signal } = context;
  const notes: string[] = [];
  const tryRead = createTryRead(notes);
  const [environment, recorded, branches, jobs] = await Promise.all([
    readEnvironmentAt(readOn(context, ref.target), ref),
    tryRead("Amplify's own record", 'amplify:ListBackendEnvironments', () => stacks.recorded(ref, signal)),
    tryRead('the branches', 'amplify:ListBranches', () => stacks.branches(ref, signal)),
    tryRead('the jobs', 'amplifybackend:ListBackendJobs', () => readJobs(context, ref)),
  ]);
  const inMeta = environment.state === 'unreadable' ? {} : environment.stack;
  const onRecord = recorded?.value?.stackName;
  const isNamed = (inMeta.id ?? inMeta.name) !== undefined;
  const named = isNamed || onRecord === undefined ? inMeta : { name: onRecord };
  return {
    ...{ environment, appName: environment.appName ?? appName, named, notes },
    stack: await readStack(context, ref, named, tryRead),
    branches: branches?.value.map(({ name }) => name) ?? [],
    jobs: jobs?.value,
  };
}

/** @throws stack_in_the_way while CloudFormation is at work on the stack: it would refuse to delete it */
export function refuseStackAtWork({ stack, environment }: EnvironmentFacts): void {
  if (!stack) return;
  const { condition, nextStep } = stackStateOf(stack);
  if (condition !== 'at work') return;
  throw new ServerError('stack_in_the_way', {
    message: `No job of ${quoteName(environment.environment)} runs, but its ${stackStateText(stack)}. Nothing was sent.`,
    hint: `${nextStep} Then call again.`,
  });
}

/** A remark on a stuck stack, which CloudFormation may be able to delete. */
export function stackRemarks({ stack }: Pick<EnvironmentFacts, 'stack'>): string[] {
  if (!stack) return [];
  const { condition, nextStep } = stackStateOf(stack);
  if (condition !== 'stuck') return [];
  return [
    `Its ${stackStateText(stack)}. CloudFormation may delete it nevertheless; if the deletion fails: ${nextStep}`,
  ];
}

/** The jobs as they are now; where they cannot be listed, those of `facts`. */
export async function readJobsAgain(context: ToolContext, ref: EnvironmentRef, facts: EnvironmentFacts) {
  try {
    return await readJobs(context, ref);
  } catch (thrown) {
    const { code } = toServerError(thrown);
    const isUnreadable = facts.environment.state === 'unreadable';
    if (code === 'access_denied' || (isUnreadable && code !== 'cancelled')) return facts.jobs;
    throw thrown;
  }
}
