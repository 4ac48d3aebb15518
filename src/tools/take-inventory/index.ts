/**
 * `take_inventory`: all apps of all accounts with their environments: which generation, what holds data, what is
 * imported, when each last changed, and what could not be read. It changes nothing.
 */
import { z } from 'zod';
import { ServerError } from '../../errors.ts';
import { monotonicNow } from '../../lib/clock.ts';
import { mapLimited } from '../../lib/map-limited.ts';
import { quoteNames } from '../../lib/quote.ts';
import { listOf, nameText } from '../../operations/bounds.ts';
import { defineTool } from '../define.ts';
import { movedActions } from '../shared/moved-to-gen2.ts';
import { createGaps } from './gaps.ts';
import { type Inventory, output, type Row } from './output.ts';
import { type AppRows, appsFrom, type Page, pageOf, positionText, readPosition } from './pages.ts';
import {
  type AccountApps,
  createInventoryContext,
  type InventoryContext,
  readAccount,
  readAppFacts,
  type WantedApp,
} from './read.ts';
import { rowsOf } from './rows.ts';
import { withoutRepeats } from './same-accounts.ts';
import { textOf } from './table.ts';
import { daysLeft, END_OF_LIFE, totalsOf } from './totals.ts';

/** Apps that are read at a time; `read.ts` also bounds the calls for them. */
const APPS_AT_ONCE = 8;
/** The most apps that totals cover, and how long a call reads apps. */
const MOST_APPS = 500;
const LONGEST_MS = 45_000;

/** The targets to read; `[undefined]` where only one is configured. @throws ServerError invalid_arguments */
function chosenTargets(wanted: readonly string[] | undefined, names: readonly string[]) {
  const unknown = (wanted ?? []).filter(name => !names.includes(name));
  if (unknown.length > 0)
    throw new ServerError('invalid_arguments', {
      message: `targets: there is no account ${quoteNames(unknown)}. Nothing was read.`,
      hint:
        names.length > 0
          ? `Call again with some of ${quoteNames(names)}, or without targets for all of them.`
          : 'One account is configured, without a name: call again without targets.',
    });
  if (names.length < 2) return [undefined];
  return names.filter(name => !wanted || wanted.includes(name));
}

/** Reads apps until the time is up. @returns the rows of those that exist, and the apps that were not read */
async function readRows(shared: InventoryContext, apps: readonly WantedApp[], until: number) {
  const { onProgress } = shared.context;
  let read = 0;
  const found = await mapLimited(apps, APPS_AT_ONCE, async app => {
    if (monotonicNow() > until) return undefined;
    const facts = await readAppFacts(shared, app);
    read += 1;
    onProgress?.({ progress: read, total: apps.length, message: `${read} of ${apps.length} apps read` });
    const rows = facts && {
      ...{ target: app.target, appId: app.appId, rows: rowsOf(facts) },
      hasBranches: facts.branches !== undefined,
    };
    return { isRead: true, rows };
  });
  const unread = found.indexOf(undefined);
  const inOrder = unread < 0 ? found : found.slice(0, unread);
  return {
    rows: inOrder.flatMap(one => (one?.rows ? [one.rows] : [])),
    left: apps.slice(inOrder.length),
  };
}

/** Reads a later page, and only as many apps as it has room for. */
async function readPage(
  shared: InventoryContext,
  apps: readonly WantedApp[],
  position: ReturnType<typeof readPosition>,
): Promise<Page> {
  const until = monotonicNow() + LONGEST_MS;
  const rows: AppRows[] = [];
  let left = apps;
  while (left.length > 0) {
    const some = await readRows(shared, left.slice(0, APPS_AT_ONCE), until);
    const done = Math.min(APPS_AT_ONCE, left.length) - some.left.length;
    rows.push(...some.rows);
    left = left.slice(done);
    const page = pageOf(rows, position);
    if (page.after) return page;
    if (some.left.length > 0) return { ...page, after: positionBefore(left, position) };
  }
  return pageOf(rows, position);
}

/** The position before the first of the apps that were not read. */
const positionBefore = ([first]: readonly WantedApp[], otherwise: Page['after']) =>
  first ? { target: first.target, appId: first.appId, shown: 0 } : otherwise;

/** Notes the accounts that cannot be read. @throws the failure where none can */
function noteFailures(accounts: readonly AccountApps[], { gaps }: InventoryContext) {
  const failed = accounts.find(({ failure }) => failure);
  if (failed && accounts.every(({ failure }) => failure)) throw failed.failure;
  for (const { failure, account } of accounts)
    if (failure) gaps.add({ what: 'apps', target: account.target, iamAction: 'amplify:ListApps' }, failure);
}

/** Notes the apps that were asked for and are in no account. @throws ServerError not_found where none is in any */
function missingNotes(wanted: readonly string[] = [], rows: readonly Row[]): string[] {
  const known = new Set(rows.flatMap(({ appId, app }) => [appId, app]));
  const missing = wanted.filter(one => !known.has(one));
  if (missing.length > 0 && missing.length === wanted.length)
    throw new ServerError('not_found', {
      message: `No app is called ${quoteNames(wanted)} in the accounts that were asked.`,
      hint: 'Call again without apps: the rows show ids and names.',
    });
  return missing.length > 0 ? [`Not found: ${quoteNames(missing)}.`] : [];
}

/** The first page, with the totals over all apps, as far as there is time to read them. */
async function readFirstPage(
  shared: InventoryContext,
  all: readonly WantedApp[],
  wanted: readonly string[] | undefined,
) {
  const { rows, left } = await readRows(shared, all.slice(0, MOST_APPS), monotonicNow() + LONGEST_MS);
  const unread = [...left, ...all.slice(MOST_APPS)];
  const notes =
    unread.length > 0
      ? [
          `The totals cover the first ${all.length - unread.length} of ${all.length} apps. The pages have all of them.`,
        ]
      : missingNotes(
          wanted,
          rows.flatMap(one => one.rows),
        );
  const totals = totalsOf(rows, unread.length);
  const page = pageOf(rows, undefined);
  return { page: page.after ? page : { ...page, after: positionBefore(unread, undefined) }, totals, notes };
}

export const takeInventory = defineTool({
  toolName: 'take_inventory',
  title: 'Inventory of all apps and environments',
  access: 'read',
  steps: ['get_backend', 'get_backend_api'],
  iamActions: [
    ...['amplify:ListApps', 'amplify:ListBranches', 'cloudformation:ListStacks'],
    ...['amplify:ListBackendEnvironments', 'cloudformation:GetStackPolicy'],
    ...movedActions,
  ],
  input: z.strictObject({
    targets: listOf(nameText()).min(1).optional().describe('Accounts. Default: all'),
    apps: listOf(nameText().min(1)).min(1).optional().describe('Ids or names. Default: all'),
    after: nameText().optional().describe('From the previous page'),
  }),
  output,

  async run({ targets, apps: wanted, after }, context) {
    const { targetNames } = context;
    const position = after === undefined ? undefined : readPosition(after, targetNames);
    const chosen = chosenTargets(targets, targetNames);
    const gaps = createGaps();
    const shared = createInventoryContext(context, gaps);
    const read = await Promise.all(chosen.map(target => readAccount(shared, target, wanted)));
    const { accounts, notes: sameAccounts } = withoutRepeats(read);
    noteFailures(accounts, shared);
    const all = accounts.flatMap(({ apps }) => apps);
    const { page, totals, notes } = position
      ? {
          page: await readPage(shared, appsFrom(all, position), position),
          totals: undefined,
          notes: [] as string[],
        }
      : await readFirstPage(shared, all, wanted);
    const hidden = accounts.reduce((sum, one) => sum + one.hidden, 0);
    if (hidden > 0)
      notes.push(`${hidden} more apps are left out: the configuration limits which apps may be used.`);
    const now = context.awsNow(chosen[0]);
    const answer: Inventory = {
      ...{
        endOfLife: END_OF_LIFE,
        daysLeft: daysLeft(now),
        accounts: accounts.map(({ account }) => account),
      },
      ...(totals && { totals }),
      rows: page.rows,
      ...(page.after && { after: positionText(page.after) }),
    };
    return {
      answer,
      text: textOf(answer),
      isTextWhole: true,
      notes: [...sameAccounts, ...notes, ...gaps.sentences()],
    };
  },
});
