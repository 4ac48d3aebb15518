/**
 * Finds the first failure in a stack's events, and the resource that CloudFormation has been at work on the longest. Two
 * kinds of messages are no reasons: a parent's about its nested stack, and that a resource was cancelled because another
 * one failed. Pure.
 */

import type { StackEvent } from '../../aws/stacks.ts';
import { isOfItself, isOfNested, STACK } from '../../call/stack-walk.ts';
import { isAtWork } from '../shared/texts.ts';

/** An event in the answer. */
export interface ResourceEvent {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly status: string;
  /** AWS's words, verbatim. */
  readonly reason?: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Messages of AWS that only say that something else failed. */
const consequences = [
  /^Resource (creation|update|deletion) cancelled/i,
  /^The following resource\(s\) failed to /i,
];

const isFailure = ({ status }: StackEvent) => status.endsWith('_FAILED');

/** A stack can be rolled back for a reason of its own, without a failed resource. */
const isRollback = (event: StackEvent) =>
  isOfItself(event) && event.status.endsWith('ROLLBACK_IN_PROGRESS') && event.reason !== undefined;

const isOfNestedStack = (reason: string) =>
  /^(Embedded|Nested) stack /i.test(reason) && / was not successfully /i.test(reason);

const isConsequence = ({ reason = '' }: StackEvent) =>
  consequences.some(words => words.test(reason)) || isOfNestedStack(reason);

/**
 * Whether a nested stack's own events are read: something failed in it by itself, or is still at work.
 * @param parentEvents the parent's events on it, newest first
 */
export const entersStack = (parentEvents: readonly StackEvent[]) =>
  parentEvents.some(event => isFailure(event) && !/cancelled/i.test(event.reason ?? '')) ||
  parentEvents.slice(0, 1).some(isAtWork);

/** How deep a stack is nested, by its parents' events. */
function depthsOf(events: readonly StackEvent[]): (stackId: string) => number {
  const parents = new Map(
    events.filter(isOfNested).map(({ physicalId = '', stackId }) => [physicalId, stackId]),
  );
  const depthOf = (stackId: string): number => {
    const parent = parents.get(stackId);
    return parent === undefined ? 0 : 1 + depthOf(parent);
  };
  return depthOf;
}

export function toResourceEvent({
  stackName,
  logicalId,
  type,
  status,
  reason,
  at,
}: StackEvent): ResourceEvent {
  return { stack: stackName, logicalId, type, status, ...(reason !== undefined && { reason }), at };
}

/** The resources that failed for a reason of their own, the earliest first; of those that failed at once, the deepest. */
export function failuresIn(events: readonly StackEvent[]): ResourceEvent[] {
  const depthOf = depthsOf(events);
  return events
    .filter(event => (isFailure(event) || isRollback(event)) && !isConsequence(event))
    .sort((a, b) => a.at.localeCompare(b.at) || depthOf(b.stackId) - depthOf(a.stackId))
    .map(toResourceEvent);
}

/** The first failure, one with a reason before one without; undefined where nothing failed by itself. */
export function firstFailureIn(events: readonly StackEvent[]): ResourceEvent | undefined {
  const failures = failuresIn(events);
  return failures.find(({ reason }) => reason) ?? failures[0];
}

/** The resource that is in progress the longest; a nested stack only where none of its resources is. */
export function pendingIn(events: readonly StackEvent[]): ResourceEvent | undefined {
  const histories = new Map<string, StackEvent[]>();
  for (const event of events) {
    if (isOfItself(event)) continue;
    const key = JSON.stringify([event.stackId, event.logicalId]);
    const history = histories.get(key);
    if (history) history.push(event);
    else histories.set(key, [event]);
  }
  const running = [...histories.values()].flatMap(newestFirst => {
    const ended = newestFirst.findIndex(event => !isAtWork(event));
    const since = (ended < 0 ? newestFirst : newestFirst.slice(0, ended)).at(-1);
    return since ? [since] : [];
  });
  // The type identifies a nested stack: its first event has no ARN yet.
  const own = running.filter(({ type }) => type !== STACK);
  const [longest] = (own.length > 0 ? own : running).sort((a, b) => a.at.localeCompare(b.at));
  return longest && toResourceEvent(longest);
}
