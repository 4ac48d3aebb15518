/**
 * An environment on its way to Gen 2: no tool deletes what a Gen 2 app uses, and none pushes to what AWS's tool has locked
 * or refactored, whatever the arguments say. A dry run says the same.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { type MigrationState, migrationStates } from '../../src/sandbox/index.ts';
import { setGuardedWrites } from '../support/guarded-writes.ts';
import { on } from './cases/case.ts';
import {
  clones,
  deletions,
  dry,
  errorOf,
  letThrough,
  never,
  problemsOf,
  pushes,
  readers,
  shop,
  storage,
} from './cases/in-migration.ts';

const scene = setGuardedWrites();
const { call, sent, writesSent } = scene;

const begun = migrationStates.filter(state => state !== 'not-begun');

/** What a refused deletion names. */
const named: Readonly<Record<MigrationState, readonly RegExp[]>> = {
  'not-begun': [],
  locked: [/gen2-migration generate/, /lock --rollback/],
  generated: [/gen2-migration generate/],
  'deployed-adopted': [
    /would delete with the Gen 1 stacks the tables .*Product-\S+-dev.*Review-\S+-dev/,
    /gen2-migration refactor --to amplify-d1sandboxshop-gen2main-branch-/,
  ],
  'deployed-new': [/set branchName to "?gen2-main/],
  refactored: [
    /would delete with the Gen 1 stacks the tables .*Product-\S+-dev/,
    /no longer own .*us-east-1_ShopDev01.*shopmedia101530-dev/,
    /gen2-migration retain/,
  ],
  retained: [
    /CloudFormation would retain the tables .*Product-\S+-dev/,
    /delete-stack --stack-name amplify-shop-dev-101530/,
  ],
  'half-failed': [/no longer own .*us-east-1_ShopDev01/, /REVIEW_IN_PROGRESS/, /--rollback/],
};

/** The deletion of one resource first names what it deletes itself, and only counts the rest. */
function namedBy(state: MigrationState, tool: string): readonly RegExp[] {
  const [uses, ...rest] = named[state];
  if (!uses || !/^delete_backend_/.test(tool) || rest.length === 0 || state === 'locked') return named[state];
  return [
    ...(state === 'half-failed' ? [/REVIEW_IN_PROGRESS/] : rest.slice(-1)),
    resourceWords[tool]?.(state) ?? /./,
  ];
}

const isMovedIn = (state: MigrationState) => /refactored|retained|half/.test(state);

const resourceWords: Readonly<Record<string, (state: MigrationState) => RegExp>> = {
  delete_backend_auth: state =>
    isMovedIn(state)
      ? /^This call would delete what Gen 2 \(gen2-main\) uses: the Gen 1 stacks no longer own .*us-east-1_ShopDev01/
      : /^Gen 2 is not known to use what this call deletes, but .*uses \d+ tables/,
  delete_backend_api: () =>
    /^This call would delete what Gen 2 \(gen2-main\) uses: CloudFormation would .*Product-\S+-dev/,
  delete_backend_storage: state =>
    isMovedIn(state) && state !== 'half-failed'
      ? /^This call would delete what Gen 2 \(gen2-main\) uses: the Gen 1 stacks no longer own the bucket shopmedia/
      : /^Gen 2 is not known to use what this call deletes, but .*uses \d+ tables/,
};

describe.each(begun)('an environment that is %s', state => {
  let answerOf: Awaited<ReturnType<typeof scene.callAtOnce>>;
  let writesOfAll: readonly string[];

  beforeAll(async () => {
    await scene.sandbox.reset();
    await scene.sandbox.migrate({ state });
    answerOf = await scene.callAtOnce([
      ...deletions.flatMap(deletion => [[deletion, never] as const, [dry(deletion)] as const]),
      ...pushes.flatMap(push => [[push, never] as const, [push, letThrough] as const, [dry(push)] as const]),
    ]);
    writesOfAll = await writesSent();
  });

  it.each(deletions)('is not deleted by %s', (...deletion) => {
    const refused = answerOf(deletion, never);
    expect(errorOf(refused)).toMatchObject({ code: 'in_migration', retryable: false });
    for (const words of namedBy(state, deletion[0])) expect(refused.text).toMatch(words);
    expect(refused.text).toContain('allowMigrated');
    const planned = answerOf(dry(deletion));
    expect([...problemsOf(planned), errorOf(planned).message].join('\n')).toContain('is on its way to Gen 2');
    expect(writesOfAll).toEqual([]);
  });

  it.each(pushes)('is not changed by %s', (...push) => {
    for (const settings of [never, letThrough]) {
      const refused = answerOf(push, settings);
      expect(errorOf(refused)).toMatchObject({ code: 'in_migration' });
      expect(refused.text).toContain('refuses updates');
    }
    const planned = answerOf(dry(push));
    expect([...problemsOf(planned), errorOf(planned).message].join('\n')).toContain('refuses updates');
    expect(writesOfAll).toEqual([]);
  });

  it.each(clones)('is cloned by %s, which mentions the migration', async (...clone) => {
    await scene.sandbox.migrate({ state });
    const planned = await call(dry(clone));
    expect(JSON.stringify(planned.content)).toContain('GEN2_MIGRATION_ENVIRONMENT_NAME');
    expect(planned.isError).toBeUndefined();
    const done = await call(clone, never);
    expect(done.text).toContain('GEN2_MIGRATION_ENVIRONMENT_NAME');
  });

  it('is deleted under allowMigrated, and the plan names what Gen 2 uses', async () => {
    await scene.sandbox.migrate({ state });
    const planned = await call(dry(['delete_backend', on('dev')]), { allowMigrated: true });
    const { remarks } = planned.content.plan as { remarks: string[] };
    expect(remarks.join('\n')).toContain('allowMigrated');
    if (state === 'deployed-adopted') expect(remarks.join('\n')).toMatch(/Product-\S+-dev/);
    expect(problemsOf(planned)).toEqual([]);
    expect((await call(['delete_backend', on('dev')], letThrough)).isError).toBeUndefined();
    expect(await writesSent()).toEqual(['DeleteBackend']);
  });

  it('does not affect the other environments of the app', async () => {
    await scene.sandbox.migrate({ state });
    expect((await call(['delete_backend', on('partner')], never)).isError).toBeUndefined();
    const reader = ['update_backend_storage', on('prod', { ...storage, resourceConfig: readers })] as const;
    expect((await call(reader, never)).isError).toBeUndefined();
    expect(await writesSent()).toEqual(['DeleteBackend', 'UpdateBackendStorage']);
  });
});

it.each([
  ['a push', ['update_backend_storage', on('dev', { ...storage, resourceConfig: readers })]],
  ['a deletion', ['delete_backend', on('dev')]],
  ['the removal of all environments', ['remove_all_backends', { appId: 'd1sandboxshop' }]],
  ['a proof', ['verify_migration', shop]],
] as const)('%s reads nothing twice', async (_, write) => {
  await scene.sandbox.migrate({ state: 'deployed-adopted' });
  await call(write, never);
  const all = await sent();
  const count = (operation: string) => all.filter(one => one === operation).length;
  const lists = ['amplify:ListBranches', 'cloudformation:ListStacks', 'cloudformation:DescribeStacks'];
  for (const name of ['amplify:GetApp', ...lists]) expect([name, count(name)]).toEqual([name, 1]);
  const templates = count('cloudformation:GetTemplate');
  expect(templates).toBeGreaterThan(10);
  expect(count('cloudformation:ListStackResources')).toBe(templates);
});
