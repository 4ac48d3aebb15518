/** What is known of one job: its record, the environment that it was for, and what its stacks tell of its time. */

import type { Stack } from '../../aws/stacks.ts';
import { readEnvironmentAt } from '../../call/read-environment.ts';
import type { StackHistory } from '../../call/stack-walk.ts';
import type { NamedStack } from '../../environment/index.ts';
import type { EnvironmentRef, Job } from '../../jobs/job.ts';
import type { JobReport } from '../../jobs/report.ts';
import { textOf } from '../../lib/json.ts';
import { readerFor } from '../decommission-environment/app.ts';
import type { WorkflowContext } from '../define.ts';
import { createLook, type Look, type Seen } from '../stack-looks.ts';
import { entersStack } from './events.ts';

/** The environment as it stands now. */
export interface Standing {
  readonly isThere: boolean;
  readonly hasResources: boolean;
}

/** A job from all sides; what is undefined could not be looked at. */
export interface JobFacts {
  readonly report: JobReport;
  readonly standing: Standing | undefined;
  /** The root stack that the job worked on, or would have. */
  readonly stack: Seen<Stack | undefined> | undefined;
  /** What happened in the stacks while the job lived, newest first. */
  readonly story: Seen<StackHistory> | undefined;
  /** What could not be looked at. */
  readonly notes: readonly string[];
}

/** Times of two services differ a little. */
const BEFORE_MS = 2_000;
const AFTER_MS = 5_000;

const isOver = ({ state }: Job) => state === 'succeeded' || state === 'failed';

/** When the job lived; epoch milliseconds. */
function lifeOf(job: Job): { readonly from: number; readonly until: number } {
  const { createdAt, updatedAt } = job;
  return {
    from: createdAt === undefined ? 0 : Date.parse(createdAt) - BEFORE_MS,
    until:
      isOver(job) && updatedAt !== undefined ? Date.parse(updatedAt) + AFTER_MS : Number.POSITIVE_INFINITY,
  };
}

/** Whether a stack stood at some time of the job's life. */
function livedIn(
  { createdAt, deletedAt, status }: Stack,
  { from, until }: ReturnType<typeof lifeOf>,
): boolean {
  const isGone = status === 'DELETE_COMPLETE' && deletedAt !== undefined;
  return Date.parse(createdAt ?? '') <= until && (!isGone || Date.parse(deletedAt) >= from);
}

/** The environment's root stack in the job's time: the one that its meta names, else one that bears its name. */
async function rootOf(
  { stacks, signal }: WorkflowContext,
  place: EnvironmentRef,
  job: Job,
  { id, name, appName }: NamedStack & { readonly appName: string | undefined },
): Promise<Stack | undefined> {
  const life = lifeOf(job);
  const named = id ?? name;
  const found = named === undefined ? undefined : await stacks.find(place, named, signal);
  if (found && livedIn(found, life)) return found;
  const all = await stacks.ownByName({ ...place, appName }, signal);
  return all.find(stack => livedIn(stack, life));
}

/** What AmplifyBackend says of the environment; of one that is gone, of its app. */
async function backendOf(context: WorkflowContext, place: EnvironmentRef, look: Look) {
  const { appId, backendEnvironmentName } = place;
  const read = readerFor(context, place);
  const app = await look('the environments', 'amplifybackend:GetBackend', () =>
    read('get_backend', { appId }),
  );
  if (!app) return { standing: undefined, appName: undefined };
  const { appName, backendEnvironmentList = [] } = app.value;
  const isThere = (backendEnvironmentList as string[]).includes(backendEnvironmentName);
  const environment = isThere
    ? await look('the environment', 'amplifybackend:GetBackend', () =>
        readEnvironmentAt(read, { appId, backendEnvironmentName }, false),
      )
    : undefined;
  const found = environment?.value;
  const isRead = found !== undefined && found.state !== 'unreadable';
  return {
    // Of one that cannot be read nobody can say that it is empty.
    standing: { isThere, hasResources: isRead ? found.resources.length > 0 : found !== undefined },
    appName: textOf(appName),
    ...(isRead && found.stack),
  };
}

/** Reads all sides of a job whose report is there. @throws RegisteredError cancelled */
export async function readJobFacts(
  context: WorkflowContext,
  report: JobReport,
  target: string | undefined,
): Promise<JobFacts> {
  const { stacks, signal } = context;
  const { job } = report;
  const { appId, backendEnvironmentName } = job;
  const place = { appId, backendEnvironmentName, target };
  const notes: string[] = [];
  const look = createLook(notes);
  const { standing, ...known } = await backendOf(context, place, look);
  const stack = await look('the stack', 'cloudformation:DescribeStacks and cloudformation:ListStacks', () =>
    rootOf(context, place, job, known),
  );
  const { from, until } = lifeOf(job);
  const root = stack?.value?.id;
  const walked =
    root === undefined
      ? stack && { value: { events: [], isCut: false } }
      : await look("the stack's events", 'cloudformation:DescribeStackEvents', () =>
          stacks.history(place, { root, enters: entersStack }, from, signal),
        );
  if (walked?.value.isCut)
    notes.push('There are more nested stacks than were read; a failure in those is not seen.');
  const events = walked?.value.events.filter(({ at }) => Date.parse(at) <= until);
  const story = walked && events && { value: { ...walked.value, events } };
  return { report, standing, stack, story, notes };
}
