/** The inventory as text: totals, then a Markdown table, then how to go on. Pure. */
import { quoteCell, quoteName } from '../../lib/quote.ts';
import { stages, stageWords } from '../../migration/index.ts';
import { counted, minuteOf, nameCell } from '../shared/texts.ts';
import type { Account, Inventory, Row, Totals } from './output.ts';
import { isSameAccount } from './same-accounts.ts';

const LONGEST_CELL = 60;
const LONGEST_LIST = 400;

const cell = (text: string) => nameCell(text, LONGEST_CELL);
const listCell = (texts: readonly string[] = []) => quoteCell(texts.join('; '), LONGEST_LIST);

const generations: Readonly<Record<Row['generation'], string>> = {
  gen1: '1',
  gen2: '2',
  both: '1 and 2',
  none: 'none',
  unknown: 'unknown',
};

function backendOf({ environment, branch, state }: Row): string {
  if (branch !== undefined) return `branch ${cell(branch)} (Gen 2)`;
  if (environment === undefined) return '';
  return `${cell(environment)}${state === 'deployed' ? '' : ` (${state})`}`;
}

interface Columns {
  readonly hasTargets: boolean;
}

function rowText(row: Row, { hasTargets }: Columns): string {
  const { target = '', app, appId, generation, lastChange, data, imported, hosting, migration = '' } = row;
  const isUnknown = row.state === 'unreadable';
  const cells = [
    ...(hasTargets ? [cell(target)] : []),
    app === undefined || app === '' ? cell(appId) : `${cell(app)} (${cell(appId)})`,
    generations[generation],
    backendOf(row),
    ...(isUnknown
      ? ['unknown', 'unknown', 'unknown']
      : [
          lastChange === undefined ? '' : minuteOf(lastChange).slice(0, 10),
          listCell(data),
          listCell(imported),
        ]),
    hosting,
    migration,
  ];
  return `| ${cells.join(' | ')} |`;
}

function tableOf(rows: readonly Row[]): string[] {
  if (rows.length === 0) return [];
  const columns = { hasTargets: rows.some(({ target }) => target !== undefined) };
  const names = [
    ...(columns.hasTargets ? ['target'] : []),
    ...['app', 'generation', 'environment', 'last change', 'holds data', 'imported', 'hosting', 'migration'],
  ];
  return [
    '',
    `| ${names.join(' | ')} |`,
    `|${names.map(() => ' --- |').join('')}`,
    ...rows.map(row => rowText(row, columns)),
    '',
  ];
}

/** A count as text. @param isPart whether there can be more than were counted */
const countText = (count: number, isPart: boolean) =>
  isPart ? (count === 0 ? 'an unknown number' : `at least ${count}`) : String(count);

function totalLines(totals: Totals, accounts: readonly Account[]): string[] {
  const { apps, gen1, gen2, both, neither, environments, gen2Backends, holdingData, importing } = totals;
  const { migrating, migrationUnknown, unknown, gen2Unknown, contentUnknown, notCounted } = totals;
  const isPart = notCounted > 0 || accounts.some(account => account.apps === undefined);
  const isEnvironmentPart = isPart || unknown > 0;
  const isContentPart = isEnvironmentPart || contentUnknown > 0;
  const unclear = [
    ...(unknown > 0 ? [`${counted(unknown, 'app')} whose backends could not be read`] : []),
    ...(gen2Unknown > 0 ? [`${counted(gen2Unknown, 'app')} whose Gen 2 backends could not be read`] : []),
    ...(contentUnknown > 0
      ? [`${counted(contentUnknown, 'environment')} of which it is unknown what they hold and import`]
      : []),
    ...(migrationUnknown > 0
      ? [`${counted(migrationUnknown, 'environment')} of which it is unknown whether they migrate`]
      : []),
  ];
  const appsText = isPart ? `At least ${counted(apps, 'app')}` : counted(apps, 'app');
  const environmentsText = isEnvironmentPart
    ? `At least ${counted(environments, 'Gen 1 environment')}`
    : counted(environments, 'Gen 1 environment');
  const backends = counted(gen2Backends, 'Gen 2 backend');
  return [
    `${appsText}: ${gen1} Gen 1, ${gen2} Gen 2, ${both} both, ${neither} without a backend.`,
    `${environmentsText}, of which ${countText(holdingData, isContentPart)} with data and ${countText(importing, isContentPart)} with imported resources; ${countText(migrating, isEnvironmentPart || migrationUnknown > 0)} on the way to Gen 2. ${isPart || gen2Unknown > 0 ? `At least ${backends}` : backends}.`,
    ...(unclear.length > 0 ? [`Unknown: ${unclear.join('; ')}.`] : []),
  ];
}

function accountText(
  { target, account = 'unknown account', region, apps }: Account,
  at: number,
  all: readonly Account[],
): string {
  const same = all.slice(0, at).find(one => isSameAccount(one, all[at]));
  if (same) return `${quoteName(target ?? '')}: the same as ${quoteName(same.target ?? '')}`;
  const where = region === undefined ? account : `${account}, ${quoteName(region)}`;
  const name = target === undefined ? where : `${quoteName(target)} (${where})`;
  return `${name}: ${apps === undefined ? 'not listed' : counted(apps, 'app')}`;
}

/** What the states in the table mean. */
function stateLines({ rows }: Inventory): string[] {
  const shown = stages.filter(stage => stage !== 'none' && rows.some(({ migration }) => migration === stage));
  return shown.length === 0
    ? []
    : [`Migration: ${shown.map(stage => `${stage}: ${stageWords[stage]}`).join('. ')}.`];
}

function calendarLine({ endOfLife, daysLeft }: Inventory): string {
  return daysLeft > 0
    ? `Amplify Gen 1 ends on ${endOfLife}, in ${counted(daysLeft, 'day')}; existing apps keep running.`
    : `Amplify Gen 1 ended on ${endOfLife}; existing apps keep running.`;
}

function nextLines({ rows, after }: Inventory): string[] {
  const gen1 = rows.some(({ environment }) => environment !== undefined);
  return [
    ...(after === undefined
      ? []
      : [`More: call take_inventory again with the same arguments and after: "${after}".`]),
    ...(gen1
      ? [
          'Next: describe_environment for the details of one, assess_migration for whether it can go to Gen 2 and whether a Gen 2 backend of another app uses it (not looked for here), verify_migration for what a Gen 2 branch has of it.',
        ]
      : []),
  ];
}

export function textOf(answer: Inventory): string {
  const { accounts, totals, rows } = answer;
  return [
    ...(totals ? totalLines(totals, accounts) : []),
    `Accounts: ${accounts.map(accountText).join('; ')}.`,
    calendarLine(answer),
    ...tableOf(rows),
    ...stateLines(answer),
    ...nextLines(answer),
  ].join('\n');
}
