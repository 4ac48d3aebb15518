/**
 * Which of an environment's tables, pools and buckets a Gen 2 backend uses. AWS's tool moves pools and buckets into the
 * Gen 2 stacks; model tables stay in the Gen 1 stacks and are used by name (`Custom::ImportedAmplifyDynamoDBTable`).
 */
import { type Holding, type HoldingKind, holdingsIn, shownNames } from './holdings.ts';
import { gen2Branches } from './signs.ts';
import { spelledIn } from './spelled-names.ts';
import { type StackView, viewStacks } from './stack-view.ts';
import type { MigrationFacts } from './stacks.ts';

/** One thing that both generations use. */
export interface Gen2Use {
  readonly kind: HoldingKind;
  /** The name of the table, bucket or stream, or the id of the pool. */
  readonly name: string;
  /** Whether it is the table of a model. */
  readonly ofModel: boolean;
  /**
   * `by name`: it stays in a Gen 1 stack, and Gen 2 refers to it. `moved`: a Gen 2 stack owns it now.
   * `owner unknown`: Gen 2 refers to it, and no stack that was read owns it.
   */
  readonly how: 'by name' | 'moved' | 'owner unknown';
  /** What CloudFormation does with it when the Gen 1 root stack is deleted; `not owned` where it would not touch it. */
  readonly withGen1Stack: 'deleted' | 'retained' | 'not owned' | 'unknown';
  /** The stack that owns it, where one does. */
  readonly ownerStack?: string;
  /** The Gen 2 stack that uses it. */
  readonly usedByStack: string;
  /** The branch of that stack, where it is known; of a backend elsewhere its label. */
  readonly branch?: string;
}

/** The root of the stack's tree, as far as its parents were read. */
export function rootNameOf(stack: StackView, byName: ReadonlyMap<string, StackView>): string {
  let current = stack;
  for (let level = 0; level < 10; level += 1) {
    const { parentName } = current.facts;
    const parent = parentName === undefined ? undefined : byName.get(parentName);
    if (!parent) return parentName ?? current.name;
    current = parent;
  }
  return current.name;
}

const keyOf = (kind: HoldingKind, name: string) => `${kind} ${name}`;

const byKey = (holdings: readonly Holding[]) =>
  new Map(holdings.flatMap(holding => (holding.name ? [[keyOf(holding.kind, holding.name), holding]] : [])));

/** The environment's things that the Gen 2 stacks use. Empty if no Gen 2 stack was read. */
export function usedByGen2(facts: MigrationFacts): Gen2Use[] {
  const [gen1, gen2] = [viewStacks(facts.gen1), viewStacks(facts.gen2)];
  const stackByName = new Map(gen2.map(stack => [stack.name, stack]));
  const branchByRoot = new Map([
    ...gen2Branches(facts).map(({ name, stackName }) => [stackName, name] as const),
    ...(facts.elsewhere ?? []).map(({ stackName, label }) => [stackName, label] as const),
  ]);
  const [holdings1, holdings2] = [holdingsIn(gen1), holdingsIn(gen2)];
  const owned1 = byKey(holdings1);
  const owned2 = byKey(holdings2.filter(({ table }) => table !== 'imported'));
  const shownIn1 = shownNames(gen1);
  const shown1 = new Set(shownIn1.map(({ kind, name }) => keyOf(kind, name)));
  const isWhole = gen1.length > 0 && gen1.every(({ facts: { template }, isCut }) => template && !isCut);

  // A backend may also use a thing by its name alone: a pool by `referenceAuth`, a data source's table, a function's bucket.
  const kindOf = new Map(
    [...owned1.values(), ...shownIn1].flatMap(({ kind, name }) => (name ? [[name, kind]] : [])),
  );
  const used = [
    ...holdings2.flatMap(({ kind, name, resource, table }) =>
      name ? [{ kind, name, stack: resource.stack, isImport: table === 'imported' }] : [],
    ),
    ...shownNames(gen2).map(({ kind, name, stack }) => ({ kind, name, stack, isImport: false })),
    ...gen2.flatMap(stack =>
      spelledIn(stack, kindOf.keys()).flatMap(name => {
        const kind = kindOf.get(name);
        return kind ? [{ kind, name, stack, isImport: false }] : [];
      }),
    ),
  ];
  const uses = new Map<string, Gen2Use>();
  for (const { kind, name, stack, isImport } of used) {
    const key = keyOf(kind, name);
    const owner1 = owned1.get(key);
    // What Gen 1 neither owns nor shows is Gen 2's own, except an imported table. That one belongs to another environment if all
    // Gen 1 templates were read; otherwise it may belong to this one.
    if (uses.has(key) || !(owner1 || shown1.has(key) || (isImport && !isWhole))) continue;
    const owner2 = owned2.get(key);
    const owner = owner1 ?? owner2;
    const branch = branchByRoot.get(rootNameOf(stack, stackByName));
    uses.set(key, {
      ...{ kind, name, ofModel: isImport || owner1?.table === 'model' },
      how: owner1 ? 'by name' : owner2 ? 'moved' : 'owner unknown',
      withGen1Stack: owner1?.onDeletion ?? (isWhole ? 'not owned' : 'unknown'),
      ...(owner && { ownerStack: owner.resource.stack.name }),
      usedByStack: (owner2?.resource.stack ?? stack).name,
      ...(branch !== undefined && { branch }),
    });
  }
  return [...uses.values()];
}
