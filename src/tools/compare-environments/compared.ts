/** A comparison of two environments, as the tools that compare answer it. */
import { z } from 'zod';
import {
  compareEnvironments,
  type Environment,
  type EnvironmentComparison,
  type ReadEnvironment,
} from '../../environment/index.ts';
import { quoteNames } from '../../lib/quote.ts';
import { differenceShape, texts } from '../shared/output.ts';
import { type ComparisonReport, FLAGS, reportComparison, type Selection } from './report.ts';
import { comparisonText, pageNotes } from './text.ts';

/** The result of a comparison. */
export type Compared =
  | {
      readonly state: 'compared';
      /** For the structured answer. */
      readonly fields: Omit<ComparisonReport, 'page' | 'pages' | 'otherSchemas'>;
      /** The same as lines of text, below the sentence that sums it up. */
      readonly lines: readonly string[];
      readonly notes: readonly string[];
      /** Entries of the metas that could not be read, so they may differ. Foreign text. */
      readonly unreadableEntries: readonly string[];
    }
  /** `why`: a sentence for each side that cannot be read. */
  | { readonly state: 'not compared'; readonly why: readonly string[] };

/** The members of `fields`, as a tool's output declares them. All are absent where the two could not be compared. */
export const comparisonFields = {
  counts: z
    .strictObject({
      resources: z.number().describe('Resources of either side'),
      same: z.number().describe('Resources without a difference'),
      differences: z.number().describe('All differences'),
      onlyLeft: z.number().describe('Those of the left side alone'),
      onlyRight: z.number().describe('Those of the right side alone'),
      different: z.number().describe('Those with other values'),
    })
    .optional()
    .describe('How many there are, on all pages'),
  differences: z.array(z.strictObject(differenceShape)).optional().describe('Differences of this page'),
  same: texts.optional().describe('Resources without a difference, as category/name'),
  resources: z
    .array(
      z.strictObject({
        resource: z.string().describe('category/name'),
        comparedBy: z.enum(['settings', 'outputs', 'name']).describe('What was compared'),
        differences: z.number().describe('How many it has'),
        is: z.enum(['only left', 'only right']).optional().describe('Set where one side alone has it'),
      }),
    )
    .optional()
    .describe('How each resource was compared'),
  notCompared: z
    .array(
      z.strictObject({
        what: z.string().describe('What may differ unseen'),
        resources: z.number().describe('Of how many resources'),
        of: texts.describe('The first of them'),
      }),
    )
    .optional()
    .describe('What AWS does not show'),
  valuesNotCompared: texts.optional().describe('Values that two environments never share, e.g. ids'),
  schema: z
    .strictObject({
      resource: z.string().describe('category/name'),
      why: z.string().describe('Why the schemas were compared by lines'),
      lines: texts.describe('Lines that differ'),
      isCut: z.boolean().describe('Whether there are more'),
    })
    .optional()
    .describe('Schemas of which one cannot be parsed'),
  unreadable: texts.optional().describe('Parts that could not be read'),
};

/** Notes on what the metas lack: resources, readable entries, feature flags. */
function notesOn(sides: readonly ReadEnvironment[], { flags }: EnvironmentComparison): string[] {
  const haveFlags = sides.some(side => side.flags.state !== 'absent');
  return [
    ...sides
      .filter(({ resources, unreadableEntries }) => resources.length + unreadableEntries.length === 0)
      .map(
        ({ environment }) =>
          `${environment} has no resources: it was only registered, or a failed job left it behind.`,
      ),
    ...sides
      .filter(({ unreadableEntries }) => unreadableEntries.length > 0)
      .map(
        ({ environment, unreadableEntries }) =>
          `Not compared, since in the meta of ${environment} nothing could be read there: ${quoteNames(unreadableEntries, 5)}.`,
      ),
    ...(flags !== 'compared' && haveFlags ? [`Feature flags were not compared: ${flags.notCompared}.`] : []),
  ];
}

/**
 * Compares two environments.
 * @param call how a text tells the caller to get another part: "Call again with"
 * @throws ServerError invalid_arguments where neither environment has what is selected
 */
export async function compareForAnswer(
  left: Environment,
  right: Environment,
  call: string,
  selection: Selection = {},
): Promise<Compared> {
  const comparison = await compareEnvironments(left, right);
  if (comparison.state === 'not compared') return comparison;
  const report = await reportComparison(comparison, selection);
  const { page, pages, otherSchemas: _, ...fields } = report;
  const names = { left: left.environment, right: right.environment };
  const sides = [left, right].filter(side => side.state !== 'unreadable');
  const isOfFlags = selection.only === undefined || selection.only === FLAGS;
  return {
    state: 'compared',
    fields,
    unreadableEntries: [...new Set(sides.flatMap(({ unreadableEntries }) => unreadableEntries))],
    lines: comparisonText(report, names),
    notes: [...pageNotes(report, names, call), ...(isOfFlags ? notesOn(sides, comparison) : [])],
  };
}
