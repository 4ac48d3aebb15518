/**
 * An environment on its way to Gen 2: no tool deletes what a Gen 2 app uses, and none pushes to what AWS's tool has locked
 * or refactored, whatever the arguments say. A dry run says the same.
 */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type MigrationState, migrationStates } from '../../src/sandbox/index.ts';
import type { Json } from '../support/child.ts';
import { type Answered, setGuardedWrites, type Write } from '../support/guarded-writes.ts';
import { on } from './cases/case.ts';

const shop = { app: 'shop', environment: 'dev' };
const auth = { resourceName: 'shopauth' };
const api = { resourceName: 'shopapi' };
const storage = { resourceName: 'shopmedia' };
const passwords = {
  authResources: 'IDENTITY_POOL_AND_USER_POOL',
  service: 'COGNITO',
  userPoolConfigs: { passwordPolicy: { minimumLength: 10 } },
};
const readers = { permissions: { authenticated: ['READ'] }, serviceName: 'S3' };
const people = {
  ...{ authResources: 'USER_POOL_ONLY', service: 'COGNITO' },
  userPoolConfigs: { requiredSignUpAttributes: ['EMAIL'], signInMethod: 'EMAIL', userPoolName: 'people' },
};

const deletions: readonly Write[] = [
  ['delete_backend', on('dev')],
  ['delete_backend_auth', on('dev', auth)],
  ['delete_backend_api', on('dev', api)],
  ['delete_backend_storage', on('dev', { ...storage, serviceName: 'S3' })],
  ['remove_all_backends', { appId: 'd1sandboxshop' }],
  ['decommission_environment', shop],
];

const pushes: readonly Write[] = [
  ['create_backend_auth', on('dev', { resourceName: 'people', resourceConfig: people })],
  ['update_backend_auth', on('dev', { ...auth, resourceConfig: passwords })],
  [
    'import_backend_auth',
    on('dev', { userPoolId: 'us-east-1_Existing', webClientId: 'w', nativeClientId: 'n' }),
  ],
  [
    'create_backend_api',
    on('dev', { resourceName: 'orders', resourceConfig: { apiName: 'orders', service: 'AppSync' } }),
  ],
  [
    'update_backend_api',
    on('dev', { ...api, resourceConfig: { conflictResolution: { resolutionStrategy: 'LAMBDA' } } }),
  ],
  ['generate_backend_api_models', on('dev', api)],
  ['create_backend_storage', on('dev', { resourceName: 'files', resourceConfig: readers })],
  ['update_backend_storage', on('dev', { ...storage, resourceConfig: readers })],
  ['import_backend_storage', on('dev', { bucketName: 'shop-archive-001', serviceName: 'S3' })],
  ['change_environment', { ...shop, auth: { userPoolConfigs: { passwordPolicy: { minimumLength: 12 } } } }],
];

const clones: readonly Write[] = [
  ['clone_backend', on('dev', { targetEnvironmentName: 'qa' })],
  ['clone_environment', { app: 'shop', from: 'dev', to: 'qa' }],
];

const scene = setGuardedWrites();
const { call, sent, writesSent } = scene;

const never = { confirm: 'never' };
const letThrough = { ...never, allowMigrated: true };
const errorOf = ({ error }: Answered) => error;
const dry = ([tool, args]: Write): Write => [tool, { ...args, dryRun: true }];
const problemsOf = ({ content }: Answered) => {
  const plans = [content.plan, ...((content.plans as Json[] | undefined) ?? []).map(one => one.plan ?? one)];
  return [content, ...plans].flatMap(
    one => ((one as Json | undefined)?.problems as string[] | undefined) ?? [],
  );
};

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

/** The deletion of one resource names first what it deletes itself, and the rest by number. */
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

  it.each(deletions)('is not touched by %s', (...deletion) => {
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

  it.each(clones)('is cloned by %s, with a word of it', async (...clone) => {
    await scene.sandbox.migrate({ state });
    const planned = await call(dry(clone));
    expect(JSON.stringify(planned.content)).toContain('GEN2_MIGRATION_ENVIRONMENT_NAME');
    expect(planned.isError).toBeUndefined();
    const done = await call(clone, never);
    expect(done.text).toContain('GEN2_MIGRATION_ENVIRONMENT_NAME');
  });

  it('is deleted where a person has set allowMigrated, with what Gen 2 uses in the plan', async () => {
    await scene.sandbox.migrate({ state });
    const planned = await call(dry(['delete_backend', on('dev')]), { allowMigrated: true });
    const { remarks } = planned.content.plan as { remarks: string[] };
    expect(remarks.join('\n')).toContain('allowMigrated');
    if (state === 'deployed-adopted') expect(remarks.join('\n')).toMatch(/Product-\S+-dev/);
    expect(problemsOf(planned)).toEqual([]);
    expect((await call(['delete_backend', on('dev')], letThrough)).isError).toBeUndefined();
    expect(await writesSent()).toEqual(['DeleteBackend']);
  });

  it('leaves the other environments of the app free', async () => {
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

describe('an app without any sign', () => {
  const newReads = async () => (await sent()).filter(one => one.includes(':'));

  it.each(deletions)('costs %s at most three more requests', async (...deletion) => {
    if (deletion[0] === 'decommission_environment')
      deletion = ['decommission_environment', { ...shop, dryRun: true }];
    await call(deletion);
    const reads = (await newReads()).filter(one =>
      /GetApp|GetStackPolicy|GetTemplate|ListStackRes/.test(one),
    );
    expect(reads.length).toBeLessThanOrEqual(2);
    expect((await newReads()).filter(one => one === 'amplify:ListBranches').length).toBeLessThanOrEqual(2);
  });

  it('is asked about and deleted as ever', async () => {
    const asked = await call(['delete_backend', on('dev')]);
    expect(errorOf(asked).code).toBe('confirmation_required');
    const { confirmationToken } = asked.content as { confirmationToken: string };
    const done = await call(['delete_backend', on('dev', { confirmationToken })]);
    expect(done.isError).toBeUndefined();
    const text = JSON.stringify([asked.content, done.content]);
    expect(text).toContain('in this account and region only');
    expect(text).not.toMatch(/Gen 2 uses|not fully known|allowMigrated|GEN2_MIGRATION/);
  });
});

describe('what could not be looked at', () => {
  it('is said in the question and in a dry run, and does not refuse', async () => {
    await scene.sandbox.migrate({ state: 'deployed-adopted', locked: false });
    await scene.sandbox.set({ migrationReads: 'denied' });
    const asked = await call(['delete_backend', on('dev')]);
    expect(errorOf(asked).code).toBe('confirmation_required');
    expect(asked.text).toMatch(/not fully known.*amplify:ListBranches.*GetStackPolicy/s);
    const planned = await call(dry(['delete_backend', on('dev')]));
    const { notChecked } = planned.content.plan as { notChecked: string[] };
    expect(notChecked.join('\n')).toContain('amplify:ListBranches');
    const { confirmationToken } = asked.content as { confirmationToken: string };
    expect((await call(['delete_backend', on('dev', { confirmationToken })])).isError).toBeUndefined();
  });

  it.each(deletions)('refuses %s where nobody can be asked, and names the actions', async (...deletion) => {
    await scene.sandbox.set({ migrationReads: 'denied' });
    const refused = await call(deletion, never);
    expect(errorOf(refused)).toMatchObject({ code: 'in_migration' });
    expect(refused.text).toMatch(/nobody can be asked/);
    for (const words of ['amplify:ListBranches', 'allowMigrated']) expect(refused.text).toContain(words);
    const planned = await call(dry(deletion), never);
    expect([...problemsOf(planned), errorOf(planned).message].join('\n')).toContain('nobody can be asked');
    expect(await writesSent()).toEqual([]);
  });

  it('lets a deletion through where a person has set allowMigrated, and is in its answer', async () => {
    await scene.sandbox.set({ migrationReads: 'denied' });
    const done = await call(['delete_backend', on('dev')], letThrough);
    expect(done.isError).toBeUndefined();
    expect(done.text).toContain('amplify:ListBranches');
  });

  it.each(deletions)(
    'does not let %s through where the list of apps shows the variable',
    async (...deletion) => {
      await scene.sandbox.migrate({ state: 'locked' });
      await scene.sandbox.set({ migrationReads: 'denied' });
      const refused = await call(deletion);
      expect(errorOf(refused).code).toBe('in_migration');
      expect(refused.text).toContain(
        "The app's variable GEN2_MIGRATION_ENVIRONMENT_NAME names this environment",
      );
    },
  );

  it.each(pushes)('is asked about before %s where the variable names the environment', async (...push) => {
    await scene.sandbox.migrate({ state: 'locked' });
    await scene.sandbox.set({ migrationReads: 'denied' });
    expect(errorOf(await call(push, never)).code).toBe('in_migration');
    expect(['confirmation_required', 'in_migration']).toContain(errorOf(await call(push)).code);
    expect(await writesSent()).toEqual([]);
  });

  it('is in the answer of a push that nobody is asked about', async () => {
    await scene.sandbox.set({ migrationReads: 'denied' });
    for (const flags of [{}, never]) {
      const done = await call(
        ['update_backend_storage', on('dev', { ...storage, resourceConfig: readers })],
        flags,
      );
      expect(done.isError).toBeUndefined();
      expect(done.text).toMatch(/not fully known.*amplify:ListBranches/s);
    }
  });
});

it('an update that destroys a table which Gen 2 uses is refused, although nothing is locked', async () => {
  await scene.sandbox.migrate({ state: 'deployed-adopted', locked: false });
  const config = { transformSchema: 'type Query { ping: String }' };
  const refused = await call(['update_backend_api', on('dev', { ...api, resourceConfig: config })], never);
  expect(errorOf(refused).code).toBe('in_migration');
  expect(refused.text).toMatch(/This call would delete what Gen 2 \(gen2-main\) uses: .*Product-\S+-dev/);
  expect(await writesSent()).toEqual([]);
});

describe('a push to what Gen 2 uses, although nothing is locked', () => {
  beforeEach(() => scene.sandbox.migrate({ state: 'deployed-adopted', locked: false }));
  const words = /Gen 2 \(gen2-main\) uses the tables .*Product-\S+-dev.*AWS deploys this change/s;

  const isImport = ([tool]: Write) => tool.startsWith('import_');
  const gentle = pushes.filter(push => !isImport(push));

  it.each(gentle)('is asked about before %s', async (...push) => {
    const answerOf = await scene.callAtOnce([[dry(push)], [push]]);
    expect(answerOf(dry(push)).text).toMatch(words);
    const asked = answerOf(push);
    expect(errorOf(asked).code).toBe('confirmation_required');
    expect(asked.text).toMatch(words);
    expect(await writesSent()).toEqual([]);
    const { confirmationToken } = asked.content as { confirmationToken: string };
    await call([push[0], { ...push[1], confirmationToken }]);
    expect(await writesSent()).toHaveLength(1);
  });

  it.each(pushes.filter(isImport))(
    'is refused as %s, since it would replace what is there',
    async (...push) => {
      expect(errorOf(await call(push))).toMatchObject({ code: 'in_migration' });
      expect(await writesSent()).toEqual([]);
    },
  );

  const tools = ['update_backend_storage', 'generate_backend_api_models', 'change_environment'];
  it.each(gentle.filter(([tool]) => tools.includes(tool)))(
    'is refused where nobody can be asked: %s',
    async (...push) => {
      const refused = await call(push, never);
      expect(errorOf(refused)).toMatchObject({ code: 'in_migration' });
      expect(refused.text).toContain('nobody can be asked');
      expect(await writesSent()).toEqual([]);
    },
  );

  it('goes through where a person has set allowMigrated and nobody is asked, and its answer says it', async () => {
    const update = ['update_backend_storage', on('dev', { ...storage, resourceConfig: readers })] as const;
    const done = await call(update, letThrough);
    expect(done.text).toMatch(words);
    expect(await writesSent()).toEqual(['UpdateBackendStorage']);
  });

  it('is not asked about in an environment that Gen 2 does not use', async () => {
    const update = ['update_backend_storage', on('prod', { ...storage, resourceConfig: readers })] as const;
    expect((await call(update)).isError).toBeUndefined();
  });
});
