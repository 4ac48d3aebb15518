/** `describe_environment`: resources, jobs, what CloudFormation says, and what disagrees. */
import { describe, expect, it } from 'vitest';
import { generations, type ToolResult, textOf, today } from '../support/clients.ts';
import { type Scene, setScene } from '../support/scene.ts';
import { seededEnvironments, seededResources } from '../support/seed.ts';
import { appId, on } from './cases/case.ts';

const describeOn =
  (scene: Scene) =>
  (environment: string, app = 'shop'): Promise<ToolResult> =>
    scene.client.callTool('describe_environment', { app, environment });

const clone = on('dev', { targetEnvironmentName: 'qa' });

describe.each(generations)('$name', ({ connect }) => {
  const scene = setScene(connect, ['--confirm', 'never'], { jobMs: 4_000 });
  const status = describeOn(scene);

  it('describes a deployed environment without its secrets', async () => {
    const result = await status('dev');
    expect(result.isError).toBeFalsy();
    const { structuredContent } = result;
    expect(structuredContent).toMatchObject({
      ...{ appId, appName: 'shop', environment: 'dev', state: 'deployed', models: 'LATEST' },
      resources: seededResources('dev'),
      stack: { name: 'amplify-shop-dev-101530', status: 'UPDATE_COMPLETE', updatedAt: expect.any(String) },
      jobs: { running: [], recent: Array(5).fill({ status: 'COMPLETED' }) },
      ...{ branches: ['develop'], disagreements: [], nextSteps: [] },
    });
    for (const resource of [
      { category: 'auth', name: 'shopauth', service: 'Cognito' },
      { category: 'api', name: 'shopapi', outputs: { GraphQLAPIKeyOutput: '[withheld]' } },
      { category: 'storage', name: 'shopmedia', outputs: { BucketName: 'shopmedia101530-dev' } },
      { category: 'storage', name: 'shopcarts', service: 'DynamoDB' },
    ])
      expect(structuredContent.resources).toContainEqual(
        expect.objectContaining({
          ...resource,
          ...(resource.outputs && { outputs: expect.objectContaining(resource.outputs) }),
        }),
      );
    const { recent } = structuredContent.jobs as { recent: { createdAt: string }[] };
    const times = recent.map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort().reverse());
    expect(structuredContent.notes).toEqual([expect.stringContaining('The API key is withheld')]);
    const text = textOf(result);
    expect(text).toMatch(/^Environment dev of app "shop" \(d1sandboxshop\) is deployed\.$/m);
    expect(text).toContain('| storage | shopmedia | S3 | shopmedia101530-dev |');
    expect(text).not.toContain('da2-');
  });

  it('describes an environment that is only registered', async () => {
    await scene.sandbox.order('CloneBackend', 'job-fails', { error: '', stackReason: '' });
    await scene.client.callTool('clone_backend', clone);
    scene.sandbox.finishJobs();
    const result = await status('qa');
    expect(result.structuredContent).toMatchObject({
      ...{ state: 'registered', resources: [], branches: [] },
      jobs: { running: [], recent: [{ operation: 'CloneBackend', state: 'failed' }] },
      disagreements: [expect.stringContaining('registered, but was never deployed')],
      nextSteps: [expect.stringContaining('explain_job'), expect.stringContaining('provision_environment')],
    });
    expect(result.structuredContent).not.toHaveProperty('stack');
    expect(textOf(result)).toContain('only registered, not deployed');
  });

  it('describes a failed stack together with the jobs', async () => {
    await scene.sandbox.order('DeleteBackend', 'stack-delete-fails');
    await scene.client.callTool('delete_backend', on('dev'));
    scene.sandbox.finishJobs();
    expect((await status('dev')).structuredContent).toMatchObject({
      state: 'deployed',
      stack: { status: 'DELETE_FAILED', reason: expect.stringContaining('storageshopmedia') },
      jobs: { recent: [{ operation: 'DeleteBackend', state: 'failed' }, {}, {}, {}, {}] },
      nextSteps: [expect.stringContaining('delete-stack'), expect.stringContaining('explain_job')],
    });
  });
});

describe('special cases', () => {
  const { connect } = today;
  const scene = setScene(connect, ['--confirm', 'never'], { jobMs: 4_000 });
  const status = describeOn(scene);

  it('a running job: nothing disagrees, and the next step is to wait', async () => {
    await scene.client.callTool('clone_backend', clone);
    const { structuredContent } = await status('qa');
    expect(structuredContent).toMatchObject({
      state: 'registered',
      jobs: { running: [{ operation: 'CloneBackend', state: 'running' }], recent: [] },
      disagreements: [],
      nextSteps: [expect.stringContaining('wait_for_job')],
    });
  });

  it('a stack that a failed clone left behind', async () => {
    await scene.sandbox.order('CloneBackend', 'job-fails');
    await scene.client.callTool('clone_backend', clone);
    scene.sandbox.finishJobs();
    const { structuredContent } = await status('qa');
    expect(structuredContent).toMatchObject({
      state: 'registered',
      stack: { status: 'ROLLBACK_COMPLETE' },
      disagreements: [expect.stringMatching(/stack amplify-shop-qa-\w+ has its name and still exists/)],
    });
  });

  it('a clone that cloned nothing', async () => {
    await scene.sandbox.order('CloneBackend', 'clone-leaves-empty-environment');
    await scene.client.callTool('clone_backend', clone);
    scene.sandbox.finishJobs();
    expect((await status('qa')).structuredContent).toMatchObject({
      ...{ state: 'deployed', resources: [], stack: { status: 'CREATE_COMPLETE' } },
      disagreements: [expect.stringContaining('nothing was cloned')],
    });
  });

  it('models that are older than their schema', async () => {
    const resourceConfig = {
      transformSchema: 'type Extra @model @auth(rules: [{ allow: owner }]) { id: ID! }',
    };
    await scene.client.callTool('update_backend_api', on('dev', { resourceName: 'shopapi', resourceConfig }));
    scene.sandbox.finishJobs();
    expect((await status('dev')).structuredContent).toMatchObject({
      models: 'STALE',
      nextSteps: [expect.stringContaining('generate_backend_api_models')],
    });
  });

  it('an unknown environment: names the existing ones', async () => {
    const { isError, structuredContent } = await status('gone');
    expect(isError).toBe(true);
    expect(structuredContent.error).toMatchObject({
      code: 'not_found',
      message: expect.stringContaining(`it has (quoted data): ${seededEnvironments.join(', ')}`),
    });
  });

  it('reads each source once', async () => {
    await status('dev');
    const operations = (await scene.sandbox.requests()).map(({ operation }) => operation);
    expect(operations.sort()).toEqual([
      ...['GetBackend', 'GetBackendAPIModels', 'ListBackendJobs', 'ListBackendJobs'],
      ...['amplify:GetApp', 'amplify:ListApps', 'amplify:ListBackendEnvironments', 'amplify:ListBranches'],
      ...['cloudformation:DescribeStacks', 'cloudformation:GetStackPolicy'],
    ]);
  });
});
