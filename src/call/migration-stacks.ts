/** Reads whole trees of stacks: each stack with its template, values and resources, then the stacks nested in it. */
import type { StackDetails } from '../aws/stack-contents.ts';
import type { StackReads } from '../aws/stacks.ts';
import { mapLimited } from '../lib/map-limited.ts';
import { quoteName } from '../lib/quote.ts';
import type { SharedReads } from '../lib/shared-reads.ts';
import type { StackFacts } from '../migration/index.ts';
import type { TryRead } from './optional-reads.ts';
import { STACK } from './stack-walk.ts';

/** What reading a tree needs. */
export interface StackTrees {
  readonly stacks: StackReads;
  readonly shared: SharedReads;
  readonly tryRead: TryRead;
  /** Takes a sentence about what is left out. */
  readonly note: (sentence: string) => void;
  /** Stacks from a list of all stacks, by ARN and by name. Other stacks are read one by one. */
  readonly listed: ReadonlyMap<string, StackDetails>;
  readonly signal: AbortSignal | undefined;
}

/** How many stacks of one generation are read: an API of 60 models makes some 75. */
const MOST_STACKS = 200;
/** How many stacks are read at once. The pace of their reads is the target's. */
const AT_ONCE = 4;

interface ToRead {
  readonly id: string;
  readonly parentName?: string;
}

/** Reads one stack. @returns undefined where it does not exist */
async function readStack(
  { stacks, shared, tryRead, listed, signal }: StackTrees,
  { id, parentName }: ToRead,
  generation: string,
): Promise<StackFacts | undefined> {
  const read = <Answer>(what: string, action: string, run: () => Promise<Answer>) =>
    tryRead(`the ${what} of the ${generation} stacks`, `cloudformation:${action}`, () =>
      shared(`${action} ${id}`, run, signal),
    );
  const known = listed.get(id);
  const [details, template, resources] = await Promise.all([
    known ? { value: known } : read('parameters and outputs', 'DescribeStacks', () => stacks.details(id)),
    read('templates', 'GetTemplate', () => stacks.template(id)),
    read('resources', 'ListStackResources', () => stacks.resources(id)),
  ]);
  if (details && !details.value) return undefined;
  const stack = details?.value;
  const name = stack?.name ?? id.split('/')[1] ?? id;
  const body = template?.value;
  const missing = [
    ...(details ? [] : ['its parameters and outputs could not be read']),
    ...(body ? ('unread' in body ? [body.unread] : []) : ['its template could not be read']),
    ...(resources?.value ? [] : ['its resources could not be read']),
  ];
  return {
    ...{ name, id: stack?.id ?? id },
    ...(stack && { status: stack.status }),
    ...(parentName !== undefined && { parentName }),
    ...(body && 'template' in body && { template: body.template }),
    ...(body && { templateBytes: body.bytes }),
    ...(missing.length > 0 && { unread: `Stack ${quoteName(name)}: ${missing.join('; ')}.` }),
    ...{ parameters: stack?.parameters ?? {}, outputs: stack?.outputs ?? {} },
    ...(resources?.value && { resources: resources.value }),
  };
}

const nestedIn = ({ name, resources = [] }: StackFacts): ToRead[] =>
  resources.flatMap(({ type, physicalId }) =>
    type === STACK && physicalId?.startsWith('arn:') ? [{ id: physicalId, parentName: name }] : [],
  );

/** Reads trees of stacks. @param roots names or ARNs @returns parents before the stacks nested in them */
export async function readTrees(
  trees: StackTrees,
  roots: readonly string[],
  generation: 'Gen 1' | 'Gen 2',
): Promise<StackFacts[]> {
  const found: StackFacts[] = [];
  const queued = new Set<string>();
  let next: readonly ToRead[] = roots.map(id => ({ id }));
  while (next.length > 0) {
    const level = next.filter(({ id }) => !queued.has(id)).slice(0, MOST_STACKS - queued.size);
    if (level.length === 0) {
      if (queued.size >= MOST_STACKS)
        trees.note(`Only ${MOST_STACKS} of the ${generation} stacks were read: there are more.`);
      break;
    }
    for (const { id } of level) queued.add(id);
    const read = await mapLimited(level, AT_ONCE, one => readStack(trees, one, generation));
    const there = read.filter(stack => stack !== undefined);
    found.push(...there);
    next = there.flatMap(nestedIn);
  }
  return found;
}
