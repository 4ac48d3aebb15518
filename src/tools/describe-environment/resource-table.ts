/** The resources of a described environment: a table in the text, a list in the structured answer, both bounded. Pure. */
import { countsText, pickResources, type Resource } from '../../environment/index.ts';
import { nameCell } from '../shared/texts.ts';

/** Characters of the table's rows, and of the list as JSON. */
const LONGEST_TABLE = 5_000;
const LONGEST_LIST = 8_000;
const LONGEST_CELL = 120;
/** From this many resources on, the list omits their outputs; get_backend shows them. */
const MANY = 20;
const MOST_COUNTED = 50;

const cell = (text: string) => nameCell(text, LONGEST_CELL);

function rowOf({ category, name, service, origin, state, knownAs = '' }: Resource): string {
  const remarks = [
    ...(origin === 'imported' ? ['imported'] : []),
    ...(state === 'declared' ? ['not deployed'] : []),
  ];
  const kind = `${cell(service)}${remarks.length > 0 ? ` (${remarks.join(', ')})` : ''}`;
  return `| ${cell(category)} | ${cell(name)} | ${kind} | ${cell(knownAs)} |`;
}

export function resourceTable(resources: readonly Resource[]): string[] {
  if (resources.length === 0) return ['It has no resources.'];
  const { shown, more } = pickResources(resources, resource => rowOf(resource).length + 1, LONGEST_TABLE);
  return [
    '| category | name | service | known as |',
    '| --- | --- | --- | --- |',
    ...shown.map(rowOf),
    ...(more.size === 0
      ? []
      : [
          `Shown are ${shown.length} of its ${resources.length} resources, the first of each category. Not shown: ${countsText({ more })}. get_backend with part, as in "function", shows those of one category.`,
        ]),
  ];
}

/** A resource in the answer's list. */
interface ListedResource {
  readonly category: string;
  readonly name: string;
  readonly service: string;
  readonly imported?: true;
  readonly deployed?: false;
  readonly knownAs?: string;
  readonly outputs?: Resource['outputs'];
}

const entryOf = ({ category, name, service, origin, state, knownAs }: Resource): ListedResource => ({
  ...{ category, name, service },
  ...(origin === 'imported' && { imported: true as const }),
  ...(state === 'declared' && { deployed: false as const }),
  ...(knownAs !== undefined && { knownAs }),
});

const lengthOf = (value: unknown) => JSON.stringify(value).length;

/**
 * The list: with all outputs where there are few resources; where there are too many, the first of each category with
 * counts of the rest.
 */
export function resourceList(resources: readonly Resource[]): {
  readonly resources: readonly ListedResource[];
  readonly moreResources?: Readonly<Record<string, number>>;
} {
  const withOutputs = resources.map(resource => ({ ...entryOf(resource), outputs: resource.outputs }));
  if (resources.length < MANY && lengthOf(withOutputs) <= LONGEST_LIST) return { resources: withOutputs };
  const { shown, more } = pickResources(resources, resource => lengthOf(entryOf(resource)) + 1, LONGEST_LIST);
  return {
    resources: shown.map(entryOf),
    ...(more.size > 0 && { moreResources: Object.fromEntries([...more].slice(0, MOST_COUNTED)) }),
  };
}
