/**
 * The events of a stack and of the stacks nested in it. Amplify nests one stack for each resource, and an API one for
 * each of its types, so the walk enters only the stacks that its caller wants, up to a bound.
 */
import type { StackEvent } from '../aws/stacks.ts';

/** The stacks to walk. */
export interface StackWalk {
  /** Name or ARN of the root. */
  readonly root: string;
  /** Whether to enter a nested stack. @param events those of the nested stack in its parent, newest first */
  readonly enters: (events: readonly StackEvent[]) => boolean;
}

/** The events of the stacks that were walked. */
export interface StackHistory {
  /** Newest first. */
  readonly events: readonly StackEvent[];
  /** Whether some stacks were left unread. */
  readonly isCut: boolean;
}

/** The type of a nested stack in its parent, and of a stack in its own events. */
export const STACK = 'AWS::CloudFormation::Stack';
const MOST_STACKS = 60;
/** How many reads run at once: AWS's rate limit is for the whole account. */
const AT_ONCE = 4;

/** Whether an event concerns a nested stack, and not the stack itself. */
export const isOfNested = ({ type, physicalId, stackId }: StackEvent) =>
  type === STACK && physicalId !== stackId && physicalId?.startsWith('arn:') === true;

/** Whether an event concerns the stack itself. */
export const isOfItself = ({ type, physicalId, stackId }: StackEvent) =>
  type === STACK && physicalId === stackId;

function nestedIn(events: readonly StackEvent[], enters: StackWalk['enters']): string[] {
  const byStack = new Map<string, StackEvent[]>();
  for (const event of events) {
    const { physicalId } = event;
    if (physicalId === undefined || !isOfNested(event)) continue;
    const known = byStack.get(physicalId);
    if (known) known.push(event);
    else byStack.set(physicalId, [event]);
  }
  return [...byStack].flatMap(([id, itsEvents]) => (enters(itsEvents) ? [id] : []));
}

/** Walks the stacks. @param read the events of one stack, newest first */
export async function walkStacks(
  { root, enters }: StackWalk,
  read: (nameOrId: string) => Promise<readonly StackEvent[]>,
): Promise<StackHistory> {
  const found: StackEvent[] = [];
  const waiting = [root];
  const queued = new Set(waiting);
  let stacks = 0;
  while (waiting.length > 0 && stacks < MOST_STACKS) {
    const next = waiting.splice(0, Math.min(AT_ONCE, MOST_STACKS - stacks));
    stacks += next.length;
    for (const events of await Promise.all(next.map(read))) {
      found.push(...events);
      for (const id of nestedIn(events, enters)) {
        if (!queued.has(id)) waiting.push(id);
        queued.add(id);
      }
    }
  }
  // The sort is stable: among events of one time, those of the outer stack stay first.
  return { events: found.sort((a, b) => b.at.localeCompare(a.at)), isCut: waiting.length > 0 };
}
