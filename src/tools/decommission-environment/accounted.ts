/** What became of the resources and things that a plan listed, counted by the plan's kinds. Pure. */
import { thingNames } from '../../call/authorize/inventory.ts';
import {
  type HeldThing,
  identifiersOfThing,
  type Removal,
  type RemovalItem,
} from '../../environment/index.ts';
import { quoteName } from '../../lib/quote.ts';
import type { Accounted } from './output.ts';

/** The evidence by which each thing counts as gone, left or not checked. */
export interface Evidence {
  /** Whether CloudFormation deleted the stack, and all events of that were read. */
  readonly isStackDeleted: boolean;
  /** Identifiers of what the stack kept when it was deleted. */
  readonly kept: ReadonlySet<string>;
  /** The buckets of the account; undefined where they could not be read. */
  readonly buckets: { readonly names: readonly string[]; readonly areAll: boolean } | undefined;
}

type Fate = 'gone' | 'left' | 'notChecked';

/** Kinds with a count of their own. */
const MOST_KINDS = 20;
const OTHERS = 'others';

function fateOfBucket(name: string, buckets: Evidence['buckets']): Fate {
  if (buckets?.names.includes(name)) return 'left';
  return buckets?.areAll ? 'gone' : 'notChecked';
}

function fateOf(thing: HeldThing, { isStackDeleted, kept, buckets }: Evidence): Fate {
  if (thing.kind === 'bucket' && thing.name !== undefined) return fateOfBucket(thing.name, buckets);
  if (identifiersOfThing(thing).some(identifier => kept.has(identifier))) return 'left';
  // A guessed thing may belong to another project; then the stack does not delete it.
  return isStackDeleted && thing.isGuess !== true ? 'gone' : 'notChecked';
}

const worse = (one: Fate | undefined, other: Fate): Fate =>
  one === 'left' || other === 'left'
    ? 'left'
    : one === 'notChecked' || other === 'notChecked'
      ? 'notChecked'
      : 'gone';

/** The fate of each thing that an item holds, under the names of the plan, and the fate of the item itself. */
function fatesIn({ holds }: RemovalItem, evidence: Evidence) {
  const named = new Map<string, Fate>();
  for (const thing of holds)
    for (const name of thingNames([thing])) named.set(name, worse(named.get(name), fateOf(thing, evidence)));
  const things = [...named.values()];
  const own: Fate = evidence.isStackDeleted ? 'gone' : 'notChecked';
  return { things, own: things.length > 0 ? things.reduce(worse) : own };
}

const nothing = { resources: 0, things: 0, gone: 0, left: 0, notChecked: 0 };

/** The fates, counted for each kind. Beyond the first kinds, all others are counted together. */
export function accountFor({ goes, unsure }: Removal, evidence: Evidence): Accounted[] {
  const kinds = new Map<string, Accounted>();
  const count = (resource: string, things: readonly Fate[], own: Fate) => {
    const [category = ''] = resource.split('/', 1);
    const quoted = quoteName(category, 40);
    const kind = kinds.has(quoted) || kinds.size < MOST_KINDS ? quoted : OTHERS;
    const sum = kinds.get(kind) ?? { kind, ...nothing };
    const of = (wanted: Fate) => [...things, own].filter(fate => fate === wanted).length;
    kinds.set(kind, {
      kind,
      resources: sum.resources + 1,
      things: sum.things + things.length,
      ...{ gone: sum.gone + of('gone'), left: sum.left + of('left') },
      notChecked: sum.notChecked + of('notChecked'),
    });
  };
  for (const item of goes) {
    const { things, own } = fatesIn(item, evidence);
    count(item.resource, things, own);
  }
  // A plan also lists resources of which nothing is known.
  const known = new Set(goes.map(({ resource }) => resource));
  const others = new Set(unsure.map(({ resource }) => resource).filter(resource => !known.has(resource)));
  for (const resource of others) count(resource, [], 'notChecked');
  return [...kinds.values()];
}

const sumOf = (accounted: readonly Accounted[], member: Exclude<keyof Accounted, 'kind'>): number =>
  accounted.reduce((sum, one) => sum + one[member], 0);

/** The fates, counted over all kinds. */
export const fatesOf = (accounted: readonly Accounted[]) => ({
  gone: sumOf(accounted, 'gone'),
  left: sumOf(accounted, 'left'),
  notChecked: sumOf(accounted, 'notChecked'),
});

/** One sentence about all kinds; none where the plan listed nothing. */
export function accountText(accounted: readonly Accounted[]): string[] {
  if (accounted.length === 0) return [];
  const { gone, left, notChecked } = fatesOf(accounted);
  return [
    `Of what the plan listed (resources: ${sumOf(accounted, 'resources')}, things of theirs: ${sumOf(accounted, 'things')}): gone ${gone}, left ${left}, not checked ${notChecked}.`,
  ];
}
