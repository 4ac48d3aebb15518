/**
 * CloudFormation stacks without timers. A stack is the list of its events, past and future ones, written when a job is
 * planned. What clients see is a pure function of that list and the time.
 */
import { createHash } from 'node:crypto';
import type { Json } from '../../lib/json.ts';
import { sandboxAccountId, sandboxRegion } from '../identity.ts';

/** The type of a nested stack in its parent, and of a stack in its own events. */
export const stackType = 'AWS::CloudFormation::Stack';

/** An event of a stack's resource, or of the stack itself. */
export interface StackEvent {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly logicalId: string;
  /** Empty if the resource has none yet. */
  readonly physicalId: string;
  /** `AWS::S3::Bucket` ... */
  readonly type: string;
  /** `CREATE_IN_PROGRESS` ... */
  readonly status: string;
  readonly reason?: string;
}

/** A stack. It exists from its first event on, and can be read by its ARN even after its deletion. */
export interface Stack {
  readonly name: string;
  /** Its ARN. */
  readonly id: string;
  /** ARN of the parent: the root stack or, for loaded stacks, another nested one. */
  readonly parentId?: string;
  /** ARN of the root stack, if that is not the parent. */
  readonly rootId?: string;
  readonly description: string;
  /** In order of time; events are only appended. */
  readonly events: StackEvent[];
  /** The template that the stack was loaded with. */
  template?: Json;
  readonly parameters?: readonly Json[];
  outputs?: readonly Json[];
  /** What the stack policy denies or allows; absent where the stack has none. */
  policy?: Json;
}

/** All stacks by ARN, oldest first. */
export type Stacks = Map<string, Stack>;

/** A stack as clients see it at one time. */
export interface StackView {
  readonly stack: Stack;
  readonly status: string;
  readonly reason?: string;
  /** Epoch milliseconds, like the next two. */
  readonly createdAt: number;
  readonly updatedAt?: number;
  readonly deletedAt?: number;
  /** The events so far, oldest first. */
  readonly events: readonly StackEvent[];
}

/** Whether an event is about the stack itself. */
const isOwn = (stack: Stack) => (event: StackEvent) =>
  event.type === stackType && event.physicalId === stack.id;

/** A stack at `now`; undefined if it does not exist yet. At `Infinity`: when all planned work is done. */
export function viewStack(stack: Stack, now: number): StackView | undefined {
  const events = stack.events.filter(({ at }) => at <= now);
  const own = events.filter(isOwn(stack));
  const [first, last] = [own[0], own.at(-1)];
  if (!first || !last) return undefined;
  const updated = own.findLast(({ status }) => status === 'UPDATE_IN_PROGRESS');
  return {
    stack,
    status: last.status,
    ...(last.reason !== undefined && { reason: last.reason }),
    createdAt: first.at,
    ...(updated && { updatedAt: updated.at }),
    ...(last.status === 'DELETE_COMPLETE' && { deletedAt: last.at }),
    events,
  };
}

/** The latest event of each resource, deleted ones included, in order of creation. */
export function resourcesOf({ stack, events }: StackView): readonly StackEvent[] {
  const latest = new Map<string, StackEvent>();
  for (const event of events) if (!isOwn(stack)(event)) latest.set(event.logicalId, event);
  return [...latest.values()];
}

/** Whether a stack still has a resource: it was neither deleted nor skipped by a deletion. */
export function isHeld({ status }: StackEvent): boolean {
  return status !== 'DELETE_COMPLETE' && status !== 'DELETE_SKIPPED';
}

/** The resources that a stack will have when all planned work is done. */
export function heldIn(stack: Stack): readonly StackEvent[] {
  const view = viewStack(stack, Number.POSITIVE_INFINITY);
  return view ? resourcesOf(view).filter(isHeld) : [];
}

/** A UUID derived from parts, so that sandboxes with the same history have the same ids. */
export function derivedUuid(...parts: readonly (string | number)[]): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  const part = (from: number, to: number) => digest.slice(from, to);
  return `${part(0, 8)}-${part(8, 12)}-4${part(13, 16)}-8${part(17, 20)}-${part(20, 32)}`;
}

export function stackArn(name: string, uuid: string): string {
  return `arn:aws:cloudformation:${sandboxRegion}:${sandboxAccountId}:stack/${name}/${uuid}`;
}

/** Stacks at `now`, deleted ones included, newest first. */
export function stacksAt(stacks: Iterable<Stack>, now: number): readonly StackView[] {
  return [...stacks]
    .map(stack => viewStack(stack, now))
    .filter(view => view !== undefined)
    .sort((a, b) => a.createdAt - b.createdAt)
    .reverse();
}
