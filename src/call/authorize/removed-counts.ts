/** Counts, by kind, what a plan deletes but does not show. A person who confirms it must know that there is more. */
import type { Inventory, RemovedCount, RemovedResource } from './inventory.ts';

type Counts = Readonly<Record<string, RemovedCount>>;

const MOST_KINDS = 12;
const LONGEST_KIND = 40;
const OTHERS = 'other kinds';

/** "storage/shopmedia" is of the kind storage; a stack is one of its own. */
const kindOf = ({ resource }: RemovedResource) => (resource.split('/', 1)[0] ?? '').slice(0, LONGEST_KIND);

type Counted = readonly (readonly [kind: string, count: RemovedCount])[];

function sumsOf(all: Counted): [string, RemovedCount][] {
  const sums = new Map<string, RemovedCount>();
  for (const [kind, { resources, things }] of all) {
    const sum = sums.get(kind) ?? { resources: 0, things: 0 };
    sums.set(kind, { resources: sum.resources + resources, things: sum.things + things });
  }
  return [...sums];
}

/** The largest kinds by name, and all others together. */
function bounded(sums: Counted): Counts {
  const sorted = [...sums].sort(([, one], [, other]) => other.resources - one.resources);
  if (sorted.length <= MOST_KINDS) return Object.fromEntries(sorted);
  const others = sumsOf(sorted.slice(MOST_KINDS - 1).map(([, count]) => [OTHERS, count]));
  return Object.fromEntries([...sorted.slice(0, MOST_KINDS - 1), ...others]);
}

const countsIn = (inventory: Inventory) =>
  Object.values(inventory)
    .flat()
    .map(one => [kindOf(one), { resources: 1, things: one.holds.length + (one.more ?? 0) }] as const);

/** What the shown part of an inventory leaves out. */
export function countHidden(whole: Inventory, shown: Inventory): Counts {
  const less = countsIn(shown).map(
    ([kind, { things }]) => [kind, { resources: -1, things: -things }] as const,
  );
  return bounded(sumsOf([...countsIn(whole), ...less]).filter(([, { resources }]) => resources > 0));
}

/** The counts of several plans together; undefined where none leaves anything out. */
export function mergedCounts(all: readonly (Counts | undefined)[]): Counts | undefined {
  const counts = all.flatMap(one => Object.entries(one ?? {}));
  return counts.length > 0 ? bounded(sumsOf(counts)) : undefined;
}
