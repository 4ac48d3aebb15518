/**
 * Lost answers of writes through a real stdio child with its real waits: done, done by a second send, and
 * unknown. The table of all writes is writes.test.ts.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { type Generation, generations, linksOf, type McpClient, textOf } from '../support/clients.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts';
import { appId, on } from './cases/case.ts';

const clone = on('dev', { targetEnvironmentName: 'qa' });

describe('lost answers over stdio', () => {
  let sandbox: TestSandbox;
  let client: McpClient;

  beforeAll(async () => {
    sandbox = await startTestSandbox();
    client = await (generations[0] as Generation).connect({
      ...sandbox.env,
      // One update deletes a table. Confirmations are not the subject here.
      AMPLIFY_BACKEND_MCP_CONFIRM: 'never',
    });
  });
  beforeEach(() => sandbox.reset());
  afterAll(async () => {
    await client.close();
    await sandbox.close();
  });

  it('sends a write again, once, if it certainly was not done', async () => {
    await sandbox.order('CloneBackend', 'timeout-before');
    const result = await client.callTool('clone_backend', clone);
    expect(result.isError).toBeFalsy();
    expect(result.structuredContent.job).toMatchObject({ operation: 'CloneBackend', state: 'running' });
    expect(textOf(result)).toContain('it was sent again, once');
    expect(await sandbox.verdicts('CloneBackend')).toEqual(['fault:timeout-before', 'ok']);
  });

  it('finds a job under an environment that the call did not name', async () => {
    await sandbox.order('CreateBackendConfig', 'reset-after');
    const result = await client.callTool('create_backend_config', { appId });
    expect(result.structuredContent.job).toMatchObject({
      backendEnvironmentName: 'dev',
      operation: 'CreateBackendConfig',
    });
    expect(await sandbox.verdicts('CreateBackendConfig')).toEqual(['fault:reset-after']);
  });

  it('says what was checked and what to check if the outcome is unknown', async () => {
    await sandbox.order('CloneBackend', 'timeout-after');
    await sandbox.order('ListBackendJobs', 'bad-request');
    const result = await client.callTool('clone_backend', clone);
    expect(result.isError).toBe(true);
    expect(result.structuredContent.error).toMatchObject({ code: 'outcome_unknown', retryable: false });
    expect(textOf(result)).toMatch(
      /Checked the jobs of qa and dev.*\(bad_request\)[\s\S]*Next: .*list_backend_jobs/,
    );
    expect(await sandbox.verdicts('CloneBackend')).toEqual(['fault:timeout-after']);
  });

  it('names a found job if AWS does not show the sent settings yet', async () => {
    await sandbox.order('UpdateBackendAPI', 'timeout-after');
    const result = await client.callTool('update_backend_api', {
      ...on('dev', { resourceName: 'shopapi' }),
      resourceConfig: { transformSchema: 'type Other @model { id: ID! }' },
    });
    expect(result.structuredContent).toMatchObject({
      error: { code: 'outcome_unknown', retryable: false },
      job: { operation: 'UpdateBackendAPI', backendEnvironmentName: 'dev', state: 'running' },
    });
    const { jobId, uri } = result.structuredContent.job as Json;
    expect(linksOf(result)).toEqual([uri]);
    expect(textOf(result)).toMatch(
      new RegExp(`wait for job ${jobId} with wait_for_job, then compare get_backend_api with what you sent`),
    );
    // It is followed from now on.
    expect((await client.listResources()).resources.map(resource => resource.uri)).toContain(uri);
    expect(await sandbox.verdicts('UpdateBackendAPI')).toEqual(['fault:timeout-after']);
  });

  it('does not guess about a write without evidence', async () => {
    await sandbox.order('CreateToken', 'timeout-after');
    const result = await client.callTool('create_token', { appId });
    const { code, hint } = result.structuredContent.error as Json;
    expect({ code, hint }).toEqual({
      code: 'outcome_unknown',
      hint: expect.stringContaining('Tell the person'),
    });
    expect(await sandbox.verdicts('CreateToken')).toEqual(['fault:timeout-after']);
  });

  it('names the blocking job', async () => {
    const { job } = (await client.callTool('clone_backend', clone)).structuredContent as { job: Json };
    const result = await client.callTool('create_backend_auth', {
      ...on('qa', { resourceName: 'people' }),
      resourceConfig: {
        authResources: 'USER_POOL_ONLY',
        service: 'COGNITO',
        userPoolConfigs: {
          requiredSignUpAttributes: ['EMAIL'],
          signInMethod: 'EMAIL',
          userPoolName: 'users',
        },
      },
    });
    expect(result.structuredContent.error).toMatchObject({ code: 'pending_job' });
    expect(textOf(result)).toMatch(new RegExp(`job ${job.jobId} of CloneBackend in environment qa \\(`));
  });
});
