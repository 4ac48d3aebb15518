/**
 * `provision_environment` when something fails: interrupted after each step, refused, lost, or called with
 * wrong arguments.
 */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { stdioGenerations, textOf, today } from '../support/clients.ts';
import { allCreated, callOn, didOf, errorOf, like, sent, writes } from '../support/provision.ts';
import { setScene } from '../support/scene.ts';
import { appId, on } from './cases/case.ts';

describe('failures', () => {
  const { connect } = today;
  const scene = setScene(connect, ['--protected', 'main'], { jobMs: 300 });
  const call = callOn(scene);

  it.each([0, 1, 2, 3])(
    "a failed step %i is reported with AWS's words, and tried again by the next call",
    async index => {
      const operation = String(writes[index]);
      await scene.sandbox.order(operation, 'job-fails', { error: 'Resource limit exceeded' });
      const result = await call();
      expect(result.isError).toBeFalsy();
      expect(result.structuredContent).toMatchObject({
        verdict: 'failed',
        job: { operation, state: 'failed', error: 'Resource limit exceeded' },
      });
      expect(didOf(result)[index]).toMatch(/failed$/);
      expect(
        didOf(result)
          .slice(index + 1)
          .every(line => line.endsWith('waiting')),
      ).toBe(true);
      const again = await call();
      expect(again.structuredContent).toMatchObject({ verdict: 'complete' });
      // An environment stays registered when its job fails. Every other resource is missing and is created.
      expect(await sent(scene)).toEqual(writes.map(name => (name === operation && index > 0 ? 2 : 1)));
    },
  );

  it('an environment that is only registered is not complete', async () => {
    await scene.sandbox.order('CreateBackend', 'job-fails');
    await call({}, { app: 'shop', environment: 'qa' });
    expect((await call({}, { app: 'shop', environment: 'qa' })).structuredContent).toMatchObject({
      verdict: 'differs',
      differs: [{ path: 'environment', left: 'deployed', right: 'registered only' }],
    });
  });

  it('finds the write whose answer was lost', async () => {
    await scene.sandbox.order('CreateBackendAuth', 'timeout-after');
    const result = await call();
    expect(result.structuredContent).toMatchObject({ verdict: 'complete' });
    expect(await scene.sandbox.verdicts('CreateBackendAuth')).toEqual(['fault:timeout-after']);
  });

  it('a refusal names the steps that are done', async () => {
    await scene.sandbox.order('CreateBackendAuth', 'bad-request');
    const result = await call();
    expect(errorOf(result)).toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining('This call has already done: environment.'),
    });
  });

  const nameless = {
    resourceName: 'shopauth',
    resourceConfig: {
      ...{ authResources: 'USER_POOL_ONLY', service: 'COGNITO' },
      userPoolConfigs: { requiredSignUpAttributes: [], signInMethod: 'EMAIL', userPoolName: '[withheld]' },
    },
  };
  const snapshot = { format: 'amplify-backend-snapshot', version: 1, app: { appId }, environment: 'dev' };

  it.each<[string, Json, string, string]>([
    ['a protected name', { environment: 'main' }, 'policy_denied', 'protected'],
    [
      'a new name that the Amplify CLI refuses',
      { environment: 'QA-1' },
      'invalid_arguments',
      'QA-1 does not exist, and no environment of that name can be created: a name has 2 to 10 lower-case letters.',
    ],
    ['an app that is not there', { app: 'none' }, 'not_found', 'No app is named'],
    ['a schema that is none', { api: { schema: 'type {' } }, 'invalid_arguments', 'api.schema'],
    [
      'a schema with types that do not exist',
      { api: { schema: 'type T @model { id: Foo }' } },
      'invalid_arguments',
      'T uses Foo',
    ],
    [
      'a schema with a type twice',
      { api: { schema: 'type T { a: ID } type T { b: ID }' } },
      'invalid_arguments',
      'T is defined more than once',
    ],
    [
      'files for guests without guests',
      { auth: { guests: false }, storage: { guests: true } },
      'invalid_arguments',
      'guests',
    ],
    ['two ways at once', { like }, 'invalid_arguments', 'one way'],
    ['an unknown member', { auth: { login: 'EMAIL' } }, 'invalid_arguments', 'login'],
  ])('refuses %s, and sends no write', async (_, more, code, words) => {
    expect(errorOf(await call(more))).toMatchObject({ code, message: expect.stringContaining(words) });
    expect(await sent(scene)).toEqual([0, 0, 0, 0]);
  });

  it.each<[string, Json, string]>([
    ['another document', { snapshot: { hello: 1 } }, 'snapshot.format'],
    ['a later version', { snapshot: { ...snapshot, version: 2 } }, 'this server reads version 1'],
    ['an unknown member', { snapshot: { ...snapshot, auths: {} } }, 'auths'],
    [
      'settings that no operation takes',
      {
        snapshot: {
          ...snapshot,
          storage: { resourceName: 's', resourceConfig: { permissions: { everybody: [] } } },
        },
      },
      'snapshot.storage.resourceConfig.permissions',
    ],
    ['a document without end', { snapshot: { ...snapshot, models: 'x'.repeat(1_000_001) } }, 'characters'],
    [
      'a document of which a later step could not be made',
      { snapshot: { ...snapshot, auth: nameless } },
      'userPoolName',
    ],
    ['a URI of something else', { like: 'amplify-backend://apps/d1sandboxshop/environments/dev' }, 'like'],
  ])('refuses a snapshot that is %s', async (_, more, words) => {
    const result = await call(more, { app: 'shop', environment: 'qa' });
    expect(errorOf(result)).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringContaining(words),
    });
    expect(await sent(scene)).toEqual([0, 0, 0, 0]);
  });

  it('plans every step, and sends none', async () => {
    const result = await call({ dryRun: true });
    const { plan } = result.structuredContent as { plan: Json & { steps: Json[] } };
    expect(plan).toMatchObject({ account: '123456789012', region: 'us-east-1' });
    expect(plan.steps.map(({ step, does }) => `${step}: ${does}`)).toEqual(
      allCreated.map(line => line.replace('created', 'create')),
    );
    expect(plan.steps.map(({ request }) => (request as Json).operation)).toEqual(writes);
    expect(textOf(result)).toContain('nothing was sent');
    // What earlier steps create does not count as missing.
    expect(plan).not.toHaveProperty('problems');
    const there = await call({ dryRun: true, environment: 'dev' });
    expect((there.structuredContent.plan as { steps: Json[] }).steps.map(({ does }) => does)).toEqual([
      'leave',
      'leave',
      'differs',
      'differs',
    ]);
    expect(await sent(scene)).toEqual([0, 0, 0, 0]);
  });
});

describe('a lost answer whose job runs on after the checks', () => {
  const [{ connect }] = stdioGenerations;
  // A job ends when the test says so.
  const scene = setScene(connect);
  const auth = { app: 'shop', environment: 'qa', auth: {} };

  async function begin(kind: 'timeout-after' | 'timeout-before') {
    await scene.client.callTool('create_backend', { ...on('qa'), appName: 'shop' });
    scene.sandbox.finishJobs();
    await scene.sandbox.order('CreateBackendAuth', kind);
    const answer = callOn(scene)({}, auth);
    await scene.sandbox.arrival('CreateBackendAuth');
    return { answer };
  }

  /** Resolves once the server asks again for the state of the auth resource's job, which the check of the write does not. */
  async function following(): Promise<void> {
    const polls = async () => {
      const { jobs } = (await scene.sandbox.state()) as { jobs: Json[] };
      const job = jobs.findLast(({ operation }) => operation === 'CreateBackendAuth');
      const asked = await scene.sandbox.requests();
      return asked.filter(one => one.operation === 'GetBackendJob' && one.path.endsWith(`/qa/${job?.jobId}`))
        .length;
    };
    const before = await polls();
    await expect.poll(polls, { interval: 100 }).toBeGreaterThan(before);
  }

  it('is resolved by following that job, and nothing is sent again', async () => {
    const { answer } = await begin('timeout-after');
    await following();
    scene.sandbox.finishJobs();
    const result = await answer;
    expect(result.structuredContent).toMatchObject({ verdict: 'complete' });
    expect(textOf(result)).toContain('The answer for auth was lost');
    expect(await scene.sandbox.verdicts('CreateBackendAuth')).toEqual(['fault:timeout-after']);
  });

  it('is unknown, with the job, if the job created something else', async () => {
    // The child process does not know this writer.
    const stranger = await today.connect(scene.sandbox.env);
    const { answer } = await begin('timeout-before');
    const theirs = await stranger.callTool('create_backend_auth', {
      ...on('qa', { resourceName: 'theirs' }),
      resourceConfig: {
        ...{ authResources: 'USER_POOL_ONLY', service: 'COGNITO' },
        userPoolConfigs: { requiredSignUpAttributes: [], signInMethod: 'USERNAME', userPoolName: 'theirs' },
      },
    });
    await stranger.close();
    const { jobId } = theirs.structuredContent.job as Json;
    await following();
    scene.sandbox.finishJobs();
    expect((await answer).structuredContent).toMatchObject({
      error: { code: 'outcome_unknown', message: expect.stringContaining(String(jobId)) },
      job: { jobId, operation: 'CreateBackendAuth' },
    });
    expect(await scene.sandbox.verdicts('CreateBackendAuth')).toEqual(['fault:timeout-before', 'ok']);
  });
});
