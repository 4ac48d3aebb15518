/** One page of a comparison, with the counts of all pages. The first difference of each kind comes before the rest. */
import type { Difference, EnvironmentComparison, ResourceComparison } from '../../environment/index.ts';
import { ServerError } from '../../errors.ts';
import { createSlices } from '../../lib/event-loop.ts';
import { pagesOf } from '../../lib/paginate.ts';
import { quoteName, quoteNames } from '../../lib/quote.ts';
import { rowOfTable, shortDifference } from '../shared/difference-report.ts';
import { type NotComparedPart, notComparedIn, valuesNotComparedIn } from './not-compared.ts';

/** How a resource was compared, and how many differences it shows. */
export interface ComparedResource {
  readonly resource: string;
  readonly comparedBy: ResourceComparison['comparedBy'];
  readonly differences: number;
  /** Set where one of the two alone has it. */
  readonly is?: 'only left' | 'only right';
}

/** Two schemas compared by lines, because one of them cannot be parsed. */
export interface SchemaLines {
  readonly resource: string;
  /** What is wrong with one of the schemas. */
  readonly why: string;
  readonly lines: readonly string[];
  /** Whether there are more lines that differ. */
  readonly isCut: boolean;
}

/** One page of a comparison. Every string in it is foreign text. */
export interface ComparisonReport {
  readonly counts: {
    readonly resources: number;
    readonly same: number;
    readonly differences: number;
    readonly onlyLeft: number;
    readonly onlyRight: number;
    readonly different: number;
  };
  readonly differences: readonly Difference[];
  readonly same: readonly string[];
  readonly resources: readonly ComparedResource[];
  readonly notCompared: readonly NotComparedPart[];
  readonly valuesNotCompared: readonly string[];
  /** For the first resource whose schemas were compared by lines. */
  readonly schema?: SchemaLines;
  /** Labels of the others. */
  readonly otherSchemas: readonly string[];
  readonly page: number;
  readonly pages: number;
}

/** The part of a comparison that the caller selects. */
export interface Selection {
  /** A category, or `category/name`; `feature flags` for these; everything where it is undefined. */
  readonly only?: string | undefined;
  /** From 1. */
  readonly page?: number | undefined;
}

/** The name of the feature flags among the categories. */
export const FLAGS = 'feature flags';

/** How long the lists of a page may be as text, in characters; as JSON about twice as long. */
const LONGEST_DIFFERENCES = 3_000;
const LONGEST_RESOURCES = 2_000;
const LONGEST_LABEL = 200;
/** Of a schema. */
export const LONGEST_LINE = 56;

const cut = (text: string, length: number) => (text.length > length ? `${text.slice(0, length)}…` : text);
const jsonLength = (value: unknown) => JSON.stringify(value).length;

/** Differences of one kind: those of one resource, or of all in a category that one side alone has. */
interface Kind {
  readonly name: string;
  readonly differences: readonly Difference[];
}

const kindOf = ({ resource, differences, onlyIn }: ResourceComparison): Kind => ({
  name: onlyIn ? `${onlyIn} ${resource.slice(0, resource.indexOf('/'))}` : `both ${resource}`,
  differences,
});

/** Differences in the order in which they are shown: the first of each kind before any second. */
function firstOfEachKind(kinds: readonly Kind[]) {
  const counts = new Map<string, number>();
  const ranked = kinds.flatMap(({ name, differences }) =>
    differences.map(difference => {
      const kind = `${difference.is} ${name}`;
      const rank = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, rank);
      return { difference, rank };
    }),
  );
  return ranked.map((one, at) => ({ ...one, at })).sort((a, b) => a.rank - b.rank);
}

/** The differences of each page, in the order of their resources. */
async function differencesByPage(kinds: readonly Kind[]): Promise<Difference[][]> {
  const nextStep = createSlices();
  const shown: { readonly short: Difference; readonly at: number; readonly size: number }[] = [];
  for (const { difference, at } of firstOfEachKind(kinds)) {
    const short = shortDifference(difference);
    const size = Math.max(jsonLength(short) / 2, rowOfTable(short).length) + 2;
    shown.push({ short, at, size });
    await nextStep();
  }
  return pagesOf(shown, ({ size }) => size, LONGEST_DIFFERENCES).map(page =>
    page.sort((a, b) => a.at - b.at).map(({ short }) => short),
  );
}

function resourcesByPage(resources: readonly ResourceComparison[]): ComparedResource[][] {
  const entries = resources.map(({ resource, comparedBy, differences, onlyIn }) => ({
    resource: cut(resource, LONGEST_LABEL),
    comparedBy,
    differences: differences.length,
    ...(onlyIn && { is: `only ${onlyIn}` as const }),
  }));
  const sizeOf = (entry: ComparedResource) =>
    Math.max(jsonLength(entry) / 2, quoteName(entry.resource).length) + 2;
  return pagesOf(entries, sizeOf, LONGEST_RESOURCES);
}

function schemasOf(resources: readonly ResourceComparison[]) {
  const [first, ...others] = resources.flatMap(({ resource, schema }) =>
    schema ? [{ resource, schema }] : [],
  );
  if (!first) return { otherSchemas: [] };
  const { why, lines } = first.schema;
  return {
    schema: {
      resource: cut(first.resource, LONGEST_LABEL),
      why,
      lines: lines.lines.map(line => cut(line, LONGEST_LINE)),
      isCut: lines.isCut,
    },
    otherSchemas: others.slice(0, 5).map(({ resource }) => cut(resource, LONGEST_LABEL)),
  };
}

function countsOf(resources: readonly ResourceComparison[], differences: readonly Difference[]) {
  const of = (kind: Difference['is']) => differences.filter(({ is }) => is === kind).length;
  return {
    resources: resources.length,
    same: resources.filter(({ differences: own }) => own.length === 0).length,
    differences: differences.length,
    onlyLeft: of('only left'),
    onlyRight: of('only right'),
    different: of('different'),
  };
}

/** The selected resources and flags. @throws invalid_arguments where neither environment has them */
function select({ resources, flagDifferences }: EnvironmentComparison, only: string | undefined) {
  if (only === undefined) return { resources, flagDifferences };
  if (only === FLAGS) return { resources: [], flagDifferences };
  const chosen = resources.filter(({ resource }) => resource === only || resource.startsWith(`${only}/`));
  if (chosen.length > 0) return { resources: chosen, flagDifferences: [] };
  const labels = resources.map(({ resource }) => resource);
  throw new ServerError('invalid_arguments', {
    message: `Neither environment has ${quoteName(only)}; they have (quoted data): ${quoteNames(labels) || 'none'}.`,
    hint: `resource takes category/name, a category alone, or ${FLAGS}.`,
  });
}

/** @throws invalid_arguments where what is selected does not exist */
export async function reportComparison(
  comparison: EnvironmentComparison,
  { only, page = 1 }: Selection = {},
): Promise<ComparisonReport> {
  const { resources, flagDifferences } = select(comparison, only);
  const kinds = [...resources.map(kindOf), { name: FLAGS, differences: flagDifferences }];
  const differences = await differencesByPage(kinds);
  const listed = resourcesByPage(resources);
  const pages = Math.max(differences.length, listed.length);
  if (page > pages)
    throw new ServerError('invalid_arguments', {
      message: `There is no page ${page}: what was asked for has ${pages === 1 ? 'one page' : `${pages} pages`}.`,
    });
  const ofPage = listed[page - 1] ?? [];
  return {
    counts: countsOf(
      resources,
      kinds.flatMap(kind => kind.differences),
    ),
    differences: differences[page - 1] ?? [],
    same: ofPage.filter(entry => entry.differences === 0).map(({ resource }) => resource),
    resources: ofPage,
    notCompared: notComparedIn(resources),
    valuesNotCompared: valuesNotComparedIn(resources),
    ...schemasOf(resources),
    page,
    pages,
  };
}
