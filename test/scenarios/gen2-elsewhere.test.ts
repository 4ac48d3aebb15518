/**
 * A Gen 2 backend in another Amplify app than the environment, as people create it when they deploy hosting by hand. The server
 * finds it by its stacks before it deletes anything that the backend uses, although nothing is locked and the environment's app
 * has no Gen 2 branch.
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
  // Under confirm: never, a deletion of several environments deletes those that Gen 2 does not use.
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

  let answerOf: Awaited<ReturnType<typeof scene.callAtOnce>>;
  let writesOfAll: readonly string[];
  beforeAll(async () => {
    await scene.sandbox.reset();
    await scene.sandbox.migrate({ state: 'deployed-adopted', gen2App, locked: false });
    answerOf = await scene.callAtOnce(
      pushes.flatMap(push => [[dry(push)] as const, [push] as const, [push, never] as const]),
    );
    writesOfAll = await writesSent();
  });

  it.each(pushes)('by %s needs a confirmation, and is refused if nobody can be asked', async (...push) => {
    expect(JSON.stringify(answerOf(dry(push)).content)).toMatch(words);
    const asked = answerOf(push);
    expect(asked.error.code).toBe('confirmation_required');
    expect(asked.text).toMatch(words);
    const refused = answerOf(push, never);
    expect(refused.error.code).toBe('in_migration');
    expect(refused.text).toContain('nobody can be asked');
    expect(writesOfAll).toEqual([]);
    const { confirmationToken } = asked.content as { confirmationToken: string };
    await call([push[0], { ...push[1], confirmationToken }]);
    expect(await writesSent()).toHaveLength(1);
  });

  it.each(['refactored', 'retained', 'half-failed'])('is refused once the environment is %s', async state => {
    await scene.sandbox.migrate({ state, gen2App, locked: false });
    const answers = await scene.callAtOnce(pushes.map(push => [push] as const));
    for (const push of pushes) {
      const refused = answers(push);
      expect(refused.error.code, push[0]).toBe('in_migration');
      expect(refused.text, push[0]).toMatch(/owns the .*user pool .*by now/s);
    }
    expect(await writesSent()).toEqual([]);
  });

  it('by provision_environment with overwrite needs a confirmation, and is refused if nobody can be asked', async () => {
    await scene.sandbox.migrate({ environment: 'prod', state: 'deployed-adopted', gen2App, locked: false });
    const auth = { signIn: 'USERNAME', mfa: 'OPTIONAL' };
    const over: Write = ['provision_environment', { ...shop, environment: 'prod', auth, overwrite: true }];
    const asked = await call(over);
    expect(asked.error.code).toBe('confirmation_required');
    expect(asked.text).toMatch(/Gen 2 \(d2gen2shop\/gen2main\) uses .*AWS deploys this change/s);
    expect(JSON.stringify((await call(over, never)).content)).toContain('nobody can be asked');
    expect(await writesSent()).toEqual([]);
  });

  it('needs no confirmation in an environment that Gen 2 does not use, or if Gen 2 has its own tables', async () => {
    const update = (environment: string) =>
      call([
        'update_backend_storage',
        on(environment, { resourceName: 'shopmedia', resourceConfig: readers }),
      ]);
    expect((await update('prod')).isError).toBeUndefined();
    await scene.sandbox.migrate({ state: 'deployed-new', gen2App, locked: false });
    expect((await update('dev')).isError).toBeUndefined();
  });

  it('names in a dry run and in its answer what could not be read', async () => {
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
  it('is also named if the environment is locked', async () => {
    await scene.sandbox.migrate({ state: 'deployed-adopted', gen2App });
    const { text } = await call(['delete_backend', on('dev')]);
    expect(text).toMatch(/d2gen2shop\/gen2main.*Product-\S+-dev/s);
    expect(text).toContain('refactor --to amplify-d2gen2shop-gen2main-branch-');
  });

  it('does not prevent the deletion of an environment that it does not use', async () => {
    await scene.sandbox.migrate({ state: 'deployed-adopted', gen2App, locked: false });
    expect((await call(['delete_backend', on('partner')], never)).isError).toBeUndefined();
    expect(await writesSent()).toEqual(['DeleteBackend']);
  });

  it('does not prevent a deletion if it has its own tables', async () => {
    await scene.sandbox.migrate({ state: 'deployed-new', gen2App, locked: false });
    expect((await call(['delete_backend', on('dev')], never)).isError).toBeUndefined();
  });

  it('is not named if the configuration excludes its app, but still prevents the deletion', async () => {
    await scene.sandbox.migrate({ state: 'deployed-adopted', gen2App, locked: false });
    const { error, text } = await call(['delete_backend', on('dev')], { apps: 'd1sandboxshop' });
    expect(error.code).toBe('in_migration');
    expect(text).toContain('an app that this server does not show');
    expect(text).not.toContain(gen2App);
  });

  it('does not prevent a deletion under allowMigrated, and is named in the plan', async () => {
    await scene.sandbox.migrate({ state: 'deployed-adopted', gen2App, locked: false });
    const { error, text } = await call(['delete_backend', on('dev')], { allowMigrated: true });
    expect(error.code).toBe('confirmation_required');
    expect(text).toMatch(/Gen 2 uses what this environment has: .*Product-\S+-dev/);
  });

  it('is unknown if stacks may not be described: the question says so, and a deletion without a question is refused', async () => {
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

  it('costs a deletion only reads of DescribeStacks if there is none', async () => {
    await call(['delete_backend', on('dev')]);
    const reads = (await sent()).filter(one => /DescribeStacks|ListStacks|ListStackResources/.test(one));
    expect(reads.length).toBeLessThanOrEqual(3);
    expect(new Set(reads)).toEqual(new Set(['cloudformation:DescribeStacks']));
  });
});
