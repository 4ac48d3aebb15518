/**
 * `decommission_environment`: the inventory, a person's confirmation, the deletion and the proof; each kind
 * of leftover, and another call in each state.
 */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Json } from '../support/child.ts';
import { generations, type Person, type ToolResult, textOf, today } from '../support/clients.ts';
import { type Scene, setScene, shareClients } from '../support/scene.ts';
import { seededEnvironments } from '../support/seed.ts';
import { appId, on } from './cases/case.ts';

const sentence = { app: 'shop', environment: 'dev' };

const callOn =
  (scene: Scene) =>
  (more: Json = {}): Promise<ToolResult> =>
    scene.client.callTool('decommission_environment', { ...sentence, ...more });

const errorOf = ({ structuredContent }: ToolResult) => structuredContent.error as Json;
const deletions = (scene: Scene) => scene.sandbox.verdicts('DeleteBackend');

/** Calls with the token of the plan, and lets the job end once the server has asked for it. */
async function takeDown(scene: Scene, more: Json = {}): Promise<ToolResult> {
  const call = callOn(scene);
  const { confirmationToken } = (await call(more)).structuredContent;
  const answer = call({ ...more, confirmationToken });
  await scene.sandbox.arrival('GetBackendJob');
  scene.sandbox.finishJobs();
  return answer;
}

describe.each(generations)('$name', ({ connect }) => {
  const scene = setScene(connect, [], { jobMs: 4_000 });
  /** With the newest client, only the connection without flags and forms starts the built command as a child. */
  const open = shareClients(connect === generations[0].connect ? today.connect : connect);
  const call = callOn(scene);

  it('accepts no confirmation of delete_backend', async () => {
    const { confirmationToken } = (await scene.client.callTool('delete_backend', on('dev')))
      .structuredContent;
    expect(errorOf(await call({ confirmationToken }))).toMatchObject({ code: 'confirmation_invalid' });
    expect(await deletions(scene)).toEqual([]);
  });

  it('shows what is deleted and what breaks, and sends nothing before a confirmation', async () => {
    const asked = await call();
    // An expected question is not a failure, but the answer has the members of one.
    expect(asked.isError).toBeFalsy();
    expect(textOf(asked)).toMatch(/^Nothing was sent to AWS yet\. This is the plan:\nDeleteBackend in /);
    expect(asked.structuredContent).toMatchObject({
      ...{ appId, environment: 'dev', confirmation: { isNeeded: true, type: 'dev' } },
      confirmationToken: expect.any(String),
    });
    expect(errorOf(asked)).toMatchObject({ code: 'confirmation_required' });
    const { plan } = asked.structuredContent as { plan: Json };
    expect(plan).toMatchObject({
      account: '123456789012',
      request: { operation: 'DeleteBackend' },
      confirmation: { type: 'dev', goes: { dev: expect.any(Array) } },
      remarks: [
        expect.stringContaining('branch develop'),
        expect.stringMatching(/records of its 2 failed jobs too.*UpdateBackend\w+ of 2.*not in the state/),
        expect.stringContaining('What CloudFormation keeps'),
        expect.stringContaining('in this account and region only'),
      ],
    });
    expect(textOf(asked)).toContain('shopmedia101530-dev');
    expect(textOf(asked)).toContain('The builds of branch develop use this environment');
    const dry = await call({ dryRun: true });
    expect(dry.structuredContent.plan).toEqual(plan);
    expect(await deletions(scene)).toEqual([]);
  });

  it('deletes the environment, proves it, and proves it again when called again', async () => {
    const result = await takeDown(scene);
    expect(result.structuredContent).toMatchObject({
      ...{ verdict: 'gone', appId, environment: 'dev', leftovers: [], stays: [] },
      went: expect.arrayContaining(['auth/shopauth', 'storage/shopmedia']),
      stack: { status: 'DELETE_COMPLETE' },
      job: { operation: 'DeleteBackend', state: 'succeeded' },
    });
    expect(textOf(result)).toContain('dev is gone');
    expect(textOf(result)).toMatch(/^Checked: .*nested.*buckets.*\.\nNot covered: log groups.*\.$/m);
    expect(result.structuredContent.proof).toMatchObject({
      covers: expect.any(Array),
      doesNotCover: expect.arrayContaining([expect.stringContaining('log groups')]),
    });
    const again = await call();
    expect(again.isError).toBeFalsy();
    expect(again.structuredContent).toMatchObject({ verdict: 'gone', went: [] });
    expect(textOf(again)).toContain('does not exist');
    expect(await deletions(scene)).toEqual(['ok']);
  });

  it('follows a running deletion', async () => {
    const { confirmationToken } = (await call()).structuredContent;
    const first = await call({ confirmationToken, timeoutSeconds: 1 });
    expect(first.structuredContent).toMatchObject({ job: { state: 'running' } });
    expect(textOf(first)).toContain('call decommission_environment again');
    const second = call();
    scene.sandbox.finishJobs();
    expect((await second).structuredContent).toMatchObject({ verdict: 'gone' });
    expect(await deletions(scene)).toEqual(['ok']);
  });

  it('only reads in a dry run, also while a deletion runs', async () => {
    const { confirmationToken } = (await call()).structuredContent;
    await call({ confirmationToken, timeoutSeconds: 1 });
    const dry = await call({ dryRun: true });
    expect(dry.structuredContent).toMatchObject({ job: { operation: 'DeleteBackend', state: 'running' } });
    expect(dry.structuredContent).not.toHaveProperty('verdict');
    expect(await deletions(scene)).toEqual(['ok']);
  });

  /** Calls through a host in which a person types that name into each form. */
  async function askedOf(typed: string, before: () => Promise<void> = async () => {}) {
    const questions: string[] = [];
    const person: Person = question => {
      questions.push(question);
      return { action: 'accept', content: { name: typed } };
    };
    const host = await open(scene.sandbox.env, [], person);
    const answer = host.callTool('decommission_environment', sentence);
    await before();
    return { result: await answer, questions };
  }

  it('asks a person with a form, once, and deletes when they type its name', async () => {
    const { result, questions } = await askedOf('dev', async () => {
      await scene.sandbox.arrival('GetBackendJob');
      scene.sandbox.finishJobs();
    });
    expect(result.structuredContent).toMatchObject({ verdict: 'gone' });
    expect(questions).toHaveLength(1);
    expect(await deletions(scene)).toEqual(['ok']);
  });

  it('stops if they type another name', async () => {
    const { result, questions } = await askedOf('prod');
    expect(errorOf(result)).toMatchObject({ code: 'confirmation_mismatch' });
    expect(questions[0]).toContain('branch develop');
    expect(questions[0]).toContain('Type dev to confirm');
    expect(await deletions(scene)).toEqual([]);
  });
});

describe('leftovers', () => {
  const scene = setScene(today.connect, [], { jobMs: 4_000 });
  const call = callOn(scene);

  it('include a stuck stack, with the failed resource and its reason', async () => {
    await scene.sandbox.order('DeleteBackend', 'delete-leaves-stack');
    const result = await takeDown(scene);
    const { verdict, leftovers } = result.structuredContent as { verdict: string; leftovers: Json[] };
    expect(verdict).toBe('leftovers');
    expect(leftovers[0]).toMatchObject({
      what: 'stack amplify-shop-dev-101530',
      why: expect.stringMatching(/S3Bucket.*not empty/),
    });
    expect(leftovers.map(({ what }) => what)).toContain('bucket shopmedia101530-dev');
    expect(result.structuredContent.went).not.toContain('storage/shopmedia');
    // A later call gets the same answer, although the server no longer knows what existed.
    const later = (await call()).structuredContent as { verdict: string; leftovers: Json[] };
    expect(later.verdict).toBe('leftovers');
    expect(later.leftovers[0]).toMatchObject({ what: 'stack amplify-shop-dev-101530' });
  });

  it('include a kept bucket', async () => {
    await scene.sandbox.order('DeleteBackend', 'delete-leaves-bucket');
    const result = await takeDown(scene);
    const { structuredContent } = result;
    const command = 'aws s3 rb s3://shopmedia101530-dev --force';
    expect(textOf(result)).toMatch(new RegExp(`^  To delete it .*: ${command}$`, 'm'));
    expect(structuredContent.leftovers).toMatchObject([{ command }]);
    expect(structuredContent).toMatchObject({
      verdict: 'leftovers',
      leftovers: [{ what: 'bucket shopmedia101530-dev' }],
      stack: { status: 'DELETE_COMPLETE' },
    });
    // The server no longer knows the bucket, but the events of the deleted stack name it.
    expect((await call()).structuredContent).toMatchObject({
      verdict: 'leftovers',
      leftovers: [{ what: 'bucket shopmedia101530-dev' }],
    });
  });

  it('are none for an environment that was only registered', async () => {
    const { client, sandbox } = scene;
    await sandbox.order('CreateBackend', 'job-fails', { stackReason: '' });
    await client.callTool('create_backend', { ...on('qa'), appName: 'shop' });
    sandbox.finishJobs();
    const { structuredContent } = await takeDown(scene, { environment: 'qa' });
    expect(structuredContent).toMatchObject({ verdict: 'gone', went: [], leftovers: [] });
  });

  it('are none for an unknown environment: the text says what was checked', async () => {
    const result = await call({ environment: 'dve' });
    expect(result.isError).toBeFalsy();
    expect(result.structuredContent).toMatchObject({ verdict: 'gone', went: [], leftovers: [] });
    const text = textOf(result);
    expect(text).toContain('Nothing shows that dve ever existed');
    expect(text).toContain('account 123456789012, region us-east-1');
    expect(text).toContain(JSON.stringify(seededEnvironments));
  });

  it('are unproven for an unknown app', async () => {
    const { structuredContent } = await call({ app: 'd9unknown' });
    expect(structuredContent).toMatchObject({ verdict: 'unproven' });
  });

  it('are reported after a failed deletion, and the next call asks again', async () => {
    await scene.sandbox.order('DeleteBackend', 'stack-delete-fails');
    const { structuredContent, isError } = await takeDown(scene);
    expect(isError).toBeFalsy();
    expect(structuredContent).toMatchObject({
      verdict: 'failed',
      leftovers: [{ why: expect.stringContaining('not empty') }],
      nextSteps: [expect.stringContaining('explain_job'), expect.any(String)],
    });
    expect(errorOf(await call())).toMatchObject({ code: 'confirmation_required' });
    expect((await takeDown(scene)).structuredContent).toMatchObject({ verdict: 'gone' });
  });

  it('do not include an imported bucket and pool, which are named as staying', async () => {
    const { client, sandbox } = scene;
    const qa = on('qa');
    await client.callTool('create_backend', { ...qa, appName: 'shop' });
    sandbox.finishJobs();
    const pool = { userPoolId: 'us-east-1_Other0001', webClientId: 'web', nativeClientId: 'native' };
    await client.callTool('import_backend_auth', { ...qa, ...pool });
    sandbox.finishJobs();
    const bucketName = 'shop-archive-001';
    await client.callTool('import_backend_storage', { ...qa, bucketName, serviceName: 'S3' });
    sandbox.finishJobs();
    const asked = await call({ environment: 'qa' });
    expect(textOf(asked)).toMatch(/This stays:[\s\S]*us-east-1_Other0001[\s\S]*shop-archive-001/);
    const { structuredContent } = await takeDown(scene, { environment: 'qa' });
    expect(structuredContent).toMatchObject({
      verdict: 'gone',
      stays: [
        { what: expect.stringContaining('us-east-1_Other0001') },
        { what: expect.stringContaining(bucketName) },
      ],
    });
    expect(JSON.stringify(await sandbox.state())).toContain(bucketName);
    expect(await sandbox.verdicts('DeleteBackendAuth')).toEqual([]);
  });
});

describe('decommission_environment refuses', () => {
  const scene = setScene(today.connect, ['--protected', 'prod'], { jobMs: 4_000 });
  const call = callOn(scene);

  it('a protected environment, before a person is asked', async () => {
    expect(errorOf(await call({ environment: 'prod' }))).toMatchObject({
      code: 'policy_denied',
      message: expect.stringContaining('protected'),
    });
    expect(await deletions(scene)).toEqual([]);
  });

  it('an environment with a running job, which is named with its age', async () => {
    const models = on('dev', { resourceName: 'shopapi' });
    const { structuredContent } = await scene.client.callTool('generate_backend_api_models', models);
    const { jobId } = structuredContent.job as Json;
    expect(errorOf(await call())).toMatchObject({
      code: 'pending_job',
      message: expect.stringMatching(new RegExp(`${jobId}, for \\d+ s`)),
    });
  });

  it('every call in a read-only server', async () => {
    const reader = await today.connect(scene.sandbox.env, ['--read-only']);
    onTestFinished(() => reader.close());
    const names = (await reader.listTools()).map(({ name }) => name);
    expect(names).not.toContain('decommission_environment');
    const result = await reader.callTool('decommission_environment', sentence);
    expect(errorOf(result)).toMatchObject({ code: 'policy_denied' });
    expect(await deletions(scene)).toEqual([]);
  });

  it('an unknown app', async () => {
    expect(errorOf(await call({ app: 'none' }))).toMatchObject({ code: 'not_found' });
  });
});
