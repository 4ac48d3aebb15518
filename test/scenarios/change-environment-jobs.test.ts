/** `change_environment` while jobs run: it follows its own jobs, and names others, which block it. */
import { describe, expect, it } from 'vitest';
import { callOn, didOf, errorOf, sentOn, strict } from '../support/change-environment.ts';
import type { Json } from '../support/child.ts';
import { textOf, today } from '../support/clients.ts';
import { setScene } from '../support/scene.ts';
import { on } from './cases/case.ts';

describe('running work', () => {
  const { connect } = today;
  const scene = setScene(connect, [], { jobMs: 60_000 });
  const call = callOn(scene);
  const sent = sentOn(scene);

  it('is followed by the next call, step by step, and nothing is sent twice', async () => {
    const args = { ...strict, storage: { permissions: { unAuthenticated: [] } }, timeoutSeconds: 4 };
    // The first call loads modules, which must not count towards the one second that each call has.
    await call({ ...args, dryRun: true });
    for (const operation of ['UpdateBackendAuth', 'UpdateBackendStorage']) {
      for (let time = 0; time < 2; time++) {
        const result = await call(args);
        expect(result.structuredContent).toMatchObject({
          verdict: 'unfinished',
          job: { operation },
          nextSteps: [expect.stringContaining('again with the same arguments')],
        });
      }
      scene.sandbox.finishJobs();
    }
    const result = await call(args);
    expect(result.structuredContent).toMatchObject({ verdict: 'complete' });
    expect(didOf(result)).toEqual(['auth: left alone', 'storage: left alone']);
    expect(await sent()).toEqual([1, 0, 1]);
  });

  it('of another kind blocks a change, and is named', async () => {
    const { structuredContent } = await scene.client.callTool(
      'generate_backend_api_models',
      on('dev', { resourceName: 'shopapi' }),
    );
    const { jobId } = structuredContent.job as Json;
    expect(errorOf(await call(strict))).toMatchObject({
      code: 'pending_job',
      message: expect.stringContaining(String(jobId)),
    });
    expect(textOf(await call({ ...strict, dryRun: true }))).toContain(String(jobId));
    expect(await sent()).toEqual([0, 0, 0]);
  });

  it('that still creates the environment blocks a change, and nothing counts as missing', async () => {
    await scene.client.callTool('clone_backend', on('dev', { targetEnvironmentName: 'qa' }));
    expect(errorOf(await call(strict, 'qa'))).toMatchObject({
      code: 'pending_job',
      message: expect.stringContaining('CloneBackend'),
      hint: expect.stringContaining('wait_for_job'),
    });
  });
});

describe('a running job of the same kind', () => {
  const { connect } = today;
  // Long enough that a read sees the job running, short enough that the call can wait for it.
  const scene = setScene(connect, [], { jobMs: 4_000 });
  const call = callOn(scene);
  const sent = sentOn(scene);

  it('that makes another change is followed, and the answer names what that job did not change', async () => {
    await scene.client.callTool('update_backend_storage', {
      ...on('dev', { resourceName: 'shopmedia' }),
      resourceConfig: { permissions: { authenticated: ['READ'] }, serviceName: 'S3' },
    });
    const result = await call({ storage: { permissions: { unAuthenticated: [] } } });
    expect(result.structuredContent).toMatchObject({
      verdict: 'differs',
      differs: [{ path: 'storage.permissions.unAuthenticated', wanted: [], found: ['READ'] }],
      nextSteps: [expect.stringContaining('again with the same arguments')],
    });
    expect(await sent()).toEqual([0, 0, 1]);
  });
});
