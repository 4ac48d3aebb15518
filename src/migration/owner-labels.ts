/** The labels of buckets, tables and APIs in a comparison of rights. The same thing has the same label in both generations. */
import { gen1Label, type OwnerLabel } from './access.ts';
import type { ApiModes } from './api-modes.ts';
import type { Generation } from './data.ts';
import { type Holding, shownNames } from './holdings.ts';

const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/** What identifies it in rights. */
export const ownerKeyOf = ({ name, resource }: Holding): string =>
  name ?? `${resource.stack.name}|${resource.logicalId}`;

/** The name without the environment with which it ends. */
const stemOf = ({ name }: Holding) => plain(name?.replace(/-[^-]*$/, '') ?? '');

const isSameModel = (one: Holding, other: Holding) =>
  one.table !== undefined && other.table !== undefined && one.resource.logicalId === other.resource.logicalId;

/**
 * Labels the things of both generations. A thing of Gen 2 gets the label of a Gen 1 thing if it is the same, has the same model,
 * is named after it, or if each generation has only one.
 * @param only the label if Gen 1 has only one; without it, the label is its name in Gen 1
 */
function labelsOf(gen1: readonly Holding[], gen2: readonly Holding[], only?: string): OwnerLabel {
  const labels = new Map<string, string>();
  const labelOf = (one: Holding) => (gen1.length === 1 && only !== undefined ? only : ownerKeyOf(one));
  // The longest name first: `order-items` is not named after `order`.
  const byLength = [...gen1].sort((a, b) => stemOf(b).length - stemOf(a).length);
  for (const one of gen1) labels.set(ownerKeyOf(one), labelOf(one));
  for (const one of gen2) {
    const same = gen1.find(each => each.name !== undefined && each.name === one.name);
    const model = gen1.find(each => isSameModel(each, one));
    const namedAfter = byLength.find(
      each => stemOf(each) !== '' && plain(one.resource.logicalId).startsWith(stemOf(each)),
    );
    const sole = gen1.length === 1 && gen2.length === 1 ? gen1[0] : undefined;
    const pair = same ?? model ?? namedAfter ?? sole;
    if (pair) labels.set(ownerKeyOf(one), labelOf(pair));
    // A thing that has moved is no longer among Gen 1's, but the rights in Gen 1 still name it.
    else if (gen1.length === 0 && gen2.length === 1 && only !== undefined) labels.set(ownerKeyOf(one), only);
  }
  return owner => labels.get(owner) ?? owner;
}

function apiLabel(own: readonly ApiModes[], others: readonly ApiModes[]): OwnerLabel {
  const has = (apis: readonly ApiModes[], owner: string) => apis.some(({ keys }) => keys.includes(owner));
  return owner => (has(own, owner) ? 'API' : has(others, owner) ? gen1Label('API') : owner);
}

const isFiles = ({ kind, resource }: Holding) =>
  kind === 'bucket' && resource.stack.ofType('AWS::AppSync::GraphQLApi').length === 0;
const isOfStorage = ({ resource: { stack } }: Holding) =>
  stack.name.startsWith(`${stack.facts.parentName ?? ''}-storage`);
const isTable = ({ kind }: Holding) => kind === 'table';

/** The labels of each generation. */
export function ownerLabels(
  gen1: Generation,
  gen2: Generation,
  [apis1, apis2]: readonly [readonly ApiModes[], readonly ApiModes[]],
): readonly [OwnerLabel, OwnerLabel] {
  const buckets = labelsOf(
    gen1.holdings.filter(one => isFiles(one) && isOfStorage(one)),
    gen2.holdings.filter(isFiles),
    'files',
  );
  const tables = labelsOf(gen1.holdings.filter(isTable), gen2.holdings.filter(isTable));
  const labelOf =
    (api: OwnerLabel): OwnerLabel =>
    owner =>
      tables(buckets(api(owner)));
  return [labelOf(apiLabel(apis1, [])), labelOf(apiLabel(apis2, apis1))];
}

/** The buckets with users' files; of Gen 2, those with the label or the name of a Gen 1 bucket. */
export function filesBuckets(
  gen1: Generation,
  gen2: Generation,
  [, label]: readonly [OwnerLabel, OwnerLabel],
): readonly [readonly Holding[], readonly Holding[]] {
  const shown = new Set(shownNames(gen1.stacks).map(({ name }) => name));
  return [
    gen1.holdings.filter(one => isFiles(one) && isOfStorage(one)),
    gen2.holdings.filter(
      one => isFiles(one) && (label(ownerKeyOf(one)) !== ownerKeyOf(one) || shown.has(one.name ?? '')),
    ),
  ];
}
