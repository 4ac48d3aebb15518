/**
 * Reading a stack's events for what matters: the failure that came before all others, and the resource that is
 * waited for the longest. Pure. A parent's words on a nested stack, and those of resources that were cancelled
 * because of another, are no reasons.
 */

import type { StackEvent } from '../../aws/stacks.ts';
import { isOfItself, isOfNested, STACK } from '../../call/stack-walk.ts';
import { isAtWork } from '../stack-looks.ts';

/** What happened to one resource. */
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

/** Words that only say that something else failed. */
const consequences = [
  /^Resource (creation|update|deletion) cancelled/i,
  /^The following resource\(s\) failed to /i,
  /^(Embedded|Nested) stack \S+ was not successfully /i,
];

const isFailure = ({ status }: StackEvent) => status.endsWith('_FAILED');

/** A stack can be taken back for a reason of its own, without a resource of it that failed. */
const isRollback = (event: StackEvent) =>
  isOfItself(event) && event.status.endsWith('ROLLBACK_IN_PROGRESS') && event.reason !== undefined;

const isConsequence = ({ reason = '' }: StackEvent) => consequences.some(words => words.test(reason));

/** Whether a nested stack is gone into: something failed in it by itself, or is still at work. */
export const entersStack = (told: readonly StackEvent[]) =>
  told.some(event => isFailure(event) && !/cancelled/i.test(event.reason ?? '')) ||
  told.slice(0, 1).some(isAtWork);

/** How deep a stack is nested, by what its parents tell of it. */
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

/** An event as it is answered. */
export function told({ stackName, logicalId, type, status, reason, at }: StackEvent): ResourceEvent {
  return { stack: stackName, logicalId, type, status, ...(reason !== undefined && { reason }), at };
}

/** All that failed for a reason of its own, the earliest first; of what failed at once, the deepest. */
export function failuresIn(events: readonly StackEvent[]): ResourceEvent[] {
  const depthOf = depthsOf(events);
  return events
    .filter(event => (isFailure(event) || isRollback(event)) && !isConsequence(event))
    .sort((a, b) => a.at.localeCompare(b.at) || depthOf(b.stackId) - depthOf(a.stackId))
    .map(told);
}

/** The failure that came first, one with a reason before one without; undefined where none failed by itself. */
export function firstFailureIn(events: readonly StackEvent[]): ResourceEvent | undefined {
  const failures = failuresIn(events);
  return failures.find(({ reason }) => reason) ?? failures[0];
}

/** The resource that is at work the longest; a nested stack only where nothing in it is known to be. */
export function pendingIn(events: readonly StackEvent[]): ResourceEvent | undefined {
  const histories = new Map<string, StackEvent[]>();
  for (const event of events) {
    if (isOfItself(event)) continue;
    const key = JSON.stringify([event.stackId, event.logicalId]);
    const history = histories.get(key);
    if (history) history.push(event);
    else histories.set(key, [event]);
  }
  const begun = [...histories.values()].flatMap(newestFirst => {
    const ended = newestFirst.findIndex(event => !isAtWork(event));
    const since = (ended < 0 ? newestFirst : newestFirst.slice(0, ended)).at(-1);
    return since ? [since] : [];
  });
  // By its type: a nested stack's first event comes before it has an ARN.
  const own = begun.filter(({ type }) => type !== STACK);
  const [longest] = (own.length > 0 ? own : begun).sort((a, b) => a.at.localeCompare(b.at));
  return longest && told(longest);
}
