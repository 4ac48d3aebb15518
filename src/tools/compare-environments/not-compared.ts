/** What was not compared: what AWS does not show, and values that two environments never share. */
import type { ResourceComparison } from '../../environment/index.ts';
import { quoteName } from '../../lib/quote.ts';

/** Something that was not compared, of one or more resources. */
export interface NotComparedPart {
  /** "its code and variables" */
  readonly what: string;
  readonly resources: number;
  /** The first of them. */
  readonly of: readonly string[];
}

const MOST_NAMED = 3;
const LONGEST_LABEL = 100;
/** Characters of AWS's words in a refusal. */
const LONGEST_WHAT = 200;
const LONGEST_PARTS = 1_300;
const LONGEST_VALUES = 700;
/** Where only one resource is shown, there is room for more. */
const LONGEST_VALUES_OF_ONE = 2_500;

/** The first items that fit, and how many are left out. */
function fitting<Item>(items: readonly Item[], sizeOf: (item: Item) => number, most: number) {
  let size = 0;
  const end = items.findIndex(item => {
    size += sizeOf(item);
    return size > most;
  });
  return end < 0 ? { first: [...items], left: 0 } : { first: items.slice(0, end), left: items.length - end };
}

/** All parts, those of the most resources first. Where not all fit, the last one counts the rest. */
export function notComparedIn(resources: readonly ResourceComparison[]): NotComparedPart[] {
  const labels = new Map<string, string[]>();
  for (const { resource, notShown, settingsNotRead } of resources)
    for (const what of [notShown, ...settingsNotRead.map(why => `settings, of ${why}`)]) {
      if (what === '') continue;
      const known = labels.get(what) ?? [];
      labels.set(what, known);
      known.push(resource);
    }
  const parts = [...labels]
    .map(([what, of]) => ({
      what: what.slice(0, LONGEST_WHAT),
      resources: of.length,
      of: of.slice(0, MOST_NAMED).map(label => label.slice(0, LONGEST_LABEL)),
    }))
    .sort((a, b) => b.resources - a.resources);
  const sizeOf = ({ what, of }: NotComparedPart) =>
    what.length + of.reduce((sum, label) => sum + quoteName(label, LONGEST_LABEL).length, 30);
  const { first, left } = fitting(parts, sizeOf, LONGEST_PARTS);
  if (left === 0) return first;
  const others = parts.slice(first.length).reduce((sum, part) => sum + part.resources, 0);
  return [...first, { what: `${left} more things`, resources: others, of: [] }];
}

/** Paths, below their resource, of values that were not compared, each once. Where not all fit, the last one counts the rest. */
export function valuesNotComparedIn(resources: readonly ResourceComparison[]): string[] {
  const paths = [...new Set(resources.flatMap(({ notCompared }) => notCompared))];
  const sizeOf = (path: string) => quoteName(path).length + 2;
  const most = resources.length === 1 ? LONGEST_VALUES_OF_ONE : LONGEST_VALUES;
  const { first, left } = fitting(paths, sizeOf, most);
  return left === 0 ? first : [...first, `${left} more`];
}
