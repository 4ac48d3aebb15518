/**
 * A Gen 2 backend that lives in another Amplify app than the environment, as where hosting is deployed by hand: it is found by
 * its stacks, before anything is deleted that it uses, although nothing is locked and the app has no Gen 2 branch.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AppInMemory, connectToApp } from '../support/app-memory.ts';
import type { Json } from '../support/child.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts';
import { on } from './cases/case.ts';

const shop = { app: 'd1sandboxshop', environment: 'dev' };
const gen2App = 'd2gen2shop';

type Write = readonly [tool: string, args: Json];

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

let sandbox: TestSandbox;
const servers = new Map<string, AppInMemory>();
beforeAll(async () => {
  sandbox = await startTestSandbox({ jobMs: 1 });
});
beforeEach(() => sandbox.reset());
afterAll(async () => {
  for (const server of servers.values()) await server.close();
  await sandbox.close();
});

async function call([name, args]: Write, flags: Record<string, unknown> = {}) {
  const key = JSON.stringify(flags);
  const server = servers.get(key) ?? (await connectToApp(sandbox.env, flags));
  servers.set(key, server);
  const result = (await server.client.callTool({ name, arguments: args })) as Json;
  const { isError, structuredContent, content } = result as {
    isError?: boolean;
    structuredContent: Json;
    content: { text?: string }[];
  };
  const text = content.map(one => one.text).join('\n');
  return { isError, text, content: structuredContent, error: (structuredContent.error ?? {}) as Json };
}

const sent = async () => (await sandbox.requests()).map(({ operation }) => operation ?? '');
const writesSent = async () =>
  (await sent()).filter(one => /^(Create|Update|Delete|Remove|Import|Generate|Clone)/.test(one));

describe.each(['deployed-adopted', 'refactored', 'retained'])('a Gen 2 app elsewhere that is %s', state => {
  it.each(deletions)('keeps %s from deleting what it uses', async (...deletion) => {
    await sandbox.migrate({ state, gen2App, locked: false });
    // Of several, those that Gen 2 does not use go where nobody is asked.
    const silent = 'environments' in deletion[1] ? [] : [{ confirm: 'never' }];
    for (const flags of [{}, ...silent]) {
      const refused = await call(deletion, flags);
      expect(refused.error).toMatchObject({ code: 'in_migration' });
      expect(refused.text).toContain('Gen 2 (d2gen2shop/gen2main)');
      expect(refused.text).toContain('a Gen 2 backend of another app uses what it has');
    }
    const planned = await call([deletion[0], { ...deletion[1], dryRun: true }]);
    expect(JSON.stringify(planned.content)).toContain('d2gen2shop/gen2main');
    expect(await writesSent()).toEqual([]);
  });
});

describe('a Gen 2 app elsewhere', () => {
  it('is named where the environment is locked, too', async () => {
    await sandbox.migrate({ state: 'deployed-adopted', gen2App });
    const { text } = await call(['delete_backend', on('dev')]);
    expect(text).toMatch(/d2gen2shop\/gen2main.*Product-\S+-dev/s);
    expect(text).toContain('refactor --to amplify-d2gen2shop-gen2main-branch-');
  });

  it('keeps nobody from deleting an environment that it does not use', async () => {
    await sandbox.migrate({ state: 'deployed-adopted', gen2App, locked: false });
    expect((await call(['delete_backend', on('partner')], { confirm: 'never' })).isError).toBeUndefined();
    expect(await writesSent()).toEqual(['DeleteBackend']);
  });

  it('keeps nobody from deleting where its tables are its own', async () => {
    await sandbox.migrate({ state: 'deployed-new', gen2App, locked: false });
    expect((await call(['delete_backend', on('dev')], { confirm: 'never' })).isError).toBeUndefined();
  });

  it('is not named where the configuration excludes its app, and protects all the same', async () => {
    await sandbox.migrate({ state: 'deployed-adopted', gen2App, locked: false });
    const { error, text } = await call(['delete_backend', on('dev')], { apps: 'd1sandboxshop' });
    expect(error.code).toBe('in_migration');
    expect(text).toContain('an app that this server does not show');
    expect(text).not.toContain(gen2App);
  });

  it('is let through where a person has set allowMigrated, and stands in the plan', async () => {
    await sandbox.migrate({ state: 'deployed-adopted', gen2App, locked: false });
    const { error, text } = await call(['delete_backend', on('dev')], { allowMigrated: true });
    expect(error.code).toBe('confirmation_required');
    expect(text).toMatch(/Gen 2 uses what this environment has: .*Product-\S+-dev/);
  });

  it('is unknown where the stacks may not be described, which the question says and a silent deletion is refused for', async () => {
    await sandbox.set({ migrationReads: 'describe-denied' });
    const asked = await call(['delete_backend', on('dev')]);
    expect(asked.error.code).toBe('confirmation_required');
    expect(asked.text).toMatch(
      /not fully known.*Gen 2 backends of other apps.*cloudformation:DescribeStacks/s,
    );
    const silent = await call(['delete_backend', on('dev')], { confirm: 'never' });
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
  beforeEach(() => sandbox.migrate({ state: 'deployed-adopted', gen2App, locked: false }));

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
    await sandbox.migrate({ environment: 'dev', state: 'deployed-adopted' });
    const own = await call(['verify_migration', shop]);
    expect(own.content).toMatchObject({ branch: 'gen2-main' });
  });
});
