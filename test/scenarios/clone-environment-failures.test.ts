/** `clone_environment` when something blocks it or fails: each case, and another call after it. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { type ToolResult, textOf, today } from '../support/clients.ts';
import { callOn, cloneOn, errorOf, sentence } from '../support/clone.ts';
import { setScene, shareClients } from '../support/scene.ts';
import { seededEnvironments } from '../support/seed.ts';
import { on } from './cases/case.ts';

describe('failures', () => {
  const { connect } = today;
  const scene = setScene(connect, ['--protected', 'main'], { jobMs: 4_000 });
  const open = shareClients(connect);
  const call = callOn(scene);
  const clone = cloneOn(scene);

  it('an empty environment does not count as a clone, although the job succeeded', async () => {
    await scene.sandbox.order('CloneBackend', 'clone-leaves-empty-environment');
    const { structuredContent } = await clone();
    expect(structuredContent).toMatchObject({ verdict: 'empty', job: { state: 'succeeded' } });
    expect((structuredContent.nextSteps as string[]).join(' ')).toContain('qa was left behind, empty');
  });

  it("a failed job is reported with AWS's words and what it left behind", async () => {
    await scene.sandbox.order('CloneBackend', 'job-fails', { error: 'Resource limit exceeded' });
    const { structuredContent, isError } = await clone();
    expect(isError).toBeFalsy();
    expect(structuredContent).toMatchObject({
      verdict: 'failed',
      job: { state: 'failed', error: 'Resource limit exceeded' },
      nextSteps: [expect.stringContaining("AWS's words"), expect.stringContaining('qa')],
    });
  });

  it('says that AWS gives no reason', async () => {
    await scene.sandbox.order('CloneBackend', 'job-fails', { error: '' });
    const { structuredContent } = await clone();
    expect((structuredContent.nextSteps as string[])[0]).toMatch(/^AWS gives no reason; explain_job \{/);
  });

  it('an incomplete clone is partial', async () => {
    await clone();
    await scene.client.callTool('update_backend_storage', {
      ...on('qa', { resourceName: 'shopmedia' }),
      resourceConfig: { serviceName: 'S3', permissions: { authenticated: ['READ'] } },
    });
    scene.sandbox.finishJobs();
    const result = await call();
    expect(result.structuredContent).toMatchObject({ verdict: 'partial' });
    expect(textOf(result)).toContain('storage/shopmedia/permissions');
  });

  it.each([
    ['a target that is there and is no clone', { to: 'prod' }, 'invalid_arguments', 'no clone created it'],
    [
      'a source that is not there',
      { from: 'gone' },
      'not_found',
      `it has (quoted data): ${JSON.stringify(seededEnvironments)}`,
    ],
    ['an app that is not there', { app: 'none' }, 'not_found', 'No app is named'],
    ['a target that the Amplify CLI refuses', { to: 'QA-1' }, 'invalid_arguments', 'to'],
    ['a protected target', { to: 'main' }, 'policy_denied', 'protected'],
  ])('refuses %s, and sends no clone', async (_, more, code, words) => {
    const result = await call(more);
    expect(errorOf(result)).toMatchObject({ code, message: expect.stringContaining(words) });
    expect(await scene.sandbox.verdicts('CloneBackend')).toEqual([]);
  });

  it('names the job of the source that blocks the clone', async () => {
    const { structuredContent } = await scene.client.callTool(
      'generate_backend_api_models',
      on('dev', { resourceName: 'shopapi' }),
    );
    const { jobId } = structuredContent.job as Json;
    const result = await call();
    expect(errorOf(result)).toMatchObject({
      code: 'pending_job',
      message: expect.stringContaining(String(jobId)),
    });
    expect(await scene.sandbox.verdicts('CloneBackend')).toEqual([]);
  });

  it('says for how long that job has run, and waits for it when asked', async () => {
    const models = on('dev', { resourceName: 'shopapi' });
    const { structuredContent } = await scene.client.callTool('generate_backend_api_models', models);
    const { jobId } = structuredContent.job as Json;
    expect(errorOf(await call())).toMatchObject({
      message: expect.stringMatching(/has not ended, for \d+ s: GenerateBackendAPIModels/),
      hint: expect.stringContaining('waitForPending'),
    });
    const waited = call({ waitForPending: true });
    await scene.sandbox.arrival('GetBackendJob');
    scene.sandbox.finishJobs();
    await scene.sandbox.arrival('CloneBackend');
    scene.sandbox.finishJobs();
    const result = await waited;
    expect(result.structuredContent).toMatchObject({ verdict: 'complete' });
    expect(textOf(result)).toContain(`Waited for GenerateBackendAPIModels, job ${jobId}`);
  });

  it('warns of leftovers of an earlier environment of that name', async () => {
    const { client, sandbox } = scene;
    await clone();
    await sandbox.order('DeleteBackend', 'delete-leaves-stack');
    const gone = on('qa');
    const { confirmationToken } = (await client.callTool('delete_backend', gone)).structuredContent;
    await client.callTool('delete_backend', { ...gone, confirmationToken });
    sandbox.finishJobs();
    const { structuredContent } = await call({ dryRun: true });
    const { remarks } = structuredContent.plan as { remarks: string[] };
    expect(remarks[0]).toContain('Copies of dev: auth/shopauth');
    expect(remarks[1]).toMatch(/stack amplify-shop-qa-\d+ \(DELETE_FAILED\)/);
  });

  it('does not clone into a target that is created between plan and call', async () => {
    const writes = await open(scene.sandbox.env, ['--confirm', 'writes']);
    const { confirmationToken } = (await writes.callTool('clone_environment', sentence)).structuredContent;
    await scene.client.callTool('create_backend', { ...on('qa'), appName: 'shop' });
    const result = await writes.callTool('clone_environment', { ...sentence, confirmationToken });
    expect(errorOf(result)).toMatchObject({ message: expect.stringContaining('no clone created it') });
    expect(await scene.sandbox.verdicts('CloneBackend')).toEqual([]);
  });

  it('reports another refusal unchanged', async () => {
    await scene.sandbox.order('CloneBackend', 'bad-request');
    expect(errorOf(await call())).toMatchObject({ code: 'bad_request' });
  });

  /** Calls the tool, and runs `does` once the call reads the source, after it has checked for the target. */
  async function meanwhile(does: () => Promise<unknown>): Promise<ToolResult> {
    await scene.sandbox.order('GetBackendAuth', 'slow');
    const answer = call();
    await expect.poll(() => scene.sandbox.faults()).toEqual([]);
    await does();
    return answer;
  }

  it('names a target that is created just before the write, and does not count it as the clone', async () => {
    const { client, sandbox } = scene;
    const result = await meanwhile(() => client.callTool('create_backend', { ...on('qa'), appName: 'shop' }));
    expect(errorOf(result)).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringContaining('qa was created by someone else during the checks'),
    });
    expect(await sandbox.verdicts('CloneBackend')).toEqual([]);
    expect(errorOf(await call())).toMatchObject({ message: expect.stringContaining('no clone created it') });
  });

  it('follows and compares a clone that another call starts just before, and sends no second one', async () => {
    const { client, sandbox } = scene;
    const result = await meanwhile(async () => {
      await client.callTool('clone_backend', { ...on('prod'), targetEnvironmentName: 'qa' });
      void sandbox.arrival('GetBackendJob').then(() => sandbox.finishJobs());
    });
    // That clone is of prod. AWS does not say so, and only the comparison shows it.
    expect(result.structuredContent).toMatchObject({ verdict: 'partial' });
    expect(textOf(result)).toContain('AWS does not say which environment that job cloned');
    expect(await sandbox.verdicts('CloneBackend')).toEqual(['ok']);
  });

  it('follows a clone that another call starts before the stacks are read, whose stack does not block', async () => {
    const { client, sandbox } = scene;
    const areMet = () => expect.poll(() => sandbox.faults()).toEqual([]);
    await sandbox.order('ListBackendJobs', 'slow');
    const answer = call();
    await areMet();
    // The call has checked for the target. Next it reads the source and the app, then the stacks.
    await sandbox.order('GetBackend', 'slow', { times: 2 });
    await areMet();
    await client.callTool('clone_backend', { ...on('dev'), targetEnvironmentName: 'qa' });
    void sandbox.arrival('GetBackendJob').then(() => sandbox.finishJobs());
    const result = await answer;
    expect(result.structuredContent).toMatchObject({ verdict: 'complete' });
    expect(textOf(result)).toContain('No new clone was started');
    expect(await sandbox.verdicts('CloneBackend')).toEqual(['ok']);
  });

  it('names a job on the target that blocks the clone', async () => {
    const { client, sandbox } = scene;
    await clone();
    const gone = on('qa');
    const { confirmationToken } = (await client.callTool('delete_backend', gone)).structuredContent;
    const deleted = await client.callTool('delete_backend', { ...gone, confirmationToken });
    const { jobId } = deleted.structuredContent.job as Json;
    sandbox.finishJobs();
    // The environment is gone, but AWS lists its job as running.
    await client.callTool('update_backend_job', { ...gone, jobId, status: 'IN_PROGRESS' });
    const result = await call();
    expect(errorOf(result)).toMatchObject({
      code: 'pending_job',
      message: expect.stringMatching(new RegExp(`job of qa has not ended.*DeleteBackend, job ${jobId}`)),
    });
    expect(await sandbox.verdicts('CloneBackend')).toEqual(['ok']);
  });

  it('does not compare a clone that is being deleted', async () => {
    const { client, sandbox } = scene;
    await clone();
    const gone = on('qa');
    const { confirmationToken } = (await client.callTool('delete_backend', gone)).structuredContent;
    await client.callTool('delete_backend', { ...gone, confirmationToken });
    expect(errorOf(await call())).toMatchObject({
      code: 'pending_job',
      message: expect.stringContaining('DeleteBackend'),
    });
    const waited = call({ waitForPending: true });
    sandbox.finishJobs();
    await expect.poll(() => sandbox.verdicts('CloneBackend')).toHaveLength(2);
    sandbox.finishJobs();
    expect((await waited).structuredContent).toMatchObject({ verdict: 'complete' });
  });

  it('reads the target again after it waited for a job', async () => {
    const { client, sandbox } = scene;
    await client.callTool('generate_backend_api_models', on('dev', { resourceName: 'shopapi' }));
    const waited = call({ waitForPending: true });
    await sandbox.arrival('GetBackendJob');
    await client.callTool('create_backend', { ...on('qa'), appName: 'shop' });
    sandbox.finishJobs();
    expect(errorOf(await waited)).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringContaining('qa exists already, and no clone created it'),
    });
    expect(await sandbox.verdicts('CloneBackend')).toEqual([]);
  });

  it('says in a plan what it would wait for, and does not wait', async () => {
    const models = on('dev', { resourceName: 'shopapi' });
    await scene.sandbox.order('GenerateBackendAPIModels', 'job-stuck');
    const { structuredContent } = await scene.client.callTool('generate_backend_api_models', models);
    const { jobId } = structuredContent.job as Json;
    const planned = await call({ waitForPending: true, dryRun: true });
    const { remarks } = planned.structuredContent.plan as { remarks: string[] };
    expect(remarks[1]).toMatch(
      new RegExp(`The clone first waits for .*${jobId} of dev, which runs, for \\d+ s`),
    );
    expect(await scene.sandbox.verdicts('GetBackendJob')).toEqual([]);
    const writes = await open(scene.sandbox.env, ['--confirm', 'writes']);
    const asked = await writes.callTool('clone_environment', { ...sentence, waitForPending: true });
    expect(errorOf(asked)).toMatchObject({ code: 'confirmation_required' });
    expect(textOf(asked)).toContain(`job ${jobId} of dev`);
    const { confirmationToken } = asked.structuredContent;
    const more = { waitForPending: true, timeoutSeconds: 1 };
    const waits = await writes.callTool('clone_environment', { ...sentence, ...more, confirmationToken });
    expect(waits.structuredContent).toMatchObject({ job: { jobId, state: 'running' } });
    expect(textOf(waits)).toContain('no clone was started');
  });

  it('refuses a source that was never deployed', async () => {
    await scene.client.callTool('create_backend', {
      appId: 'd2bare',
      appName: 'bare',
      backendEnvironmentName: 'dev',
    });
    scene.sandbox.finishJobs();
    expect(errorOf(await call({ app: 'bare' }))).toMatchObject({
      message: expect.stringContaining('nothing to clone'),
    });
  });

  it('plans without sending', async () => {
    const { structuredContent } = await call({ dryRun: true });
    expect(structuredContent.plan).toMatchObject({
      request: { operation: 'CloneBackend' },
      account: '123456789012',
    });
    expect(await scene.sandbox.verdicts('CloneBackend')).toEqual([]);
  });
});
