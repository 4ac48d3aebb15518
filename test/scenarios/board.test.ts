/** `read_board`: what the page shows of an app, for clients that show pages. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { generations } from '../support/clients.ts';
import { setHome } from '../support/home.ts';
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
    expect(board).toMatchObject({ app: { appId, name: 'shop' }, running: [], failures: [], ttlMs: 30_000 });
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
