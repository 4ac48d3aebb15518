/**
 * A comparison as text: what differs, how each resource was compared, and what was not. It has everything that the
 * structured answer has.
 */
import { quote, quoteName, quoteNames } from '../../lib/quote.ts';
import { tableOf } from '../shared/difference-report.ts';
import { counted } from '../shared/texts.ts';
import { type ComparisonReport, LONGEST_LINE, type SchemaLines } from './report.ts';

/** The names of the two environments. */
export interface Sides {
  readonly left: string;
  readonly right: string;
}

const LONGEST_LABEL = 100;

const methods = {
  settings: 'by their settings',
  outputs: 'by their outputs',
  name: 'by name, service, origin and state alone',
} as const;

const schemaLine = (line: string) => `${line.slice(0, 1)} ${quote(line.slice(2), LONGEST_LINE)}`;

function schemaText({ resource, why, lines, isCut }: SchemaLines, otherSchemas: readonly string[]): string[] {
  const shown = lines.length === 0 ? ['no line differs'] : lines.map(schemaLine);
  const others = otherSchemas.length > 0 ? [`The same holds of ${quoteNames(otherSchemas)}.`] : [];
  return [
    `The schemas of ${quoteName(resource)} were compared by their lines, since one of them ${why}:`,
    ...[...shown, ...(isCut ? ['and more'] : []), ...others],
  ];
}

/** How the page's resources that both environments have were compared. */
function methodsText({ resources, counts }: ComparisonReport): string[] {
  const lines = Object.entries(methods).flatMap(([way, words]) => {
    const labels = resources
      .filter(({ comparedBy, is }) => comparedBy === way && is === undefined)
      .map(({ resource }) => resource);
    return labels.length === 0 ? [] : [`- ${words}: ${quoteNames(labels, labels.length)}`];
  });
  if (lines.length === 0) return [];
  const isWhole = counts.resources === resources.length;
  const which = isWhole ? '' : ` (${resources.length} of ${counts.resources} resources)`;
  return [`How each was compared${which}:`, ...lines];
}

/** Explains the word for the state by which resources differ. */
const stateText = ({ differences }: ComparisonReport): string[] =>
  differences.some(({ path, left, right }) => path.endsWith('/state') && [left, right].includes('declared'))
    ? ['"declared" is a resource that the meta names without outputs: it was never deployed.']
    : [];

function notComparedText({ notCompared, valuesNotCompared }: ComparisonReport): string[] {
  const parts = notCompared.map(({ what, resources, of }) => {
    const labels = of.map(label => quoteName(label, LONGEST_LABEL)).join(', ');
    const more = resources - of.length;
    return `- ${what}: ${labels}${more > 0 ? `${labels && ', and '}${more}${labels && ' more'}` : ''}`;
  });
  const values =
    valuesNotCompared.length > 0 ? `: ${quoteNames(valuesNotCompared, Number.POSITIVE_INFINITY)}` : '';
  return [
    ...(parts.length > 0 ? ['Not compared, because AmplifyBackend does not show it:', ...parts] : []),
    `Also not compared: secrets, which are withheld, and what two environments never share (ids, names, addresses, times)${values}.`,
  ];
}

/** Everything below its first sentence. */
export function comparisonText(report: ComparisonReport, { left, right }: Sides): string[] {
  const { differences, schema, otherSchemas } = report;
  return [
    ...(differences.length > 0 ? [tableOf(differences, left, right)] : []),
    ...(schema ? schemaText(schema, otherSchemas) : []),
    ...stateText(report),
    ...methodsText(report),
    ...notComparedText(report),
  ];
}

/** Which page is shown and how to get the rest; nothing where there is one page. */
export function pageNotes(
  { counts, page, pages }: ComparisonReport,
  { left, right }: Sides,
  call: string,
): string[] {
  if (pages === 1) return [];
  const { differences, onlyLeft, onlyRight, different } = counts;
  const kinds = `${onlyLeft} only in ${left}, ${onlyRight} only in ${right}, ${different} set differently`;
  return [
    `Page ${page} of ${pages}, of ${counted(differences, 'difference')} (${kinds}) in ${counted(counts.resources, 'resource')}. ${call} page: ${page < pages ? page + 1 : 1} shows the ${page < pages ? 'next' : 'first'}; resource: "api", or "category/name", that alone.`,
  ];
}
