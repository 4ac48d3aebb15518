/** The proof as text: the verdict, tables, and what to do next. */
import { quote, quoteCell, quoteName, quoteNames } from '../../lib/quote.ts';
import type { Finding, Verification } from '../../migration/index.ts';
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
  unproven: 'shows no difference, but not all could be compared',
};

const counted = (count: number, of: string) => `${count} ${of}${count === 1 ? '' : 's'}`;

/** The first sentences. */
export function summaryOf({ verdict, environment, branch, counts }: Omit<Proof, 'summary'>): string {
  const models =
    counts.models === 0 ? 'no models' : `${counts.adopted} of ${counts.models} models use the same table`;
  return `${verdict}: the Gen 2 branch ${quoteName(branch)} ${verdictText[verdict]} (${quoteName(environment)}). ${models}; ${counted(counts.differences, 'difference')}, ${counts.unproven} not compared.`;
}

/** What to do, in order. The commands are AWS's. */
export function nextStepsOf(
  { findings, models, holdings, hasMoved, gen2Root, signs, verdict }: Verification,
  branch: string,
): string[] {
  const has = (wanted: Partial<Finding>) =>
    findings.some(finding =>
      Object.entries(wanted).every(([name, value]) => finding[name as keyof Finding] === value),
    );
  const root = gen2Root === undefined ? 'GEN2_ROOT_STACK' : quoteName(gen2Root);
  const isUsed = models.some(
    ({ state, withGen1Stack }) => state === 'adopted' && withGen1Stack === 'deleted',
  );
  const toMove = holdings.some(({ owner }) => owner === 'Gen 1');
  return [
    ...(has({ change: 'new and empty' })
      ? [
          `Set branchName in amplify/data/resource.ts to ${quote(branch)} and deploy again: what was written to the new tables stays in them.`,
        ]
      : []),
    ...(has({ area: 'access', change: 'wider' })
      ? [
          'Narrow the rights in amplify/storage/resource.ts (private/{entity_id}/*, protected/{entity_id}/*) or amplify/backend.ts, deploy, and verify again, before people use it.',
        ]
      : []),
    ...(has({ area: 'access', change: 'narrower' })
      ? ['Ask whether the lost rights are still needed; if so, grant them in amplify/backend.ts.']
      : []),
    ...(has({ area: 'auth' })
      ? ['Set what differs in sign-in in amplify/auth/resource.ts or amplify/backend.ts.']
      : []),
    ...(signs.halfFailed.length > 0
      ? [`A refactoring stopped half way: amplify gen2-migration refactor --to ${root} --rollback.`]
      : []),
    ...(verdict === 'same' && !hasMoved && toMove
      ? [
          `Users and files are still in Gen 1: test the branch, then amplify gen2-migration refactor --to ${root}.`,
        ]
      : []),
    ...(isUsed
      ? [
          'Do not delete the Gen 1 environment: its stack would delete tables that Gen 2 uses. Before it is removed: amplify gen2-migration retain.',
        ]
      : []),
    ...(verdict === 'unproven' ? ['Give the missing rights or name the branch, and verify again.'] : []),
  ];
}

/** The whole text. @param pages how many there are */
export function textOf(proof: Omit<Proof, 'summary'>, page: number, pages: number): string {
  const { models, holdings, findings, holdingStacks, deletedWithGen1, unproven, notSeen, nextSteps } = proof;
  const sentences = (title: string, list: readonly string[]) =>
    list.length === 0 ? [] : [`${title}: ${list.join(' ')}`];
  return [
    summaryOf(proof),
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
