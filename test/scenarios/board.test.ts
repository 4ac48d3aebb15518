/** `read_board`: what the page shows of an app, for clients that show pages. */
import { describe, expect, it } from 'vitest';
import { sandboxAccountId } from '../../src/sandbox/identity.ts';
import type { Json } from '../support/child.ts';
import { generations, textOf, today } from '../support/clients.ts';
import { setHome } from '../support/home.ts';
import { hostileNames } from '../support/hostile-names.ts';
import { fillWith, hostileAppId } from '../support/hostile-world.ts';
import { shareClients } from '../support/scene.ts';
import { appId, on } from './cases/case.ts';

interface Board extends Json {
  readonly environments: readonly Json[];
  readonly running: readonly Json[];
  readonly failures: readonly Json[];
}

describe.each(generations)('$name', ({ connect }) => {
  const scene = setHome({ jobMs: 600_000 });
  const share = shareClients((env, flags, person) => connect(env, flags, person, true));
  const open = () => share(scene.sandbox.env);
  const read = async (args: Json = {}) =>
    (await (await open()).callTool('read_board', args)).structuredContent as unknown as Board;

  it('shows the environments of the only app with their resources', async () => {
    const board = await read();
    const app = { appId, name: 'shop', account: sandboxAccountId, region: 'us-east-1' };
    expect(board).toMatchObject({ app, running: [], failures: [], ttlMs: 30_000 });
    expect(board.environments.map(({ name }) => name)).toEqual(expect.arrayContaining(['dev', 'prod']));
    expect(board.environments.find(({ name }) => name === 'dev')).toMatchObject({
      status: 'deployed',
      health: 'ok',
      stack: { status: 'UPDATE_COMPLETE' },
      resources: expect.arrayContaining([
        { category: 'auth', name: expect.any(String), service: 'Cognito', health: 'ok' },
      ]),
    });
    expect(await read({ app: 'shop' })).toMatchObject({ app: { appId } });
  });

  it('reads only the names of the environments, or only their jobs, if the page asks for no more', async () => {
    const host = await open();
    await host.callTool('generate_backend_api_models', on('dev', { resourceName: 'shopapi' }));
    const whole = await read();
    const names = whole.environments.map(({ name }) => name);
    const readsFor = async (only: string, environment?: string) => {
      const before = (await scene.sandbox.requests()).length;
      const { environments, moreEnvironments, running } = (await read({
        app: 'shop',
        only,
        environment,
      })) as Json & Board;
      const sent = (await scene.sandbox.requests()).slice(before).map(({ operation }) => operation);
      return { environments, moreEnvironments, jobs: running.map(({ jobId }) => jobId), sent };
    };
    const alone = { environments: [], moreEnvironments: names };
    const byName = await readsFor('names');
    expect(byName).toMatchObject({ ...alone, jobs: [] });
    expect(byName.sent).not.toContain('ListBackendJobs');
    const jobs = await readsFor('jobs');
    expect(jobs).toMatchObject({ ...alone, jobs: whole.running.map(({ jobId }) => jobId) });
    expect(jobs.jobs).toHaveLength(1);
    expect(jobs.sent.filter(one => one === 'ListBackendJobs')).toHaveLength(names.length);
    const ofOne = await readsFor('jobs', 'dev');
    expect(ofOne).toMatchObject({ environments: [], jobs: jobs.jobs });
    expect(ofOne.sent.filter(one => one === 'ListBackendJobs')).toHaveLength(1);
    expect((await readsFor('jobs', 'prod')).jobs).toEqual([]);
    const textFor = async (args: Json) => textOf(await host.callTool('read_board', args));
    expect(await textFor({ app: 'shop', only: 'names' })).not.toMatch(/jobs/);
    expect(await textFor({ app: 'shop', only: 'jobs', environment: 'prod' })).toContain('0 jobs of prod run');
    for (const { sent } of [byName, jobs]) expect(sent).not.toContain('DescribeStacks');
  });

  it('shows a running job with its age, and what changes meanwhile; then reads again soon', async () => {
    const host = await open();
    const args = on('dev', { resourceName: 'shopapi' });
    const { job } = (await host.callTool('generate_backend_api_models', args)).structuredContent;
    const board = await read();
    expect(board.running).toEqual([
      {
        environment: 'dev',
        operation: 'GenerateBackendAPIModels',
        jobId: (job as Json).jobId,
        uri: (job as Json).uri,
        state: 'running',
        elapsedMs: expect.any(Number),
        expectedMs: expect.any(Number),
        progress: 0,
        text: expect.stringMatching(/^AWS, which says "PENDING"/),
      },
    ]);
    expect(board.ttlMs).toBeLessThan(30_000);
    const environment = board.environments.find(({ name }) => name === 'dev') as Json;
    expect(environment.health).toBe('changing');
    const healthOf = (category: string) =>
      (environment.resources as Json[]).find(one => one.category === category)?.health;
    expect([healthOf('api'), healthOf('auth'), healthOf('storage')]).toEqual(['changing', 'ok', 'ok']);
  });

  it("shows a failure with AWS's reason", async () => {
    await scene.sandbox.order('GenerateBackendAPIModels', 'job-fails');
    const host = await open();
    const args = on('dev', { resourceName: 'shopapi' });
    await host.callTool('generate_backend_api_models', args);
    scene.sandbox.finishJobs();
    const { failures, running } = await read();
    expect(running).toEqual([]);
    expect(failures).toMatchObject([
      {
        environment: 'dev',
        operation: 'GenerateBackendAPIModels',
        at: expect.any(String),
        reason: expect.any(String),
      },
    ]);
  });
});

describe('in one process', () => {
  const scene = setHome({});
  const share = shareClients((env, flags, person) => today.connect(env, flags, person, true));
  const read = async (args: Json = {}, flags: readonly string[] = []) =>
    (await share(scene.sandbox.env, flags)).callTool('read_board', args);

  it('an environment that cannot be read says why, and the others are shown', async () => {
    await scene.sandbox.load({ environment: 'odd', meta: '<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> x' });
    const { environments } = (await read()).structuredContent as unknown as Board;
    expect(environments.find(({ name }) => name === 'odd')).toMatchObject({
      status: 'unreadable',
      health: 'unknown',
      resources: [],
      error: expect.stringContaining('merge conflict'),
    });
    expect(environments.find(({ name }) => name === 'dev')).toMatchObject({ health: 'ok' });
  });

  it('shows 25 environments, and names all others', async () => {
    const names = Array.from({ length: 30 }, (_, at) => `e${String(at).padStart(2, '0')}`);
    for (const environment of names) await scene.sandbox.load({ environment, meta: {} });
    const { environments, moreEnvironments } = (await read()).structuredContent as unknown as Board & {
      moreEnvironments: string[];
    };
    expect(environments).toHaveLength(25);
    const all = [...environments.map(({ name }) => name), ...moreEnvironments];
    expect(all).toEqual(expect.arrayContaining(['dev', ...names, 'prod']));
    expect(new Set(all).size).toBe(all.length);
  });

  it('an unknown app is not found, and an unknown target is refused', async () => {
    expect((await read({ app: 'd1nobodys' })).structuredContent.error).toMatchObject({ code: 'not_found' });
    expect((await read({ app: 'nobodys' })).structuredContent.error).toMatchObject({ code: 'not_found' });
    expect((await read({ target: 'nowhere' })).structuredContent.error).toMatchObject({
      code: 'invalid_arguments',
    });
  });

  it('lists several apps to choose from, and shows the chosen one', async () => {
    await scene.sandbox.load({ appId: 'd2other', environment: 'dev', meta: {} });
    const { apps, environments } = (await read()).structuredContent as unknown as Board & { apps: Json[] };
    expect(apps.map(app => app.appId)).toEqual(expect.arrayContaining([appId, 'd2other']));
    expect(environments).toEqual([]);
    expect((await read({ app: 'd2other' })).structuredContent).toMatchObject({
      app: { appId: 'd2other' },
      environments: [{ name: 'dev' }],
    });
  });

  it('lists the apps of several accounts, and reads the chosen app in its own account', async () => {
    const targets = { one: { region: 'us-east-1' }, two: { region: 'us-east-1', apps: ['d2other'] } };
    await scene.sandbox.load({ appId: 'd2other', environment: 'dev', meta: {} });
    const flags = ['--targets', JSON.stringify(targets)];
    const listed = await (await share(scene.sandbox.env, flags)).listTools();
    const { inputSchema } = listed.find(({ name }) => name === 'read_board') as Json;
    expect(inputSchema).toMatchObject({ properties: { target: { enum: ['one', 'two'] } } });
    expect((inputSchema as Json).required ?? []).not.toContain('target');
    const { apps } = (await read({}, flags)).structuredContent as { apps: Json[] };
    expect(apps).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ appId, target: 'one' }),
        expect.objectContaining({ appId: 'd2other', target: 'two' }),
      ]),
    );
    const shop = await read({ app: 'shop' }, flags);
    expect(shop.structuredContent).toMatchObject({ app: { appId, target: 'one' } });
    const other = await read({ app: 'd2other', target: 'two' }, flags);
    expect(other.structuredContent).toMatchObject({ app: { appId: 'd2other', target: 'two' } });
    const refused = await read({ app: appId, target: 'two' }, flags);
    expect(refused.structuredContent.error).toMatchObject({ code: 'policy_denied' });
  });

  it.each(Object.entries(hostileNames).slice(0, 4))(
    '%s in a name adds no lines to the text',
    async (_, name) => {
      await fillWith(scene.sandbox, name);
      const board = await read({ app: hostileAppId });
      expect(board.structuredContent.error).toBeUndefined();
      expect(textOf(board).split('\n').length).toBeLessThan(8);
    },
  );
});
