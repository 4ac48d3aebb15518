/** Compares what keeps data: the table of each model, and pools, buckets, streams and other tables. */
import type { Finding } from './findings.ts';
import { type Deletion, type Holding, type HoldingKind, type ShownName, shownNames } from './holdings.ts';
import { spelledIn } from './spelled-names.ts';
import type { StackView } from './stack-view.ts';

export const modelStates = ['adopted', 'new and empty', 'missing', 'other table', 'unknown'] as const;
export const holdingOwners = ['Gen 1', 'Gen 2', 'both', 'not found'] as const;
/** What happens to a thing when the Gen 1 root stack is deleted. */
export const deletions = ['deleted', 'retained', 'not owned'] as const;

/** A model and its table. */
export interface ModelTable {
  readonly model: string;
  /** The table in Gen 1; absent where its name is not shown. */
  readonly table?: string;
  /** The table that Gen 2 uses for the model; absent where it has none, or its name is not shown. */
  readonly gen2Table?: string;
  /** `unknown` where stacks could not be read that may hold it. */
  readonly state: (typeof modelStates)[number];
  /** What CloudFormation does with the Gen 1 table when the Gen 1 root stack is deleted. */
  readonly withGen1Stack: Deletion;
}

/** A pool, bucket or stream, or a table that belongs to no model. */
export interface OwnedHolding {
  readonly kind: HoldingKind;
  /** Its name in Gen 1, or its id. */
  readonly name: string;
  /** `both`: Gen 1 owns it and Gen 2 uses it by name. */
  readonly owner: (typeof holdingOwners)[number];
  readonly withGen1Stack: Deletion | 'not owned';
}

/** Both generations, as this comparison needs them. */
export interface Generation {
  readonly stacks: readonly StackView[];
  readonly holdings: readonly Holding[];
  /** Whether every template was read. */
  readonly isWhole: boolean;
}

export interface DataComparison {
  readonly models: readonly ModelTable[];
  readonly holdings: readonly OwnedHolding[];
  readonly findings: readonly Finding[];
  /** Whether something has moved into the Gen 2 stacks. */
  readonly hasMoved: boolean;
}

/** `OrderTable` and the stack's data sources are of the model `Order`. */
const modelOf = ({ resource: { logicalId } }: Holding) => logicalId.replace(/Table$/, '');

/** Whether it is the table of a model. The table in which DataStore keeps changes belongs to none. */
const isModelTable = (holding: Holding) =>
  holding.table !== undefined && !holding.resource.logicalId.startsWith('AmplifyDataStore');

function compareModel(before: Holding, after: Holding | undefined, isWhole: boolean): ModelTable['state'] {
  if (!after) return isWhole ? 'missing' : 'unknown';
  if (after.table !== 'imported')
    return after.name !== undefined && after.name === before.name ? 'adopted' : 'new and empty';
  if (before.name === undefined || after.name === undefined) return 'unknown';
  return after.name === before.name ? 'adopted' : 'other table';
}

function compareModels(gen1: Generation, gen2: Generation): ModelTable[] {
  const inGen2 = new Map(gen2.holdings.filter(isModelTable).map(holding => [modelOf(holding), holding]));
  return gen1.holdings.filter(isModelTable).map(before => {
    const model = modelOf(before);
    const after = inGen2.get(model);
    return {
      model,
      ...(before.name !== undefined && { table: before.name }),
      ...(after?.name !== undefined && { gen2Table: after.name }),
      state: compareModel(before, after, gen2.isWhole),
      withGen1Stack: before.onDeletion,
    };
  });
}

/** The category of a Gen 1 resource's stack: `amplify-shop-dev-1a2b3-storagefiles-XYZ` is of `storage`. */
const isOfCategory = ({ stack }: Holding['resource'] | ShownName, category: string) =>
  stack.name.startsWith(`${stack.facts.parentName ?? ''}-${category}`);

/** Whether Gen 1 keeps users' data there, not deployments, hosted pages or code. */
function holdsUserData(kind: HoldingKind, place: Holding['resource'] | ShownName): boolean {
  return kind === 'bucket' || kind === 'table' ? isOfCategory(place, 'storage') : true;
}

/** Whether Gen 2 keeps users' data there, not its own code and schema. */
const holdsUserDataInGen2 = ({ kind, table, resource }: Holding) =>
  table === undefined && !(kind === 'bucket' && resource.stack.ofType('AWS::AppSync::GraphQLApi').length > 0);

interface Gen1Data {
  readonly kind: HoldingKind;
  readonly name: string;
  readonly withGen1Stack: Deletion | 'not owned';
}

function dataOfGen1({ holdings, stacks }: Generation): Gen1Data[] {
  const owned = holdings
    .filter(({ kind, resource, table }) => table === undefined && holdsUserData(kind, resource))
    .map(({ kind, name, resource, onDeletion }) => ({
      kind,
      name: name ?? resource.logicalId,
      withGen1Stack: onDeletion,
    }));
  const isOwned = new Set(owned.map(({ kind, name }) => `${kind} ${name}`));
  const shown = shownNames(stacks)
    .filter(each => holdsUserData(each.kind, each) && !isOwned.has(`${each.kind} ${each.name}`))
    .map(({ kind, name }) => ({ kind, name, withGen1Stack: 'not owned' as const }));
  return [...owned, ...new Map(shown.map(each => [`${each.kind} ${each.name}`, each])).values()];
}

/** Compares the data. Until something has moved, Gen 2's own pools and buckets are no difference. */
export function compareData(gen1: Generation, gen2: Generation, hasHolding: boolean): DataComparison {
  const models = compareModels(gen1, gen2);
  const inGen2 = gen2.holdings.filter(holdsUserDataInGen2);
  const gen2Names = new Set(inGen2.map(({ kind, name }) => `${kind} ${name ?? ''}`));
  const shownInGen2 = new Set(shownNames(gen2.stacks).map(({ kind, name }) => `${kind} ${name}`));
  const inGen1 = dataOfGen1(gen1);
  const names = inGen1.map(({ name }) => name);
  const spelled = new Set(gen2.stacks.flatMap(stack => spelledIn(stack, names)));
  const ownerOf = ({ kind, name, withGen1Stack }: Gen1Data): OwnedHolding['owner'] => {
    const key = `${kind} ${name}`;
    if (gen2Names.has(key) && withGen1Stack === 'not owned') return 'Gen 2';
    if (withGen1Stack === 'not owned') return 'not found';
    return shownInGen2.has(key) || spelled.has(name) ? 'both' : 'Gen 1';
  };
  const holdings = inGen1.map(each => ({ ...each, owner: ownerOf(each) }));
  const hasMoved = hasHolding || holdings.some(({ owner }) => owner === 'Gen 2');
  const countOf = (kind: HoldingKind, of: readonly { readonly kind: HoldingKind }[]) =>
    of.filter(each => each.kind === kind).length;
  const findings: Finding[] = [
    ...models.flatMap(({ model, state, table, gen2Table }): Finding[] =>
      state === 'adopted' || state === 'unknown'
        ? []
        : [
            {
              area: 'data',
              change: state,
              subject: `model ${model}`,
              gen1: table ?? 'a table',
              ...(gen2Table && { gen2: gen2Table }),
            },
          ],
    ),
    ...holdings.flatMap(({ kind, name, owner }): Finding[] => {
      if (owner === 'Gen 2' || owner === 'both' || owner === 'not found' || !gen2.isWhole) return [];
      const inBoth = countOf(kind, inGen2) >= countOf(kind, holdings);
      if (!inBoth) return [{ area: 'data', change: 'missing', subject: kind, gen1: name }];
      return hasMoved ? [{ area: 'data', change: 'not moved', subject: kind, gen1: name }] : [];
    }),
  ];
  return { models, holdings, findings, hasMoved };
}
