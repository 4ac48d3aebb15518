/**
 * `verify_migration`: whether a Gen 2 branch has the data and gives the rights of its Gen 1 environment, with evidence. It
 * reads templates, parameters and outputs, and changes nothing.
 */
import { z } from 'zod';
import { createKeptReads } from '../../call/kept-reads.ts';
import { ServerError } from '../../errors.ts';
import { isAppId } from '../../lib/app-id.ts';
import { quote, quoteName, quoteNames } from '../../lib/quote.ts';
import {
  type Gen2Elsewhere,
  gen2Branches,
  type MigrationFacts,
  type Verification,
  verifyMigration as verify,
} from '../../migration/index.ts';
import { nameText } from '../../operations/bounds.ts';
import { appIdOrName, backendEnvironmentName } from '../../operations/ids.ts';
import { defineTool, type ToolContext } from '../define.ts';
import { type MigrationSubject, migrationToolActions, readMigration } from '../shared/read-migration.ts';
import { type BranchOfOtherApp, nextStepsOf } from './next-steps.ts';
import { output, type Proof } from './output.ts';
import { textOf } from './text.ts';

/** The most entries of each list on one page. */
const PAGE = 25;
/** The most sentences about what could not be compared. */
const MOST_SENTENCES = 12;

/** Parses the argument for a branch of another app, `<app id>/<branch>`; undefined for any other branch. */
function branchElsewhere(branch: string) {
  const [appId = '', ...rest] = branch.split('/');
  return isAppId(appId) && rest.length > 0 ? { appId, branch: rest.join('/') } : undefined;
}

const ASSESS_HINT = 'assess_migration says how ready the environment is.';

/** @throws ServerError not_found where there is no such Gen 2 branch */
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
        : `No branch of the app deploys a Gen 2 backend yet. One of another app is named APP_ID/BRANCH; without branch it is looked for. ${ASSESS_HINT}`,
  });
}

/** The only Gen 2 backend that may be meant. @throws ServerError not_found, or invalid_arguments where there are several */
function onlyBackend(facts: MigrationFacts): string {
  const elsewhere = (facts.elsewhere ?? []).filter(({ isHidden }) => !isHidden).map(({ label }) => label);
  const [first, ...more] = [...gen2Branches(facts).map(({ name }) => name), ...elsewhere];
  if (first !== undefined && more.length === 0) return first;
  if (first === undefined)
    throw new ServerError('not_found', {
      message:
        `${facts.branches ? 'No branch of the app deploys a Gen 2 backend' : 'Whether a branch of the app deploys a Gen 2 backend is not known'}, and no Gen 2 backend in the account and region was found to use what the environment has${facts.unread.length > 0 ? ', as far as it could be looked at' : ''}. Nothing was compared. ${facts.unread.join(' ')}`.trim(),
      hint:
        facts.unread.length > 0
          ? 'Give the rights that the message names, or name the branch, and call again: nothing is proven yet.'
          : ASSESS_HINT,
    });
  throw new ServerError('invalid_arguments', {
    message: `There are several Gen 2 backends: ${quoteNames([first, ...more])}. Nothing was compared.`,
    hint: 'Ask which one is meant, and call again with it as branch.',
  });
}

/** The facts, and the label of the branch in them. */
interface Subject {
  readonly facts: MigrationFacts;
  readonly branch: string;
  /** The branch's own name, where it belongs to another app. */
  readonly ofOtherApp?: BranchOfOtherApp | undefined;
}

/** Reads the signs first: they cost three reads, and show whether the branch exists. */
async function readFacts(
  context: ToolContext,
  subject: MigrationSubject,
  wanted: string | undefined,
): Promise<Subject> {
  const other = wanted === undefined ? undefined : branchElsewhere(wanted);
  const kept = createKeptReads();
  const signs = await readMigration(context, subject, {
    ...{ kept, whole: false, elsewhere: wanted === undefined ? 'search' : other },
  });
  const { elsewhere = [] } = signs;
  const isOwn = gen2Branches(signs).some(({ name }) => name === wanted);
  const [found] = isOwn || !other ? [] : elsewhere;
  if (other && !found && !isOwn)
    throw new ServerError('not_found', {
      message:
        `No Gen 2 backend of the branch ${quote(other.branch)} of the app ${quoteName(other.appId)} was found in this account and region. Nothing was compared. ${signs.unread.join(' ')}`.trim(),
      hint: 'list_apps shows the apps. Without branch, the Gen 2 backends that use the environment are looked for.',
    });
  const branch = found?.label ?? wanted ?? onlyBackend(signs);
  const isElsewhere = elsewhere.some(({ label }) => label === branch);
  if (!isElsewhere) refuseUnknown(signs, branch);
  // Where the branches could not be read, the names of the stacks identify them.
  const only = signs.branches === undefined || isElsewhere ? { branch } : {};
  const facts = await readMigration(context, subject, {
    ...{ kept, whole: true, ...only },
    elsewhere: elsewhere.filter(({ label }) => label === branch),
  });
  const owner = found ?? elsewhere.find(({ label }) => label === branch);
  if (!owner) return { facts, branch };
  return { facts, branch, ofOtherApp: await nameBranch(context, subject, owner) };
}

/** Finds the full name of a backend's branch: its stack's name has only the letters and digits of it. */
async function nameBranch(
  { readMigrationFacts, signal }: ToolContext,
  { target }: MigrationSubject,
  { appId, label, stackArn, stackName }: Gen2Elsewhere,
): Promise<BranchOfOtherApp> {
  const spelled = label.slice(label.indexOf('/') + 1);
  // A sandbox has no app.
  if (label === stackName) return { appId, branch: spelled, isFromStackName: true };
  const app = { appId, backendEnvironmentName: '', target };
  const found = await readMigrationFacts(app, { whole: false, rootStack: null, signal });
  const name = gen2Branches(found).find(one => one.stackArn === stackArn)?.name;
  return { appId, branch: name ?? spelled, isFromStackName: name === undefined };
}

const sliceOf = <Item>(items: readonly Item[], page: number) => items.slice((page - 1) * PAGE, page * PAGE);

function cut(sentences: readonly string[]): string[] {
  const more = sentences.length - MOST_SENTENCES;
  return more > 0 ? [...sentences.slice(0, MOST_SENTENCES), `And ${more} more.`] : [...sentences];
}

function proofOf(
  found: Verification,
  subject: MigrationSubject,
  { branch, ofOtherApp }: Omit<Subject, 'facts'>,
  page: number,
): Proof {
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
    nextSteps: nextStepsOf(found, { environment: subject.environment, branch, ofOtherApp }),
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
    branch: nameText().min(1).optional().describe('Gen 2 branch, or APP_ID/BRANCH of another app'),
    page: z.number().int().min(1).max(10_000).optional().describe('Page of a long answer, from 1'),
  }),
  output,

  async run({ app, environment, branch: wanted, page = 1, target }, context) {
    const { appId } = await context.findApp(app, target, context.signal);
    const subject = { appId, environment, target };
    const { facts, branch, ofOtherApp } = await readFacts(context, subject, wanted);
    const found = verify(facts, branch);
    const longest = Math.max(found.models.length, found.holdings.length, found.findings.length);
    const pages = Math.max(1, Math.ceil(longest / PAGE));
    if (page > pages)
      throw new ServerError('invalid_arguments', {
        message: `There is no page ${page}: the answer has ${pages === 1 ? 'one page' : `${pages} pages`}.`,
      });
    const proof = proofOf(found, subject, { branch, ofOtherApp }, page);
    return {
      answer: proof,
      text: textOf(proof, { page, pages, isBlind: found.isBlind }),
      isTextWhole: true,
      notes: [],
    };
  },
});
