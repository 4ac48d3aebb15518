/** A job that hangs for hours: no tool advises to wait longer, and each says where a person can act. */
import { expect, it, onTestFinished } from 'vitest';
import type { Json } from '../support/child.ts';
import { type McpClient, textOf, today } from '../support/clients.ts';
import { setScene } from '../support/scene.ts';
import { on } from './cases/case.ts';

const { connect } = today;
const flags = ['--confirm', 'never'];
const scene = setScene(connect, flags, { jobMs: 5 * 60_000 });

const starts = {
  clone: ['CloneBackend', 'clone_backend', on('dev', { targetEnvironmentName: 'qa' })],
  update: [
    'UpdateBackendStorage',
    'update_backend_storage',
    on('dev', {
      resourceName: 'shopmedia',
      resourceConfig: { serviceName: 'S3', permissions: { authenticated: ['READ'] } },
    }),
  ],
} as const;

/** Starts a job that never ends. @returns the client of a process that first sees it over an hour later, and the job */
async function stall(what: keyof typeof starts): Promise<{ client: McpClient; job: Json }> {
  const [operation, tool, args] = starts[what];
  await scene.sandbox.order(operation, 'job-stuck');
  const { structuredContent } = await scene.client.callTool(tool, args);
  for (let passed = 0; passed < 15; passed++) scene.sandbox.finishJobs();
  const client = await connect(scene.sandbox.env, flags);
  onTestFinished(() => client.close());
  return { client, job: structuredContent.job as Json };
}

const clone = { app: 'shop', from: 'dev', to: 'qa', timeoutSeconds: 1 };

it('wait_for_job says it once, and shows no progress', async () => {
  const { client, job } = await stall('update');
  const result = await client.callTool('wait_for_job', { jobId: job.jobId, timeoutSeconds: 1 });
  expect(result.structuredContent).toMatchObject({ job: { state: 'stalled' } });
  expect(result.structuredContent).not.toHaveProperty('progress');
  expect(textOf(result).match(/No sign of life/g)).toHaveLength(1);
  expect(textOf(result)).not.toContain('call wait_for_job again');
});

it('list_recent_jobs suggests to ask what the job hangs on, not why it failed', async () => {
  const { client, job } = await stall('clone');
  const result = await client.callTool('list_recent_jobs', { app: 'shop', since: '3 h' });
  expect(textOf(result)).toContain(
    `what the stalled one hangs on, and where a person can act: explain_job, with job: "${job.uri}"`,
  );
  expect(textOf(result)).not.toContain('why the newest failed one failed');
});

it('clone_environment does not advise a caller to call it again for its own stalled job', async () => {
  const { client } = await stall('clone');
  const result = await client.callTool('clone_environment', clone);
  expect(result.structuredContent).toMatchObject({ job: { state: 'stalled' } });
  expect(textOf(result)).toMatch(/The clone is stalled\. .*explain_job.*the page of the AWS console/);
  expect(textOf(result)).not.toContain('call clone_environment again');
});

it('clone_environment says that what blocks it is stalled, whether it waits or not', async () => {
  const { client, job } = await stall('update');
  const refused = await client.callTool('clone_environment', clone);
  expect(refused.structuredContent.error).toMatchObject({
    code: 'pending_job',
    message: expect.stringMatching(/^Another job of dev is stalled, for .*AWS says "IN_PROGRESS"\./),
    hint: expect.stringMatching(/^Waiting does not help\..*explain_job/),
  });
  expect(textOf(refused)).toContain(String(job.uri));
  const waited = await client.callTool('clone_environment', { ...clone, waitForPending: true });
  expect(textOf(waited)).toMatch(
    /What blocks the clone is stalled, and no clone was started\. .*explain_job/,
  );
  expect(textOf(waited)).not.toContain('call clone_environment again');
});
