/** The proof as text: the verdict, tables, and what to do next. */
import { quoteCell, quoteName, quoteNames } from '../../lib/quote.ts';
import type { Verification } from '../../migration/index.ts';
import { counted } from '../shared/texts.ts';
import type { Proof } from './output.ts';

const cell = (text: string | undefined) => (text === undefined ? '' : quoteCell(text, 100));

function table(columns: readonly string[], rows: readonly (readonly (string | undefined)[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(row => line(row.map(cell)))];
}

const verdictText: Readonly<Record<Verification['verdict'], string>> = {
  same: 'has the data and gives the rights that the Gen 1 environment had, as far as templates show',
  differs: 'does not give the same as the Gen 1 environment',
  unproven: 'shows no difference in what could be compared, which is not all',
};

/** In place of the verdict's text, where nothing could be compared: then "no difference" would mislead. */
const blindText = 'could not be compared: the templates of one generation or of both were not read';

/** The first sentences. */
export function summaryOf(
  { verdict, environment, branch, counts, unproven }: Omit<Proof, 'summary'>,
  isBlind: boolean,
): string {
  const why = unproven.slice(0, 2).join(' ');
  if (isBlind && verdict !== 'differs')
    return `${verdict}: the Gen 2 branch ${quoteName(branch)} ${blindText} (${quoteName(environment)}). ${why}`.trim();
  const models =
    counts.models === 0 ? 'no models' : `${counts.adopted} of ${counts.models} models use the same table`;
  return `${verdict}: the Gen 2 branch ${quoteName(branch)} ${verdictText[verdict]} (${quoteName(environment)}). ${models}; ${counted(counts.differences, 'difference')}, ${counts.unproven} not compared.`;
}

/** The whole text. @param isBlind whether nothing could be compared */
export function textOf(
  proof: Omit<Proof, 'summary'>,
  { page, pages, isBlind }: { readonly page: number; readonly pages: number; readonly isBlind: boolean },
): string {
  const { models, holdings, findings, holdingStacks, deletedWithGen1, unproven, notSeen, nextSteps } = proof;
  const sentences = (title: string, list: readonly string[]) =>
    list.length === 0 ? [] : [`${title}: ${list.join(' ')}`];
  return [
    summaryOf(proof, isBlind),
    ...table(
      ['area', 'change', 'what', 'Gen 1', 'Gen 2'],
      findings.map(({ area, change, subject, gen1, gen2 }) => [area, change, subject, gen1, gen2]),
    ),
    ...table(
      ['model', 'table', 'state', 'with the Gen 1 stack'],
      models.map(({ model, table: name, gen2Table, state, withGen1Stack }) => [
        model,
        gen2Table === undefined ? name : `${name ?? ''} (Gen 2: ${gen2Table})`,
        state,
        withGen1Stack,
      ]),
    ),
    ...table(
      ['kind', 'name', 'owner', 'with the Gen 1 stack'],
      holdings.map(({ kind, name, owner, withGen1Stack }) => [kind, name, owner, withGen1Stack]),
    ),
    ...(holdingStacks.length > 0
      ? [`Holding stacks: ${quoteNames(holdingStacks.map(({ name, status }) => `${name} (${status})`))}.`]
      : []),
    ...(deletedWithGen1.length > 0
      ? [`A deletion of the Gen 1 stack would delete ${deletedWithGen1.length} of these.`]
      : []),
    ...sentences('Not compared', unproven),
    ...sentences('Not seen', notSeen),
    ...sentences('Next', nextSteps),
    ...(pages > 1 ? [`Page ${page} of ${pages}; call again with page.`] : []),
  ].join('\n');
}
