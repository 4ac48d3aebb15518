/** `compare_environments`: what only one of two environments has, and what is set up differently. */
import { z } from 'zod';
import { environmentTools } from '../../call/read-environment.ts';
import { quoteName, quoteNames } from '../../lib/quote.ts';
import { nameText } from '../../operations/bounds.ts';
import { appIdOrName, backendEnvironmentName } from '../../operations/ids.ts';
import { notedWhenEmpty } from '../../operations/when-empty.ts';
import { defineTool, type ToolOutcome } from '../define.ts';
import { notes } from '../shared/output.ts';
import { readEnvironmentOf } from '../shared/read.ts';
import { counted } from '../shared/texts.ts';
import { type Compared, compareForAnswer, comparisonFields } from './compared.ts';

const output = z.strictObject({
  appId: z.string().describe('App id'),
  left: z.string().describe('Environment on the left'),
  right: z.string().describe('Environment on the right'),
  identical: z.boolean().describe('Whether no difference was found, and all could be read'),
  ...comparisonFields,
  notes,
});

/** The two environments, and the resource or category that the comparison is limited to. */
interface ComparedPair {
  readonly appId: string;
  readonly left: string;
  readonly right: string;
  readonly resource: string | undefined;
}

/** The sentence that sums the comparison up. */
function summaryOf(
  differences: number,
  unreadableEntries: readonly string[],
  { left, right, resource }: ComparedPair,
): string {
  const where = resource === undefined ? '' : `In ${quoteName(resource)}: `;
  if (differences === 0 && unreadableEntries.length > 0)
    return `${where}No difference between ${left} and ${right} was found, but they may still differ: not everything could be read (${quoteNames(unreadableEntries, 5)}).`;
  return differences === 0
    ? `${where}${left} and ${right} are set up alike, as far as they were compared.`
    : `${where}${counted(differences, 'difference')} between ${left} and ${right}.`;
}

function outcomeOf(pair: ComparedPair, found: Compared): ToolOutcome<typeof output> {
  const { appId, left, right } = pair;
  const named = { appId, left, right };
  if (found.state === 'not compared') {
    const text = `${left} and ${right} could not be compared, so it is unknown whether they are alike:`;
    const next = 'Show this to the person. get_backend shows the text that cannot be read.';
    return {
      answer: { ...named, identical: false, unreadable: found.why, differences: [], same: [] },
      text,
      isTextWhole: true,
      notes: [...found.why, next],
    };
  }
  const { differences } = found.fields.counts;
  return {
    answer: {
      ...named,
      identical: differences === 0 && found.unreadableEntries.length === 0,
      ...found.fields,
    },
    text: [summaryOf(differences, found.unreadableEntries, pair), ...found.lines].join('\n'),
    isTextWhole: true,
    notes: found.notes,
  };
}

export const compareEnvironments = defineTool({
  toolName: 'compare_environments',
  title: 'Compare two environments',
  access: 'read',
  steps: environmentTools,
  iamActions: ['amplify:ListApps'],
  input: z.strictObject({
    app: appIdOrName,
    left: backendEnvironmentName,
    right: backendEnvironmentName,
    resource: notedWhenEmpty(nameText().min(1)).optional().describe('Only a category, or category/name'),
    page: z.number().int().min(1).max(10_000).optional().describe('Page of a long answer, from 1'),
  }),
  output,

  async run({ app, left, right, resource, page, target }, context) {
    const { appId } = await context.findApp(app, target, context.signal);
    const read = (backendEnvironmentName: string) =>
      readEnvironmentOf(context, { appId, backendEnvironmentName, target });
    const [ofLeft, ofRight] = await Promise.all([read(left), read(right)]);
    const found = await compareForAnswer(ofLeft, ofRight, 'Call again with', { only: resource, page });
    return outcomeOf({ appId, left, right, resource }, found);
  },
});
