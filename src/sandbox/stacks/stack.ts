/**
 * CloudFormation stacks without timers: a stack's record is the list of its events, dated when the work is planned
 * and partly still to come. What a reader sees of it is a pure function of that list and the time.
 */
import { createHash } from 'node:crypto';
import type { Json } from '../../lib/json.ts';
import { sandboxAccountId, sandboxRegion } from '../identity.ts';

/** The type of a nested stack in its parent, and of a stack in its own events. */
export const stackType = 'AWS::CloudFormation::Stack';

/** Something that happens to a resource of a stack, or to the stack itself. */
export interface StackEvent {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly logicalId: string;
  /** Empty where the resource has no name yet. */
  readonly physicalId: string;
  /** `AWS::S3::Bucket` ... */
  readonly type: string;
  /** `CREATE_IN_PROGRESS` ... */
  readonly status: string;
  readonly reason?: string;
}

/** A stack's record. It is there from its first event on, and by its ARN for as long as the sandbox lives. */
export interface Stack {
  readonly name: string;
  /** Its ARN. */
  readonly id: string;
  /** ARN of the stack that it is nested in: the root, or, of what was loaded, one that is nested itself. */
  readonly parentId?: string;
  /** ARN of the root, where that is not its parent. */
  readonly rootId?: string;
  readonly description: string;
  /** In order of time; only ever appended to. */
  readonly events: StackEvent[];
  /** As it was deployed, where it was loaded so. */
  readonly template?: Json;
  readonly parameters?: readonly Json[];
  readonly outputs?: readonly Json[];
}

/** All stacks by ARN, oldest first. */
export type Stacks = Map<string, Stack>;

/** What a reader sees of a stack at one moment. */
export interface StackView {
  readonly stack: Stack;
  readonly status: string;
  readonly reason?: string;
  /** Epoch milliseconds, as are the others. */
  readonly createdAt: number;
  readonly updatedAt?: number;
  readonly deletedAt?: number;
  /** What has happened so far, oldest first. */
  readonly events: readonly StackEvent[];
}

/** The events that tell of the stack itself. */
const isOwn = (stack: Stack) => (event: StackEvent) =>
  event.type === stackType && event.physicalId === stack.id;

/** A stack at `now`; undefined where it does not exist yet. At `Infinity`: as everything planned will leave it. */
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

/** The latest event of each resource, in the order of their creation; deleted resources are among them. */
export function resourcesOf({ stack, events }: StackView): readonly StackEvent[] {
  const latest = new Map<string, StackEvent>();
  for (const event of events) if (!isOwn(stack)(event)) latest.set(event.logicalId, event);
  return [...latest.values()];
}

/** Whether a resource is still the stack's: it was neither deleted nor left behind. */
export function isHeld({ status }: StackEvent): boolean {
  return status !== 'DELETE_COMPLETE' && status !== 'DELETE_SKIPPED';
}

/** A UUID that the same parts always give, so that sandboxes of the same past are the same. */
export function derivedUuid(...parts: readonly (string | number)[]): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return digest.slice(0, 32).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
}

/** The ARN of a stack. */
export function stackArn(name: string, uuid: string): string {
  return `arn:aws:cloudformation:${sandboxRegion}:${sandboxAccountId}:stack/${name}/${uuid}`;
}

/** All stacks as of `now`, newest first, with the ones that were deleted. */
export function stacksAt(stacks: Stacks, now: number): readonly StackView[] {
  return [...stacks.values()]
    .map(stack => viewStack(stack, now))
    .filter(view => view !== undefined)
    .sort((a, b) => a.createdAt - b.createdAt)
    .reverse();
}
