/**
 * What CloudFormation did when it deleted a stack, by the events of the stack and of all that is nested in it: what
 * it failed over, what it was told to keep, and which buckets it had.
 */

import type { Stack, StackEvent } from '../../aws/stacks.ts';
import { isOfItself } from '../../call/stack-walk.ts';
import type { EnvironmentRef } from '../../jobs/job.ts';
import type { WorkflowContext } from '../define.ts';
import { firstFailureIn, type ResourceEvent } from '../explain-job/events.ts';

/** A deletion, as far as its events tell. */
export interface Deletion {
  /** What it failed over; undefined where it did not, or has not yet. */
  readonly failure: ResourceEvent | undefined;
  /** The last event of each resource that was kept, by a Retain policy or because somebody said so. */
  readonly kept: readonly StackEvent[];
  /** Names of the buckets that it went over, deleted or not. */
  readonly buckets: readonly string[];
  /** Whether there was more to read than is read. */
  readonly isCut: boolean;
}

/** No deletion takes longer. */
const LONGEST_MS = 24 * 3_600_000;

const isOfDeletion = ({ status }: StackEvent) => status.startsWith('DELETE_');

/** The last event of each resource. @param events newest first */
function latestOf(events: readonly StackEvent[]): StackEvent[] {
  const latest = new Map<string, StackEvent>();
  for (const event of events) {
    const key = JSON.stringify([event.stackId, event.logicalId]);
    if (!latest.has(key) && !isOfItself(event)) latest.set(key, event);
  }
  return [...latest.values()];
}

/** Reads it; of a stack that nobody deletes there is nothing to tell. @throws RegisteredError */
export async function readDeletion(
  { stacks, signal }: WorkflowContext,
  place: EnvironmentRef,
  { id, deletedAt }: Stack,
): Promise<Deletion> {
  const since = deletedAt === undefined ? 0 : Date.parse(deletedAt) - LONGEST_MS;
  const walk = { root: id, enters: (told: readonly StackEvent[]) => told.some(isOfDeletion) };
  const { events, isCut } = await stacks.history(place, walk, since, signal);
  // What went wrong with other work before has been overcome, or has its own story.
  const deleting = events.filter(isOfDeletion);
  const latest = latestOf(deleting);
  return {
    failure: firstFailureIn(deleting),
    kept: latest.filter(({ status }) => status === 'DELETE_SKIPPED'),
    buckets: latest.flatMap(({ type, physicalId }) =>
      type === 'AWS::S3::Bucket' && physicalId !== undefined ? [physicalId] : [],
    ),
    isCut,
  };
}
