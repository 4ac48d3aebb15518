/** What is known of an environment before it goes: by AmplifyBackend, Amplify's own record, CloudFormation. */

import type { Stack } from '../../aws/stacks.ts';
import { listedJobs } from '../../call/job-facts.ts';
import { readEnvironmentAt } from '../../call/read-environment.ts';
import { type Environment, type NamedStack, stackStateOf, stackStateText } from '../../environment/index.ts';
import { ServerError, toServerError } from '../../errors.ts';
import type { EnvironmentRef, Job } from '../../jobs/job.ts';
import { quoteName } from '../../lib/quote.ts';
import type { WorkflowContext } from '../define.ts';
import { createLook, type Look } from '../stack-looks.ts';
import { readerFor } from './app.ts';

/** An environment that is to go. */
export interface StandingFacts {
  readonly environment: Environment;
  readonly appName: string | undefined;
  /** Its stack as the meta names it, or else Amplify's own record. */
  readonly named: NamedStack;
  /** The stack as it stands; undefined where there is none, or where nobody could look. */
  readonly stack: Stack | undefined;
  /** The branches whose builds use it. */
  readonly branches: readonly string[];
  /** Newest first; undefined where nobody could look. */
  readonly jobs: readonly Job[] | undefined;
  /** What could not be looked at. */
  readonly notes: readonly string[];
}

/** What an identity must be allowed to read beside the steps. */
export const factsActions = [
  'cloudformation:DescribeStacks',
  'cloudformation:ListStacks',
  'amplify:ListApps',
  'amplify:ListBackendEnvironments',
  'amplify:ListBranches',
];

/** Its jobs, newest first. @throws RegisteredError */
async function readJobs(context: WorkflowContext, place: EnvironmentRef): Promise<Job[]> {
  const { backendEnvironmentName } = place;
  return listedJobs(
    await readerFor(context, place)('list_backend_jobs', { backendEnvironmentName, all: true }),
  );
}

async function stackOf(
  { stacks, signal }: WorkflowContext,
  place: EnvironmentRef,
  { id, name }: NamedStack,
  look: Look,
): Promise<Stack | undefined> {
  const named = id ?? name;
  if (named === undefined) return undefined;
  const found = await look('the stack', 'cloudformation:DescribeStacks', () =>
    stacks.find(place, named, signal),
  );
  return found?.value;
}

/** Looks at all sides. @throws RegisteredError not_found where there is no such environment */
export async function readStanding(
  context: WorkflowContext,
  place: EnvironmentRef,
  appName: string | undefined,
): Promise<StandingFacts> {
  const { stacks, signal } = context;
  const notes: string[] = [];
  const look = createLook(notes);
  const [environment, recorded, branches, jobs] = await Promise.all([
    readEnvironmentAt(readerFor(context, place), place),
    look("Amplify's own record", 'amplify:ListBackendEnvironments', () => stacks.recorded(place, signal)),
    look('the branches', 'amplify:ListBranches', () => stacks.branches(place, signal)),
    look('the jobs', 'amplifybackend:ListBackendJobs', () => readJobs(context, place)),
  ]);
  const inMeta = environment.state === 'unreadable' ? {} : environment.stack;
  const onRecord = recorded?.value?.stackName;
  const isNamed = (inMeta.id ?? inMeta.name) !== undefined;
  const named = isNamed || onRecord === undefined ? inMeta : { name: onRecord };
  return {
    ...{ environment, appName: environment.appName ?? appName, named, notes },
    stack: await stackOf(context, place, named, look),
    branches: branches?.value.map(({ name }) => name) ?? [],
    jobs: jobs?.value,
  };
}

/**
 * Refuses what CloudFormation would refuse: it deletes no stack that it is at work on.
 * @throws stack_in_the_way
 */
export function refuseStackAtWork({ stack, environment }: StandingFacts): void {
  if (!stack) return;
  const { condition, nextStep } = stackStateOf(stack);
  if (condition !== 'at work') return;
  throw new ServerError('stack_in_the_way', {
    message: `No job of ${quoteName(environment.environment)} runs, but its ${stackStateText(stack)}. Nothing was sent.`,
    hint: `${nextStep} Then call again.`,
  });
}

/** What a person should know of a stack that CloudFormation deletes although something is wrong with it. */
export function stackRemarks({ stack }: Pick<StandingFacts, 'stack'>): string[] {
  if (!stack) return [];
  const { condition, nextStep } = stackStateOf(stack);
  if (condition !== 'stuck') return [];
  return [
    `Its ${stackStateText(stack)}. CloudFormation may delete it all the same; should the deletion fail: ${nextStep}`,
  ];
}

/** The jobs as they are by now; where they cannot be listed, those that were known. */
export async function jobsNow(context: WorkflowContext, place: EnvironmentRef, facts: StandingFacts) {
  try {
    return await readJobs(context, place);
  } catch (thrown) {
    const { code } = toServerError(thrown);
    const isUnreadable = facts.environment.state === 'unreadable';
    if (code === 'access_denied' || (isUnreadable && code !== 'cancelled')) return facts.jobs;
    throw thrown;
  }
}
