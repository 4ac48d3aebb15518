/**
 * The answers of `verify_migration`, `assess_migration` and `plan_migration` for an environment whose Gen 2 backend is in another
 * Amplify app, and for Gen 2 backends that belong only partly to the environment.
 */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setGuardedWrites, type Write } from '../support/guarded-writes.ts';

const shop = { app: 'd1sandboxshop', environment: 'dev' };
const gen2App = 'd2gen2shop';

const scene = setGuardedWrites();
const { call } = scene;

describe('a proof of a migration into another app', () => {
  beforeEach(() => scene.sandbox.migrate({ state: 'deployed-adopted', gen2App, locked: false }));

  const ways = [{ branch: 'd2gen2shop/gen2-main' }, { branch: 'd2gen2shop/gen2main' }, {}];
  const proofWith = (more: object): Write => ['verify_migration', { ...shop, ...more }];
  let proofs: Awaited<ReturnType<typeof scene.callAtOnce>>;
  beforeAll(async () => {
    await scene.sandbox.reset();
    await scene.sandbox.migrate({ state: 'deployed-adopted', gen2App, locked: false });
    proofs = await scene.callAtOnce(ways.map(more => [proofWith(more)] as const));
  });

  it.each(ways)('is taken with %j', more => {
    const { content } = proofs(proofWith(more));
    expect(content).toMatchObject({ branch: 'd2gen2shop/gen2main', counts: { models: 4, adopted: 4 } });
  });

  it('is refused if there is no such branch, or its app is excluded', async () => {
    const absent = await call(['verify_migration', { ...shop, branch: 'd2gen2shop/other' }]);
    expect(absent.error.code).toBe('not_found');
    const excluded = ['verify_migration', { ...shop, branch: 'd2gen2shop/gen2main' }] as const;
    expect((await call(excluded, { apps: 'd1sandboxshop' })).error.code).toBe('policy_denied');
    expect((await call(['verify_migration', shop], { apps: 'd1sandboxshop' })).error.code).toBe('not_found');
  });

  it("is of the branch in the environment's own app if there are several", async () => {
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
  ])('name the stage of the migration and the next step: %s', async (state, stage, step) => {
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
    // describe_environment reads no templates, and only these show what is retained.
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

  it('name the stage if nothing is locked, and advise no push', async () => {
    await scene.sandbox.migrate({ state: 'deployed-adopted', gen2App, locked: false });
    const [{ content, text }, plan] = await Promise.all([call(['assess_migration', shop]), runbook()]);
    expect(content).toMatchObject({ stage: 'beside' });
    expect(text).toContain('verify_migration of the branch d2gen2shop/gen2main');
    expect(text).not.toMatch(/push, and assess|clone_environment/);
    expect(plan).toContain('Next: step 6.');
  });

  it('name no app that the configuration excludes', async () => {
    await scene.sandbox.migrate({ state: 'deployed-adopted', gen2App });
    const { text, content } = await call(['assess_migration', shop], { apps: 'd1sandboxshop' });
    expect(content.stage).toBe('deployed');
    expect(text).not.toContain(gen2App);
  });
});

it('verify_migration names the branch by its own name, with its app, if its tables are new', async () => {
  await scene.sandbox.migrate({ state: 'deployed-new', gen2App });
  const branches = ['d2gen2shop/gen2main', 'd2gen2shop/gen2-main'];
  const proofs = branches.map(branch => call(['verify_migration', { ...shop, branch }]));
  for (const { text } of await Promise.all(proofs))
    expect(text).toContain('to "gen2-main", the branch of the app d2gen2shop, and deploy again');
});

it("verify_migration does not report another environment's Gen 2 backend as faulty", async () => {
  await scene.sandbox.migrate({ state: 'deployed-adopted' });
  const { text } = await call(['verify_migration', { ...shop, environment: 'prod' }]);
  expect(text).toContain('This is the Gen 2 backend of the environment dev');
  expect(text).not.toContain('modelNameToTableNameMapping');
});

it('assess_migration says that an environment is blocked while the tables of Gen 2 are new', async () => {
  await scene.sandbox.migrate({ state: 'deployed-new' });
  const { content, text } = await call(['assess_migration', shop]);
  expect(content).toMatchObject({ verdict: 'blocked', stage: 'deployed' });
  expect(text).toContain('Set branchName in amplify/data/resource.ts to the name of the Gen 2 branch');
});

it('verify_migration says what is unknown if branches cannot be read, and names the missing permissions', async () => {
  await scene.sandbox.migrate({ state: 'deployed-adopted' });
  await scene.sandbox.set({ migrationReads: 'denied' });
  const { text, error } = await call(['verify_migration', shop]);
  expect(error.message).toContain('Whether a branch of the app deploys a Gen 2 backend is not known');
  expect(text).not.toContain('No branch of the app');
  expect(text).toContain('amplify:ListBranches');
});
