/**
 * The deletion of a stack, by its events and those of its nested stacks: what it failed on, what it kept, and which
 * buckets it had.
 */

import type { Stack, StackEvent } from '../../aws/stacks.ts';
import { isOfItself } from '../../call/stack-walk.ts';
import type { EnvironmentRef } from '../../jobs/job.ts';
import type { ToolContext } from '../define.ts';
import { firstFailureIn, type ResourceEvent } from '../explain-job/events.ts';

export interface Deletion {
  /** The resource that it failed on; undefined where it did not fail, or has not yet. */
  readonly failure: ResourceEvent | undefined;
  /** The last event of each resource that was kept, by a Retain policy or because a person chose to. */
  readonly kept: readonly StackEvent[];
  /** Names of the stack's buckets, deleted or not. */
  readonly buckets: readonly string[];
  /** Whether there were more events than were read. */
  readonly isCut: boolean;
}

/** Longer than any deletion takes. Only events within this time before its end are read. */
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

/** Reads a stack's deletion; all is empty for a stack that is not being deleted. @throws ServerError */
export async function readDeletion(
  { stacks, signal }: ToolContext,
  ref: EnvironmentRef,
  { id, deletedAt }: Stack,
): Promise<Deletion> {
  const since = deletedAt === undefined ? 0 : Date.parse(deletedAt) - LONGEST_MS;
  const walk = { root: id, enters: (parentEvents: readonly StackEvent[]) => parentEvents.some(isOfDeletion) };
  const { events, isCut } = await stacks.history(ref, walk, since, signal);
  // Failures of earlier operations on the stack are not failures of the deletion.
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
