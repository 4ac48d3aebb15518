/**
 * What happened in a stack and in the stacks nested in it. Amplify nests one for each resource, and an API one
 * for each of its types: so only those are gone into that the reader wants, and not without end.
 */
import type { StackEvent } from '../aws/stacks.ts';

/** What is walked. */
export interface StackWalk {
  /** Name or ARN of the root. */
  readonly root: string;
  /** Whether to go into a nested stack. @param told what its parent tells of it, newest first */
  readonly enters: (told: readonly StackEvent[]) => boolean;
}

/** What was found. */
export interface StackHistory {
  /** Newest first. */
  readonly events: readonly StackEvent[];
  /** Whether there were more stacks than are read. */
  readonly isCut: boolean;
}

/** The type of a nested stack in its parent, and of a stack in its own events. */
export const STACK = 'AWS::CloudFormation::Stack';
const MOST_STACKS = 60;
/** Reads at once: AWS counts them for the whole account. */
const AT_ONCE = 4;

/** Whether an event tells of a nested stack, and not of the stack itself. */
export const isOfNested = ({ type, physicalId, stackId }: StackEvent) =>
  type === STACK && physicalId !== stackId && physicalId?.startsWith('arn:') === true;

/** Whether an event tells of the stack itself. */
export const isOfItself = ({ type, physicalId, stackId }: StackEvent) =>
  type === STACK && physicalId === stackId;

function nestedIn(events: readonly StackEvent[], enters: StackWalk['enters']): string[] {
  const told = new Map<string, StackEvent[]>();
  for (const event of events) {
    const { physicalId } = event;
    if (physicalId === undefined || !isOfNested(event)) continue;
    const known = told.get(physicalId);
    if (known) known.push(event);
    else told.set(physicalId, [event]);
  }
  return [...told].flatMap(([id, itsEvents]) => (enters(itsEvents) ? [id] : []));
}

/** Walks. @param read the events of one stack, newest first */
export async function walkStacks(
  { root, enters }: StackWalk,
  read: (nameOrId: string) => Promise<readonly StackEvent[]>,
): Promise<StackHistory> {
  const found: StackEvent[] = [];
  const waiting = [root];
  const met = new Set(waiting);
  let stacks = 0;
  while (waiting.length > 0 && stacks < MOST_STACKS) {
    const next = waiting.splice(0, Math.min(AT_ONCE, MOST_STACKS - stacks));
    stacks += next.length;
    for (const events of await Promise.all(next.map(read))) {
      found.push(...events);
      for (const id of nestedIn(events, enters)) {
        if (!met.has(id)) waiting.push(id);
        met.add(id);
      }
    }
  }
  // A stable sort: of what happened at once, the outer stack's stays first.
  return { events: found.sort((a, b) => b.at.localeCompare(a.at)), isCut: waiting.length > 0 };
}
