/** The facts on one job: its record, its environment, and the events of the stacks in its time. */

import type { Stack } from '../../aws/stacks.ts';
import { createTryRead, type ReadValue, type TryRead } from '../../call/optional-reads.ts';
import { readEnvironmentAt } from '../../call/read-environment.ts';
import type { StackHistory } from '../../call/stack-walk.ts';
import type { NamedStack } from '../../environment/index.ts';
import { type EnvironmentRef, isEnded, type Job } from '../../jobs/job.ts';
import { isOverdue } from '../../jobs/overdue.ts';
import type { JobReport } from '../../jobs/report.ts';
import type { ToolContext } from '../define.ts';
import { readApp, readOn } from '../shared/read.ts';
import { entersStack } from './events.ts';

/** The environment's current state. */
export interface EnvironmentState {
  readonly isThere: boolean;
  readonly hasResources: boolean;
}

/** What is undefined could not be read. */
export interface JobFacts {
  readonly report: JobReport;
  readonly environmentState: EnvironmentState | undefined;
  /** The root stack that the job worked on, or would have. */
  readonly stack: ReadValue<Stack | undefined> | undefined;
  /** The events in the stacks between the job's start and end, newest first. */
  readonly history: ReadValue<StackHistory> | undefined;
  /** The region, where a stuck job has no stack whose ARN names it. */
  readonly region: string | undefined;
  /** What could not be read. */
  readonly notes: readonly string[];
}

/** Allowed for the clocks of the two services, which differ a little. */
const BEFORE_MS = 2_000;
const AFTER_MS = 5_000;

/** The job's start and end, in epoch milliseconds. */
function periodOf(job: Job): { readonly from: number; readonly until: number } {
  const { createdAt, updatedAt } = job;
  return {
    from: createdAt === undefined ? 0 : Date.parse(createdAt) - BEFORE_MS,
    until:
      isEnded(job) && updatedAt !== undefined ? Date.parse(updatedAt) + AFTER_MS : Number.POSITIVE_INFINITY,
  };
}

/** Whether a stack existed at some time of the job's period. */
function existedIn(
  { createdAt, deletedAt, status }: Stack,
  { from, until }: ReturnType<typeof periodOf>,
): boolean {
  const isGone = status === 'DELETE_COMPLETE' && deletedAt !== undefined;
  return Date.parse(createdAt ?? '') <= until && (!isGone || Date.parse(deletedAt) >= from);
}

/** The environment's root stack in the job's time: the one that its meta names, else one that bears its name. */
async function readRootStack(
  { stacks, signal }: ToolContext,
  ref: EnvironmentRef,
  job: Job,
  { id, name, appName }: NamedStack & { readonly appName: string | undefined },
): Promise<Stack | undefined> {
  const period = periodOf(job);
  const named = id ?? name;
  const found = named === undefined ? undefined : await stacks.find(ref, named, signal);
  if (found && existedIn(found, period)) return found;
  const all = await stacks.ownByName({ ...ref, appName }, signal);
  return all.find(stack => existedIn(stack, period));
}

/** What AmplifyBackend answers about the environment, or about its app where the environment is gone. */
async function readBackend(context: ToolContext, ref: EnvironmentRef, tryRead: TryRead) {
  const { appId, backendEnvironmentName, target } = ref;
  const read = readOn(context, target);
  const app = await tryRead('the environments', 'amplifybackend:GetBackend', () => readApp(read, appId));
  if (!app) return { environmentState: undefined, appName: undefined };
  const { appName, environments } = app.value;
  const isThere = environments.includes(backendEnvironmentName);
  const environment = isThere
    ? await tryRead('the environment', 'amplifybackend:GetBackend', () =>
        readEnvironmentAt(read, { appId, backendEnvironmentName }, false),
      )
    : undefined;
  const found = environment?.value;
  const isRead = found !== undefined && found.state !== 'unreadable';
  return {
    // An environment that cannot be read may have resources.
    environmentState: { isThere, hasResources: isRead ? found.resources.length > 0 : found !== undefined },
    appName,
    ...(isRead && found.stack),
  };
}

/** Whether a job that has not ended is far beyond the time that such jobs take. */
export const isStuck = (report: JobReport): boolean =>
  report.job.state === 'stalled' || (!isEnded(report.job) && isOverdue(report));

/** The region of the target; undefined where its identity cannot be read. */
async function readRegion({ describeTarget }: ToolContext, target: string | undefined) {
  const described = await describeTarget(target).catch(() => undefined);
  return described?.region;
}

/** Reads the facts on a job whose report was read. @throws ServerError cancelled */
export async function readJobFacts(
  context: ToolContext,
  report: JobReport,
  target: string | undefined,
): Promise<JobFacts> {
  const { stacks, signal } = context;
  const { job } = report;
  const { appId, backendEnvironmentName } = job;
  const ref = { appId, backendEnvironmentName, target };
  const notes: string[] = [];
  const tryRead = createTryRead(notes);
  const { environmentState, ...known } = await readBackend(context, ref, tryRead);
  const stack = await tryRead(
    'the stack',
    'cloudformation:DescribeStacks and cloudformation:ListStacks',
    () => readRootStack(context, ref, job, known),
  );
  const { from, until } = periodOf(job);
  const root = stack?.value?.id;
  const walked =
    root === undefined
      ? stack && { value: { events: [], isCut: false } }
      : await tryRead("the stack's events", 'cloudformation:DescribeStackEvents', () =>
          stacks.history(ref, { root, enters: entersStack }, from, signal),
        );
  if (walked?.value.isCut)
    notes.push('There are more nested stacks than were read; a failure in the others is not found.');
  const events = walked?.value.events.filter(({ at }) => Date.parse(at) <= until);
  const history = walked && events && { value: { ...walked.value, events } };
  const region = isStuck(report) && !stack?.value ? await readRegion(context, target) : undefined;
  return { report, environmentState, stack, history, region, notes };
}
