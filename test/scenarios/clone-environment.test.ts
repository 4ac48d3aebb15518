/**
 * "Clone dev to qa" in one call: a verified clone, or a plain reason why not; each way in which it goes wrong,
 * and called again after each.
 */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Json } from '../support/child.ts';
import { generations, type ToolResult, textOf } from '../support/clients.ts';
import { entries, metaOf } from '../support/metas.ts';
import { type Scene, setScene } from '../support/scene.ts';
import { seededEnvironments, seededLabels } from '../support/seed.ts';
import { appId, on } from './cases/case.ts';

const sentence = { app: 'shop', from: 'dev', to: 'qa' };

const callOn =
  (scene: Scene) =>
  (more: Json = {}): Promise<ToolResult> =>
    scene.client.callTool('clone_environment', { ...sentence, ...more });

/** Calls, and lets the job end once it was asked for. */
const cloneOn = (scene: Scene) => async () => {
  const answer = callOn(scene)();
  await scene.sandbox.arrival('GetBackendJob');
  scene.sandbox.finishJobs();
  return answer;
};

const errorOf = ({ structuredContent }: ToolResult) => structuredContent.error as Json;

describe.each(generations)('$name', ({ connect }) => {
  const scene = setScene(connect, [], { jobMs: 4_000 });
  const call = callOn(scene);
  const clone = cloneOn(scene);

  it('ends in a verified clone', async () => {
    const result = await clone();
    expect(result.isError).toBeFalsy();
    expect(result.structuredContent).toMatchObject({
      ...{ verdict: 'complete', appId, from: 'dev', to: 'qa', differences: [] },
      job: { state: 'succeeded', operation: 'CloneBackend' },
      nextSteps: [expect.stringContaining('amplify pull')],
    });
    expect(result.structuredContent.same).toEqual(seededLabels('dev'));
    expect(textOf(result)).toContain('The clone of dev to qa is complete.');
    expect(await scene.sandbox.verdicts('CloneBackend')).toEqual(['ok']);
  });

  it('says that it has not ended, goes on when called again, and starts nothing twice', async () => {
    const first = await call({ timeoutSeconds: 1 });
    expect(first.structuredContent).toMatchObject({ job: { state: 'running' } });
    expect(first.structuredContent).not.toHaveProperty('verdict');
    expect(textOf(first)).toContain('call clone_environment again');
    scene.sandbox.finishJobs();
    const second = await call();
    expect(second.structuredContent).toMatchObject({ verdict: 'complete' });
    expect(textOf(second)).toContain('No new clone was started');
    expect(await scene.sandbox.verdicts('CloneBackend')).toEqual(['ok']);
  });

  it('finds the clone whose answer was lost', async () => {
    await scene.sandbox.order('CloneBackend', 'timeout-after');
    const result = await clone();
    expect(result.structuredContent).toMatchObject({ verdict: 'complete' });
    expect(textOf(result)).toContain('The answer to CloneBackend was lost');
    expect(await scene.sandbox.verdicts('CloneBackend')).toEqual(['fault:timeout-after']);
  });
});

describe('what goes wrong', () => {
  const [{ connect }] = generations as [(typeof generations)[number]];
  const scene = setScene(connect, ['--protected', 'main'], { jobMs: 4_000 });
  const call = callOn(scene);
  const clone = cloneOn(scene);

  it('an empty environment is no clone, although the job succeeded', async () => {
    await scene.sandbox.order('CloneBackend', 'clone-leaves-empty-environment');
    const { structuredContent } = await clone();
    expect(structuredContent).toMatchObject({ verdict: 'empty', job: { state: 'succeeded' } });
    expect((structuredContent.nextSteps as string[]).join(' ')).toContain('qa was left behind, empty');
  });

  it("a failed job is told with AWS's words, and what it left behind", async () => {
    await scene.sandbox.order('CloneBackend', 'job-fails', { error: 'Resource limit exceeded' });
    const { structuredContent, isError } = await clone();
    expect(isError).toBeFalsy();
    expect(structuredContent).toMatchObject({
      verdict: 'failed',
      job: { state: 'failed', error: 'Resource limit exceeded' },
      nextSteps: [expect.stringContaining("AWS's words"), expect.stringContaining('qa')],
    });
  });

  it('says so where AWS gives no reason', async () => {
    await scene.sandbox.order('CloneBackend', 'job-fails', { error: '' });
    const { structuredContent } = await clone();
    expect((structuredContent.nextSteps as string[])[0]).toMatch(/^AWS gives no reason; explain_job \{/);
  });

  it('a clone that lacks something is partial', async () => {
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

  it('names the job of the source that is in the way', async () => {
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

  it('says for how long that job goes on, and waits for it when asked', async () => {
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

  it('warns of what an earlier environment of that name has left', async () => {
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

  it('a target that comes to be between plan and act is not cloned into', async () => {
    const writes = await connect(scene.sandbox.env, ['--confirm', 'writes']);
    onTestFinished(() => writes.close());
    const { confirmationToken } = (await writes.callTool('clone_environment', sentence)).structuredContent;
    await scene.client.callTool('create_backend', { ...on('qa'), appName: 'shop' });
    const result = await writes.callTool('clone_environment', { ...sentence, confirmationToken });
    expect(errorOf(result)).toMatchObject({ message: expect.stringContaining('no clone created it') });
    expect(await scene.sandbox.verdicts('CloneBackend')).toEqual([]);
  });

  it('a refusal of another kind is told as it is', async () => {
    await scene.sandbox.order('CloneBackend', 'bad-request');
    expect(errorOf(await call())).toMatchObject({ code: 'bad_request' });
  });

  /** Calls, and lets somebody else do something once the source is being read, so after the target was looked for. */
  async function meanwhile(does: () => Promise<unknown>): Promise<ToolResult> {
    await scene.sandbox.order('GetBackendAuth', 'slow');
    const answer = call();
    await expect.poll(() => scene.sandbox.faults()).toEqual([]);
    await does();
    return answer;
  }

  it('a target that comes to be at the last moment is named, and is not taken for the clone', async () => {
    const { client, sandbox } = scene;
    const result = await meanwhile(() => client.callTool('create_backend', { ...on('qa'), appName: 'shop' }));
    expect(errorOf(result)).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringContaining('qa was created by someone else during the checks'),
    });
    expect(await sandbox.verdicts('CloneBackend')).toEqual([]);
    expect(errorOf(await call())).toMatchObject({ message: expect.stringContaining('no clone created it') });
  });

  it('a clone that somebody else starts at the last moment is followed and compared, and no second one is sent', async () => {
    const { client, sandbox } = scene;
    const result = await meanwhile(async () => {
      await client.callTool('clone_backend', { ...on('prod'), targetEnvironmentName: 'qa' });
      void sandbox.arrival('GetBackendJob').then(() => sandbox.finishJobs());
    });
    // Of prod, which differs: what it is of, AWS does not say, so only comparing shows it.
    expect(result.structuredContent).toMatchObject({ verdict: 'partial' });
    expect(textOf(result)).toContain('AWS does not say which environment that job cloned');
    expect(await sandbox.verdicts('CloneBackend')).toEqual(['ok']);
  });

  it('a clone that somebody else starts before the stacks are looked at is followed, and its stack is not in the way', async () => {
    const { client, sandbox } = scene;
    const areMet = () => expect.poll(() => sandbox.faults()).toEqual([]);
    await sandbox.order('ListBackendJobs', 'slow');
    const answer = call();
    await areMet();
    // The target was looked for. The next to read are the source and the app, before its stacks.
    await sandbox.order('GetBackend', 'slow', { times: 2 });
    await areMet();
    await client.callTool('clone_backend', { ...on('dev'), targetEnvironmentName: 'qa' });
    void sandbox.arrival('GetBackendJob').then(() => sandbox.finishJobs());
    const result = await answer;
    expect(result.structuredContent).toMatchObject({ verdict: 'complete' });
    expect(textOf(result)).toContain('No new clone was started');
    expect(await sandbox.verdicts('CloneBackend')).toEqual(['ok']);
  });

  it('a job on the target alone is in the way, and is named', async () => {
    const { client, sandbox } = scene;
    await clone();
    const gone = on('qa');
    const { confirmationToken } = (await client.callTool('delete_backend', gone)).structuredContent;
    const deleted = await client.callTool('delete_backend', { ...gone, confirmationToken });
    const { jobId } = deleted.structuredContent.job as Json;
    sandbox.finishJobs();
    // The environment is gone, and its job is not said to have ended.
    await client.callTool('update_backend_job', { ...gone, jobId, status: 'IN_PROGRESS' });
    const result = await call();
    expect(errorOf(result)).toMatchObject({
      code: 'pending_job',
      message: expect.stringMatching(new RegExp(`job of qa has not ended.*DeleteBackend, job ${jobId}`)),
    });
    expect(await sandbox.verdicts('CloneBackend')).toEqual(['ok']);
  });

  it('a clone that is being deleted is no clone to be compared', async () => {
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

  it('after it waited for a job, looks at the target again', async () => {
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

  it('a plan says what it would wait for, and does not wait', async () => {
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
    const writes = await connect(scene.sandbox.env, ['--confirm', 'writes']);
    onTestFinished(() => writes.close());
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

describe('environments with what AmplifyBackend does not manage', () => {
  const [{ connect }] = generations as [(typeof generations)[number]];
  const scene = setScene(connect, [], { jobMs: 4_000 });
  const load = (meta: unknown) => scene.sandbox.load({ environment: 'old', meta });
  const meta = metaOf(
    {
      auth: { bakeryauth: entries.auth, userPoolGroups: entries.groups },
      api: { ovens: entries.rest },
      storage: { orders: entries.table },
      function: { bake: entries.lambda, idle: { service: 'Lambda' } },
    },
    'old',
  );
  const call = (more: Json = {}) =>
    scene.client.callTool('clone_environment', { ...sentence, from: 'old', ...more });

  it.each(['not-found', 'bad-request', 'empty'])(
    'are planned and cloned, where it answers %s for them; the verdict names what was not compared',
    async unmanaged => {
      await scene.sandbox.set({ unmanaged });
      await load(meta);
      expect((await call({ dryRun: true })).isError).toBeFalsy();
      const answer = call();
      await scene.sandbox.arrival('GetBackendJob');
      scene.sandbox.finishJobs();
      const result = await answer;
      expect(result.structuredContent).toMatchObject({
        verdict: 'complete',
        counts: { resources: 6, same: 6, differences: 0 },
        notCompared: expect.arrayContaining([
          expect.objectContaining({ what: expect.stringMatching(/code/) }),
        ]),
      });
      const text = textOf(result);
      expect(text).toContain('No difference was found in 6 resources, as far as they were compared.');
      expect(text).toContain('- by name, service, origin and state alone: function/idle');
      expect(text).toMatch(/- its code[^:]*: function\/bake, function\/idle/);
      expect(text).toContain('Next: Use it: amplify pull');
    },
  );

  it('whose copy cannot be read are no complete clone', async () => {
    await load(meta);
    const answer = call();
    await scene.sandbox.arrival('GetBackendJob');
    scene.sandbox.finishJobs();
    expect((await answer).structuredContent).toMatchObject({ verdict: 'complete' });
    await scene.sandbox.load({ environment: 'qa', meta: '{"auth": {},}' });
    const result = await call();
    expect(result.structuredContent).toMatchObject({
      verdict: 'partial',
      unreadable: [expect.stringMatching(/^qa cannot be read: its amplifyMetaConfig .*comma too many/)],
    });
    expect(textOf(result)).toContain('qa cannot be read');
    expect(textOf(result)).toContain('it is unknown whether qa is a full copy of old');
  });

  it('that cannot be read are not cloned, and it is said why', async () => {
    await load('<<<<<<< HEAD\n{}');
    expect(errorOf(await call())).toMatchObject({
      message: expect.stringMatching(
        /^Environment old cannot be read: its amplifyMetaConfig .*merge conflict/,
      ),
    });
    expect(await scene.sandbox.verdicts('CloneBackend')).toEqual([]);
  });
});

describe.each(generations)('where writes are confirmed: $name', ({ connect }) => {
  const scene = setScene(connect, ['--confirm', 'writes'], { jobMs: 4_000 });

  it('asks first, and clones with the token of the approved plan', async () => {
    const call = callOn(scene);
    const asked = await call();
    expect(errorOf(asked)).toMatchObject({ code: 'confirmation_required' });
    const { confirmationToken } = asked.structuredContent;
    const cloned = call({ confirmationToken });
    await scene.sandbox.arrival('GetBackendJob');
    scene.sandbox.finishJobs();
    expect((await cloned).structuredContent).toMatchObject({ verdict: 'complete' });
  });
});
