/**
 * `verify_migration`: whether a Gen 2 branch has the data and gives the rights of its Gen 1 environment, with evidence. It
 * reads templates, parameters and outputs, and changes nothing.
 */
import { z } from 'zod';
import { ServerError } from '../../errors.ts';
import { quote, quoteName, quoteNames } from '../../lib/quote.ts';
import {
  gen2Branches,
  type MigrationFacts,
  type Verification,
  verifyMigration as verify,
} from '../../migration/index.ts';
import { nameText } from '../../operations/bounds.ts';
import { appIdOrName, backendEnvironmentName } from '../../operations/ids.ts';
import { defineTool, type ToolContext } from '../define.ts';
import { type MigrationSubject, migrationToolActions, readMigration } from '../shared/read-migration.ts';
import { nextStepsOf } from './next-steps.ts';
import { output, type Proof } from './output.ts';
import { textOf } from './text.ts';

/** Entries of each list on one page. */
const PAGE = 25;
/** Sentences on what could not be compared. */
const MOST_SENTENCES = 12;

/** @throws ServerError not_found where the app has no such Gen 2 branch */
function refuseUnknown(facts: MigrationFacts, branch: string): void {
  if (facts.branches === undefined) return;
  const names = gen2Branches(facts).map(({ name }) => name);
  if (names.includes(branch)) return;
  const isGen1 = facts.branches.some(({ name }) => name === branch);
  throw new ServerError('not_found', {
    message: `The app ${quoteName(facts.appId)} has ${isGen1 ? `a branch ${quote(branch)} without a Gen 2 backend` : `no branch ${quote(branch)}`}. Nothing was compared.`,
    hint:
      names.length > 0
        ? `Call again with one of its Gen 2 branches: ${quoteNames(names)}.`
        : 'No branch of the app deploys a Gen 2 backend yet: assess_migration says how ready the environment is.',
  });
}

/** The signs come first: they cost three reads, and show whether there is such a branch. */
async function readFacts(
  context: ToolContext,
  subject: MigrationSubject,
  branch: string,
): Promise<MigrationFacts> {
  const signs = await readMigration(context, subject, { whole: false });
  refuseUnknown(signs, branch);
  // Where the branches could not be read, the stacks' names tell them.
  const scope = signs.branches === undefined ? {} : { branch };
  return readMigration(context, subject, { whole: true, ...scope });
}

const sliceOf = <Item>(items: readonly Item[], page: number) => items.slice((page - 1) * PAGE, page * PAGE);

function cut(sentences: readonly string[]): string[] {
  const more = sentences.length - MOST_SENTENCES;
  return more > 0 ? [...sentences.slice(0, MOST_SENTENCES), `And ${more} more.`] : [...sentences];
}

function proofOf(found: Verification, subject: MigrationSubject, branch: string, page: number): Proof {
  const { verdict, models, holdings, findings, signs, unproven, notSeen } = found;
  const isDeleted = ({ withGen1Stack }: { readonly withGen1Stack: string }) => withGen1Stack === 'deleted';
  const ofPage = { models: sliceOf(models, page), holdings: sliceOf(holdings, page) };
  return {
    appId: subject.appId,
    environment: subject.environment,
    branch,
    verdict,
    counts: {
      models: models.length,
      adopted: models.filter(({ state }) => state === 'adopted').length,
      differences: findings.length,
      unproven: unproven.length,
    },
    refactored: found.hasMoved,
    models: ofPage.models.map(({ gen2Table, ...model }) => ({
      ...model,
      ...(gen2Table !== undefined && gen2Table !== model.table && { gen2Table }),
    })),
    holdings: ofPage.holdings,
    findings: sliceOf(findings, page),
    holdingStacks: signs.holding.slice(0, PAGE),
    deletedWithGen1: [
      ...ofPage.models.filter(isDeleted).map(({ model, table }) => table ?? model),
      ...ofPage.holdings.filter(isDeleted).map(({ name }) => name),
    ],
    unproven: cut(unproven),
    notSeen: [...notSeen],
    nextSteps: nextStepsOf(found, branch),
  };
}

export const verifyMigration = defineTool({
  toolName: 'verify_migration',
  title: 'Verify a migration to Gen 2',
  access: 'read',
  steps: ['get_backend'],
  iamActions: migrationToolActions,
  input: z.strictObject({
    app: appIdOrName,
    environment: backendEnvironmentName,
    branch: nameText().min(1).describe('Gen 2 branch of the app'),
    page: z.number().int().min(1).max(10_000).optional().describe('Page of a long answer, from 1'),
  }),
  output,

  async run({ app, environment, branch, page = 1, target }, context) {
    const { appId } = await context.findApp(app, target, context.signal);
    const subject = { appId, environment, target };
    const found = verify(await readFacts(context, subject, branch), branch);
    const longest = Math.max(found.models.length, found.holdings.length, found.findings.length);
    const pages = Math.max(1, Math.ceil(longest / PAGE));
    if (page > pages)
      throw new ServerError('invalid_arguments', {
        message: `There is no page ${page}: the answer has ${pages === 1 ? 'one page' : `${pages} pages`}.`,
      });
    const proof = proofOf(found, subject, branch, page);
    return {
      answer: proof,
      text: textOf(proof, { page, pages, isBlind: found.isBlind }),
      isTextWhole: true,
      notes: [],
    };
  },
});
