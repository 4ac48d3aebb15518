/**
 * Writes to an environment that AWS's tool has not locked, or of which a read was refused: which are confirmed first, which
 * are refused with `confirm: never`, and which are sent without a question.
 */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setGuardedWrites, type Write } from '../support/guarded-writes.ts';
import { on } from './cases/case.ts';
import {
  api,
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

describe('an app without any sign of a migration', () => {
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

  it('needs the usual confirmation for a deletion, and is deleted after it', async () => {
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

describe('a sign of a migration that could not be read', () => {
  it('is named in the question and in a dry run, and does not refuse the deletion', async () => {
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

  it.each(deletions)(
    'refuses %s if nobody can be asked, and names the denied actions',
    async (...deletion) => {
      await scene.sandbox.set({ migrationReads: 'denied' });
      const refused = await call(deletion, never);
      expect(errorOf(refused)).toMatchObject({ code: 'in_migration' });
      expect(refused.text).toMatch(/nobody can be asked/);
      for (const words of ['amplify:ListBranches', 'allowMigrated']) expect(refused.text).toContain(words);
      const planned = await call(dry(deletion), never);
      expect([...problemsOf(planned), errorOf(planned).message].join('\n')).toContain('nobody can be asked');
      expect(await writesSent()).toEqual([]);
    },
  );

  it('does not refuse a deletion under allowMigrated, and is named in its answer', async () => {
    await scene.sandbox.set({ migrationReads: 'denied' });
    const done = await call(['delete_backend', on('dev')], letThrough);
    expect(done.isError).toBeUndefined();
    expect(done.text).toContain('amplify:ListBranches');
  });

  it.each(deletions)(
    'refuses %s if the list of apps shows the variable GEN2_MIGRATION_ENVIRONMENT_NAME',
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

  it.each(pushes)('stops %s if the variable names the environment', async (...push) => {
    await scene.sandbox.migrate({ state: 'locked' });
    await scene.sandbox.set({ migrationReads: 'denied' });
    expect(errorOf(await call(push, never)).code).toBe('in_migration');
    expect(['confirmation_required', 'in_migration']).toContain(errorOf(await call(push)).code);
    expect(await writesSent()).toEqual([]);
  });

  it('is named in the answer of a push that needs no confirmation', async () => {
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

  const tools = ['update_backend_storage', 'generate_backend_api_models', 'change_environment'];
  const silent = gentle.filter(([tool]) => tools.includes(tool));
  let answerOf: Awaited<ReturnType<typeof scene.callAtOnce>>;
  let writesOfAll: readonly string[];
  beforeAll(async () => {
    await scene.sandbox.reset();
    await scene.sandbox.migrate({ state: 'deployed-adopted', locked: false });
    answerOf = await scene.callAtOnce([
      ...gentle.flatMap(push => [[dry(push)] as const, [push] as const]),
      ...pushes.filter(isImport).map(push => [push] as const),
      ...silent.map(push => [push, never] as const),
    ]);
    writesOfAll = await writesSent();
  });

  it.each(gentle)('by %s needs a confirmation', async (...push) => {
    expect(answerOf(dry(push)).text).toMatch(words);
    const asked = answerOf(push);
    expect(errorOf(asked).code).toBe('confirmation_required');
    expect(asked.text).toMatch(words);
    expect(writesOfAll).toEqual([]);
    const { confirmationToken } = asked.content as { confirmationToken: string };
    await call([push[0], { ...push[1], confirmationToken }]);
    expect(await writesSent()).toHaveLength(1);
  });

  it.each(pushes.filter(isImport))(
    'is refused as %s, since an import would replace the existing resource',
    (...push) => {
      expect(errorOf(answerOf(push))).toMatchObject({ code: 'in_migration' });
      expect(writesOfAll).toEqual([]);
    },
  );

  it.each(silent)('is refused if nobody can be asked: %s', (...push) => {
    const refused = answerOf(push, never);
    expect(errorOf(refused)).toMatchObject({ code: 'in_migration' });
    expect(refused.text).toContain('nobody can be asked');
    expect(writesOfAll).toEqual([]);
  });

  it('is sent under allowMigrated with confirm: never, and its answer names what Gen 2 uses', async () => {
    const update = ['update_backend_storage', on('dev', { ...storage, resourceConfig: readers })] as const;
    const done = await call(update, letThrough);
    expect(done.text).toMatch(words);
    expect(await writesSent()).toEqual(['UpdateBackendStorage']);
  });

  it('needs no confirmation in an environment that Gen 2 does not use', async () => {
    const update = ['update_backend_storage', on('prod', { ...storage, resourceConfig: readers })] as const;
    expect((await call(update)).isError).toBeUndefined();
  });
});
