/**
 * A Gen 2 backend that lives in another Amplify app than the environment, as where hosting is deployed by hand: it is found by
 * its stacks, before anything is deleted that it uses, although nothing is locked and the app has no Gen 2 branch.
 */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setGuardedWrites, type Write } from '../support/guarded-writes.ts';
import { on } from './cases/case.ts';

const shop = { app: 'd1sandboxshop', environment: 'dev' };
const gen2App = 'd2gen2shop';

const deletions: readonly Write[] = [
  ['delete_backend', on('dev')],
  ['delete_backend_auth', on('dev', { resourceName: 'shopauth' })],
  ['delete_backend_api', on('dev', { resourceName: 'shopapi' })],
  ['delete_backend_storage', on('dev', { resourceName: 'shopmedia', serviceName: 'S3' })],
  ['remove_all_backends', { appId: 'd1sandboxshop' }],
  ['decommission_environment', shop],
  ['decommission_environment', { app: 'd1sandboxshop', environments: ['partner', 'dev'] }],
  [
    'update_backend_api',
    on('dev', {
      ...{ resourceName: 'shopapi', resourceConfig: { transformSchema: 'type Query { ping: String }' } },
    }),
  ],
];

const api = { resourceName: 'shopapi' };
const readers = { permissions: { authenticated: ['READ'] }, serviceName: 'S3' };
const passwords = {
  ...{ authResources: 'IDENTITY_POOL_AND_USER_POOL', service: 'COGNITO' },
  userPoolConfigs: { passwordPolicy: { minimumLength: 10 } },
};

const pushes: readonly Write[] = [
  [
    'create_backend_api',
    on('dev', { resourceName: 'orders', resourceConfig: { apiName: 'orders', service: 'AppSync' } }),
  ],
  ['create_backend_storage', on('dev', { resourceName: 'files', resourceConfig: readers })],
  ['update_backend_auth', on('dev', { resourceName: 'shopauth', resourceConfig: passwords })],
  [
    'update_backend_api',
    on('dev', { ...api, resourceConfig: { conflictResolution: { resolutionStrategy: 'LAMBDA' } } }),
  ],
  ['generate_backend_api_models', on('dev', api)],
  ['update_backend_storage', on('dev', { resourceName: 'shopmedia', resourceConfig: readers })],
  ['change_environment', { ...shop, auth: { userPoolConfigs: { passwordPolicy: { minimumLength: 12 } } } }],
];

const scene = setGuardedWrites();
const { call, sent, writesSent } = scene;

const never = { confirm: 'never' };
const dry = ([tool, args]: Write): Write => [tool, { ...args, dryRun: true }];

describe.each(['deployed-adopted', 'refactored', 'retained'])('a Gen 2 app elsewhere that is %s', state => {
  // Of several, those that Gen 2 does not use go where nobody is asked.
  const settingsFor = ([, args]: Write) => ('environments' in args ? [{}] : [{}, never]);
  let answerOf: Awaited<ReturnType<typeof scene.callAtOnce>>;
  let writesOfAll: readonly string[];

  beforeAll(async () => {
    await scene.sandbox.reset();
    await scene.sandbox.migrate({ state, gen2App, locked: false });
    answerOf = await scene.callAtOnce(
      deletions.flatMap(deletion => [
        ...settingsFor(deletion).map(settings => [deletion, settings] as const),
        [dry(deletion)] as const,
      ]),
    );
    writesOfAll = await writesSent();
  });

  it.each(deletions)('keeps %s from deleting what it uses', (...deletion) => {
    for (const settings of settingsFor(deletion)) {
      const refused = answerOf(deletion, settings);
      expect(refused.error).toMatchObject({ code: 'in_migration' });
      expect(refused.text).toContain('Gen 2 (d2gen2shop/gen2main)');
      expect(refused.text).toContain('a Gen 2 backend of another app uses what it has');
    }
    expect(JSON.stringify(answerOf(dry(deletion)).content)).toContain('d2gen2shop/gen2main');
    expect(writesOfAll).toEqual([]);
  });
});

describe('a push to what a Gen 2 app elsewhere uses, although nothing is locked', () => {
  beforeEach(() => scene.sandbox.migrate({ state: 'deployed-adopted', gen2App, locked: false }));
  const words = /Gen 2 \(d2gen2shop\/gen2main\) uses the tables .*Product-\S+-dev.*AWS deploys this change/s;

  it.each(pushes)('is asked about before %s, and refused where nobody can be asked', async (...push) => {
    const answerOf = await scene.callAtOnce([[dry(push)], [push], [push, never]]);
    expect(JSON.stringify(answerOf(dry(push)).content)).toMatch(words);
    const asked = answerOf(push);
    expect(asked.error.code).toBe('confirmation_required');
    expect(asked.text).toMatch(words);
    const refused = answerOf(push, never);
    expect(refused.error.code).toBe('in_migration');
    expect(refused.text).toContain('nobody can be asked');
    expect(await writesSent()).toEqual([]);
    const { confirmationToken } = asked.content as { confirmationToken: string };
    await call([push[0], { ...push[1], confirmationToken }]);
    expect(await writesSent()).toHaveLength(1);
  });

  it.each(['refactored', 'retained', 'half-failed'])('is refused once it is %s', async state => {
    await scene.sandbox.migrate({ state, gen2App, locked: false });
    const answerOf = await scene.callAtOnce(pushes.map(push => [push] as const));
    for (const push of pushes) {
      const refused = answerOf(push);
      expect(refused.error.code, push[0]).toBe('in_migration');
      expect(refused.text, push[0]).toMatch(/owns the .*user pool .*by now/s);
    }
    expect(await writesSent()).toEqual([]);
  });

  it('is asked about before provision_environment overwrites, and refused where nobody can be asked', async () => {
    await scene.sandbox.migrate({ environment: 'prod', state: 'deployed-adopted', gen2App, locked: false });
    const auth = { signIn: 'USERNAME', mfa: 'OPTIONAL' };
    const over: Write = ['provision_environment', { ...shop, environment: 'prod', auth, overwrite: true }];
    const asked = await call(over);
    expect(asked.error.code).toBe('confirmation_required');
    expect(asked.text).toMatch(/Gen 2 \(d2gen2shop\/gen2main\) uses .*AWS deploys this change/s);
    expect(JSON.stringify((await call(over, never)).content)).toContain('nobody can be asked');
    expect(await writesSent()).toEqual([]);
  });

  it('is not asked about in an environment that it does not use, nor where its tables are its own', async () => {
    const update = (environment: string) =>
      call([
        'update_backend_storage',
        on(environment, { resourceName: 'shopmedia', resourceConfig: readers }),
      ]);
    expect((await update('prod')).isError).toBeUndefined();
    await scene.sandbox.migrate({ state: 'deployed-new', gen2App, locked: false });
    expect((await update('dev')).isError).toBeUndefined();
  });

  it('names in a dry run and in its answer what could not be looked at', async () => {
    await scene.sandbox.set({ migrationReads: 'describe-denied' });
    const update = on('dev', { resourceName: 'shopmedia', resourceConfig: readers, dryRun: true });
    const { content } = await call(['update_backend_storage', update]);
    expect(JSON.stringify(content)).toMatch(/not fully known.*cloudformation:DescribeStacks/s);
    const { dryRun, ...args } = update;
    const done = await call(['update_backend_storage', args], never);
    expect(done.isError).toBeUndefined();
    expect(done.text).toMatch(/not fully known.*cloudformation:DescribeStacks/s);
  });
});

describe('a Gen 2 app elsewhere', () => {
  it('is named where the environment is locked, too', async () => {
    await scene.sandbox.migrate({ state: 'deployed-adopted', gen2App });
    const { text } = await call(['delete_backend', on('dev')]);
    expect(text).toMatch(/d2gen2shop\/gen2main.*Product-\S+-dev/s);
    expect(text).toContain('refactor --to amplify-d2gen2shop-gen2main-branch-');
  });

  it('keeps nobody from deleting an environment that it does not use', async () => {
    await scene.sandbox.migrate({ state: 'deployed-adopted', gen2App, locked: false });
    expect((await call(['delete_backend', on('partner')], never)).isError).toBeUndefined();
    expect(await writesSent()).toEqual(['DeleteBackend']);
  });

  it('keeps nobody from deleting where its tables are its own', async () => {
    await scene.sandbox.migrate({ state: 'deployed-new', gen2App, locked: false });
    expect((await call(['delete_backend', on('dev')], never)).isError).toBeUndefined();
  });

  it('is not named where the configuration excludes its app, and protects all the same', async () => {
    await scene.sandbox.migrate({ state: 'deployed-adopted', gen2App, locked: false });
    const { error, text } = await call(['delete_backend', on('dev')], { apps: 'd1sandboxshop' });
    expect(error.code).toBe('in_migration');
    expect(text).toContain('an app that this server does not show');
    expect(text).not.toContain(gen2App);
  });

  it('is let through where a person has set allowMigrated, and stands in the plan', async () => {
    await scene.sandbox.migrate({ state: 'deployed-adopted', gen2App, locked: false });
    const { error, text } = await call(['delete_backend', on('dev')], { allowMigrated: true });
    expect(error.code).toBe('confirmation_required');
    expect(text).toMatch(/Gen 2 uses what this environment has: .*Product-\S+-dev/);
  });

  it('is unknown where the stacks may not be described, which the question says and a silent deletion is refused for', async () => {
    await scene.sandbox.set({ migrationReads: 'describe-denied' });
    const asked = await call(['delete_backend', on('dev')]);
    expect(asked.error.code).toBe('confirmation_required');
    expect(asked.text).toMatch(
      /not fully known.*Gen 2 backends of other apps.*cloudformation:DescribeStacks/s,
    );
    const silent = await call(['delete_backend', on('dev')], never);
    expect(silent.error.code).toBe('in_migration');
    expect(silent.text).toContain('cloudformation:DescribeStacks');
    expect(await writesSent()).toEqual([]);
  });

  it('costs a deletion one more read where there is none', async () => {
    await call(['delete_backend', on('dev')]);
    const reads = (await sent()).filter(one => /DescribeStacks|ListStacks|ListStackResources/.test(one));
    expect(reads.length).toBeLessThanOrEqual(3);
    expect(new Set(reads)).toEqual(new Set(['cloudformation:DescribeStacks']));
  });
});

describe('a proof of a migration into another app', () => {
  beforeEach(() => scene.sandbox.migrate({ state: 'deployed-adopted', gen2App, locked: false }));

  it.each([{ branch: 'd2gen2shop/gen2-main' }, { branch: 'd2gen2shop/gen2main' }, {}])(
    'is taken with %j',
    async more => {
      const { content } = await call(['verify_migration', { ...shop, ...more }]);
      expect(content).toMatchObject({ branch: 'd2gen2shop/gen2main', counts: { models: 4, adopted: 4 } });
    },
  );

  it('is refused where there is no such branch, or its app is excluded', async () => {
    const absent = await call(['verify_migration', { ...shop, branch: 'd2gen2shop/other' }]);
    expect(absent.error.code).toBe('not_found');
    const excluded = ['verify_migration', { ...shop, branch: 'd2gen2shop/gen2main' }] as const;
    expect((await call(excluded, { apps: 'd1sandboxshop' })).error.code).toBe('policy_denied');
    expect((await call(['verify_migration', shop], { apps: 'd1sandboxshop' })).error.code).toBe('not_found');
  });

  it('asks which one is meant where there are several', async () => {
    await scene.sandbox.migrate({ environment: 'dev', state: 'deployed-adopted' });
    const own = await call(['verify_migration', shop]);
    expect(own.content).toMatchObject({ branch: 'gen2-main' });
  });
});

describe('the readiness and the runbook of an environment whose Gen 2 is in another app', () => {
  const runbook = async (branch?: string) => {
    const server = await scene.serverWith();
    const given = { app: 'd1sandboxshop', environment: 'dev', ...(branch && { branch }) };
    const { messages } = await server.client.getPrompt({ name: 'plan_migration', arguments: given });
    return messages.map(({ content }) => (content.type === 'text' ? content.text : '')).join('\n');
  };

  it.each([
    ['deployed-adopted', 'deployed', 6],
    ['refactored', 'refactored', 8],
    ['retained', 'retained', 9],
    ['half-failed', 'failed', 7],
  ])('say where it stands: %s', async (state, stage, step) => {
    await scene.sandbox.migrate({ state, gen2App });
    const assess: Write = ['assess_migration', shop];
    const describeIt: Write = ['describe_environment', shop];
    const branches = [undefined, 'd2gen2shop/gen2-main'];
    const [answerOf, ...plans] = await Promise.all([
      scene.callAtOnce([[assess], [describeIt]]),
      ...branches.map(runbook),
    ]);
    const { content, text } = answerOf(assess);
    expect(content.stage).toBe(stage);
    expect(text).not.toMatch(/no Gen 2 backend is deployed|push, and assess|conflict detection/);
    const described = answerOf(describeIt);
    // It reads no templates, which show what is retained.
    const seen = stage === 'retained' ? 'refactored' : stage;
    expect(described.text).toContain(`On the way to Gen 2 (${seen}): `);
    expect(described.text).toContain('verify_migration of the branch d2gen2shop/gen2main');
    for (const [at, branch] of branches.entries()) {
      const plan = plans[at];
      expect(plan).toContain(`Next: step ${step}.`);
      expect(plan).toContain(
        'Gen 2 branch: d2gen2shop/gen2main, deployed. It belongs to another app, d2gen2shop',
      );
      expect(plan).toContain('"branch":"d2gen2shop/gen2main"');
      expect(plan).toContain('refactor --to amplify-d2gen2shop-gen2main-branch-');
      expect(plan).toContain(`git checkout -b ${branch ? 'gen2-main' : 'gen2main'} `);
      expect(plan).not.toContain('no Gen 2 branch');
    }
  });

  it('say so where nothing is locked, and advise no push', async () => {
    await scene.sandbox.migrate({ state: 'deployed-adopted', gen2App, locked: false });
    const { content, text } = await call(['assess_migration', shop]);
    expect(content).toMatchObject({ stage: 'beside' });
    expect(text).toContain('verify_migration of the branch d2gen2shop/gen2main');
    expect(text).not.toMatch(/push, and assess|clone_environment/);
    expect(await runbook()).toContain('Next: step 6.');
  });

  it('name no app that the configuration excludes', async () => {
    await scene.sandbox.migrate({ state: 'deployed-adopted', gen2App });
    const { text, content } = await call(['assess_migration', shop], { apps: 'd1sandboxshop' });
    expect(content.stage).toBe('deployed');
    expect(text).not.toContain(gen2App);
  });
});

it('names the branch by its own name, and its app, where its tables are new', async () => {
  await scene.sandbox.migrate({ state: 'deployed-new', gen2App });
  for (const branch of ['d2gen2shop/gen2main', 'd2gen2shop/gen2-main']) {
    const { text } = await call(['verify_migration', { ...shop, branch }]);
    expect(text).toContain('to "gen2-main", the branch of the app d2gen2shop, and deploy again');
  }
});

it("does not take another environment's Gen 2 for a faulty one", async () => {
  await scene.sandbox.migrate({ state: 'deployed-adopted' });
  const { text } = await call(['verify_migration', { ...shop, environment: 'prod' }]);
  expect(text).toContain('This is the Gen 2 backend of the environment dev');
  expect(text).not.toContain('modelNameToTableNameMapping');
});

it('is not ready while the tables of Gen 2 are new', async () => {
  await scene.sandbox.migrate({ state: 'deployed-new' });
  const { content, text } = await call(['assess_migration', shop]);
  expect(content).toMatchObject({ verdict: 'blocked', stage: 'deployed' });
  expect(text).toContain('Set branchName in amplify/data/resource.ts to the name of the Gen 2 branch');
});

it('says what is not known where branches could not be read, and names the rights', async () => {
  await scene.sandbox.migrate({ state: 'deployed-adopted' });
  await scene.sandbox.set({ migrationReads: 'denied' });
  const { text, error } = await call(['verify_migration', shop]);
  expect(error.message).toContain('Whether a branch of the app deploys a Gen 2 backend is not known');
  expect(text).not.toContain('No branch of the app');
  expect(text).toContain('amplify:ListBranches');
});
