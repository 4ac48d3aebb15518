/** `compare_environments`: what one environment has that the other has not, and what is set up differently. */
import { z } from 'zod';
import type { Outcome } from '../../call/dispatch.ts';
import { environmentTools } from '../../call/read-environment.ts';
import { quoteName, quoteNames } from '../../lib/quote.ts';
import { nameText } from '../../operations/bounds.ts';
import { appIdOrName, backendEnvironmentName } from '../../operations/ids.ts';
import type { Workflow } from '../define.ts';
import { readEnvironmentOf } from '../read-environment.ts';
import { type Compared, compared, comparisonFields } from './compared.ts';
import { counted } from './text.ts';

/** The checked arguments. */
interface CompareArguments {
  readonly app: string;
  readonly left: string;
  readonly right: string;
  readonly resource?: string;
  readonly page?: number;
  readonly target?: string;
}

type Named = Pick<CompareArguments, 'left' | 'right' | 'resource'> & { readonly appId: string };

/** The first sentence. @param only what alone was compared */
function summaryOf(
  differences: number,
  unreadableEntries: readonly string[],
  { left, right, resource }: Named,
): string {
  const where = resource === undefined ? '' : `In ${quoteName(resource)}: `;
  if (differences === 0 && unreadableEntries.length > 0)
    return `${where}No difference between ${left} and ${right} was found, but nobody can say whether they are alike: not all could be read (${quoteNames(unreadableEntries, 5)}).`;
  return differences === 0
    ? `${where}${left} and ${right} are set up alike, as far as they were compared.`
    : `${where}${counted(differences, 'difference')} between ${left} and ${right}.`;
}

function answerOf({ appId, left, right, resource }: Named, found: Compared): Outcome {
  const named = { appId, left, right };
  if (found.state === 'not compared') {
    const text = `${left} and ${right} could not be compared, so nobody knows whether they are alike:`;
    const next = 'Show this to the person. get_backend shows the text that cannot be read.';
    return {
      answer: { ...named, identical: false, unreadable: found.why, differences: [], same: [] },
      ...{ text, isTextWhole: true, notes: [...found.why, next] },
    };
  }
  const { differences } = found.fields.counts;
  return {
    answer: {
      ...named,
      identical: differences === 0 && found.unreadableEntries.length === 0,
      ...found.fields,
    },
    text: [
      summaryOf(differences, found.unreadableEntries, {
        ...named,
        ...(resource !== undefined && { resource }),
      }),
      ...found.lines,
    ].join('\n'),
    isTextWhole: true,
    notes: found.notes,
  };
}

export const compareEnvironments: Workflow = {
  toolName: 'compare_environments',
  title: 'Compare two environments',
  access: 'read',
  steps: environmentTools,
  iamActions: ['amplify:ListApps'],
  toolInput: z.strictObject({
    app: appIdOrName,
    left: backendEnvironmentName,
    right: backendEnvironmentName,
    resource: nameText().min(1).optional().describe('Only a category, or category/name'),
    page: z.number().int().min(1).max(10_000).optional().describe('Of a long answer'),
  }),
  output: z.object({
    appId: z.string(),
    left: z.string(),
    right: z.string(),
    identical: z.boolean(),
    ...comparisonFields,
    notes: z.array(z.string()),
  }),

  async run(args, context) {
    const { app, left, right, resource, page, target } = args as unknown as CompareArguments;
    const { appId } = await context.findApp(app, target, context.signal);
    const read = (backendEnvironmentName: string) =>
      readEnvironmentOf(context, { appId, backendEnvironmentName, target });
    const [ofLeft, ofRight] = await Promise.all([read(left), read(right)]);
    const found = await compared(ofLeft, ofRight, 'Call again with', { only: resource, page });
    return answerOf({ appId, left, right, ...(resource !== undefined && { resource }) }, found);
  },
};
