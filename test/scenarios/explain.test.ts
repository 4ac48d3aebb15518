/**
 * `explain_job`: with AWS's reason, with a reason that only the events of a nested stack have, and without one; also
 * what a hanging job waits for.
 */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FaultKind } from '../../src/sandbox/index.ts';
import type { Json } from '../support/child.ts';
import { generations, type McpClient, type ToolResult, textOf, today } from '../support/clients.ts';
import { type Scene, setScene } from '../support/scene.ts';
import { appId, on } from './cases/case.ts';

const MINUTE = 60_000;

const tools: Readonly<Record<string, readonly [tool: string, args: Json]>> = {
  CloneBackend: ['clone_backend', on('dev', { targetEnvironmentName: 'qa' })],
  DeleteBackend: ['delete_backend', on('dev')],
  UpdateBackendStorage: [
    'update_backend_storage',
    on('dev', {
      resourceName: 'shopmedia',
      resourceConfig: { serviceName: 'S3', permissions: { authenticated: ['READ'] } },
    }),
  ],
};

/** Starts a job with a fault. @returns the arguments that name it */
const startOn =
  (scene: Scene) =>
  async (operation: string, kind?: FaultKind, fault: Json = {}): Promise<Json> => {
    if (kind) await scene.sandbox.order(operation, kind, fault);
    const [tool, args] = tools[operation] as readonly [string, Json];
    const { structuredContent } = await scene.client.callTool(tool, args);
    const { backendEnvironmentName, jobId } = structuredContent.job as Json;
    return { appId, backendEnvironmentName, jobId };
  };

const explainOn =
  (scene: Scene) =>
  (job: Json): Promise<ToolResult> =>
    scene.client.callTool('explain_job', job);

/** The lines of the prose. */
const linesOf = (result: ToolResult) => String(result.structuredContent.summary).split('\n');

describe.each(generations)('$name', ({ connect }) => {
  const scene = setScene(connect, ['--confirm', 'never'], { jobMs: 4_000 });
  const start = startOn(scene);
  const explain = explainOn(scene);
  const ended = async (...fault: Parameters<typeof start>) => {
    const job = await start(...fault);
    scene.sandbox.finishJobs();
    return explain(job);
  };

  it("a failed clone: AWS's words in the job, and the first failure below them", async () => {
    const error = 'Resource is not in the state stackCreateComplete';
    const stackReason = 'You have attempted to create more buckets than allowed';
    const result = await ended('CloneBackend', 'job-fails', { error, stackReason });
    expect(result.isError).toBeFalsy();
    expect(result.structuredContent).toMatchObject({
      job: { operation: 'CloneBackend', state: 'failed', error },
      summary: expect.stringMatching(/^CloneBackend of qa failed after \d+ s \(AWS says "FAILED"\)\.$/m),
      reason: error,
      firstFailure: {
        stack: expect.stringMatching(/^amplify-shop-qa-\w+-authshopauth-\w+$/),
        ...{ logicalId: 'UserPool', type: 'AWS::Cognito::UserPool', status: 'CREATE_FAILED' },
        reason: stackReason,
      },
      stack: { status: 'ROLLBACK_COMPLETE' },
      causes: [
        {
          cause: expect.stringMatching(/^Likely: .*buckets/),
          evidence: expect.stringContaining(stackReason),
        },
        { cause: expect.stringMatching(/^Likely: Amplify waited/), evidence: error },
      ],
      nextSteps: expect.arrayContaining([expect.stringContaining('qa was left behind, empty')]),
    });
    const lines = linesOf(result);
    expect(lines.join('\n')).toContain(`AWS's reason (quoted data): ${JSON.stringify(error)}.`);
    expect(lines.join('\n')).not.toContain('AWS gives no reason');
    expect(lines.length).toBeLessThanOrEqual(10);
  });

  it('a failed clone whose job gives none: the reason is in the events of a nested stack', async () => {
    const result = await ended('CloneBackend', 'job-fails', { error: '' });
    expect(result.structuredContent).not.toHaveProperty('reason');
    expect(result.structuredContent).toMatchObject({
      firstFailure: {
        logicalId: 'UserPool',
        reason: expect.stringContaining('Maximum number of user pools'),
      },
      causes: [{ cause: expect.stringContaining('quota') }],
    });
    expect(textOf(result)).not.toContain('AWS gives no reason');
  });

  it('a failed clone without any reason: says so, and names no cause', async () => {
    const result = await ended('CloneBackend', 'job-fails', { error: '', stackReason: '' });
    expect(result.structuredContent).toMatchObject({ causes: [], job: { state: 'failed' } });
    expect(result.structuredContent).not.toHaveProperty('firstFailure');
    expect(linesOf(result)[1]).toContain('AWS gives no reason');
    expect(textOf(result)).toContain('CloudTrail');
  });

  it('a deletion that failed because a bucket is not empty', async () => {
    const { structuredContent } = await ended('DeleteBackend', 'stack-delete-fails');
    expect(structuredContent).toMatchObject({
      firstFailure: {
        ...{ logicalId: 'S3Bucket', type: 'AWS::S3::Bucket', status: 'DELETE_FAILED' },
        reason: expect.stringContaining('BucketNotEmpty'),
      },
      stack: { name: 'amplify-shop-dev-101530', status: 'DELETE_FAILED' },
      causes: [{ cause: expect.stringContaining('bucket still holds objects') }],
      nextSteps: [expect.stringContaining('emptied'), expect.any(String)],
    });
  });
});

describe('special cases', () => {
  const { connect } = today;
  const scene = setScene(connect, ['--confirm', 'never'], { jobMs: 4_000 });
  const start = startOn(scene);
  const explain = explainOn(scene);

  it('a failed update is not explained by the failure of another one', async () => {
    const jobs = [];
    for (const stackReason of ['one', '', 'three']) {
      jobs.push(await start('UpdateBackendStorage', 'job-fails', { error: '', stackReason }));
      for (let passed = 0; passed < 3; passed++) scene.sandbox.finishJobs();
    }
    const explained = await Promise.all(jobs.map(explain));
    const reasons = explained.map(({ structuredContent }) => {
      const { firstFailure } = structuredContent as { firstFailure?: Json };
      return firstFailure?.reason;
    });
    expect(reasons).toEqual(['one', undefined, 'three']);
  });

  it('a successful clone, and one that cloned nothing', async () => {
    const job = await start('CloneBackend');
    scene.sandbox.finishJobs();
    const { structuredContent } = await explain(job);
    expect(structuredContent).toMatchObject({
      summary: expect.stringMatching(/succeeded after \d+ s \(AWS says "COMPLETED"\)\.$/m),
      causes: [],
      nextSteps: [expect.stringContaining('compare_environments')],
    });
    await scene.sandbox.reset();
    const empty = await start('CloneBackend', 'clone-leaves-empty-environment');
    scene.sandbox.finishJobs();
    expect((await explain(empty)).structuredContent).toMatchObject({
      summary: expect.stringContaining('But qa has no resources'),
    });
  });

  it('a deletion that is reported as done, although its stack is stuck', async () => {
    const job = await start('DeleteBackend', 'delete-leaves-stack');
    scene.sandbox.finishJobs();
    const { structuredContent } = await explain(job);
    expect(structuredContent).toMatchObject({
      job: { state: 'succeeded' },
      stack: { status: 'DELETE_FAILED' },
      firstFailure: { logicalId: 'S3Bucket' },
      nextSteps: [expect.stringContaining('emptied'), expect.stringContaining('wrong or incomplete')],
    });
  });

  it('a job that AWS does not know', async () => {
    const result = await explain(on('gone', { jobId: 'unknown' }));
    expect(result.isError).toBe(true);
    expect(result.structuredContent.error).toMatchObject({
      code: 'not_found',
      message: expect.stringContaining("A job's record is deleted with its environment"),
      hint: expect.stringContaining('describe_environment'),
    });
  });
});

describe('a stuck job', () => {
  const { connect } = today;
  const scene = setScene(connect, [], { jobMs: 5 * MINUTE });
  const start = startOn(scene);

  /** A client of a new process: one that has read the job would not ask again within seconds. */
  async function lateClient(): Promise<McpClient> {
    for (let passed = 0; passed < 15; passed++) scene.sandbox.finishJobs();
    const late = await connect(scene.sandbox.env);
    onTestFinished(() => late.close());
    return late;
  }

  it('is running, then stalled, with the resource that it works on', async () => {
    const job = await start('CloneBackend', 'job-stuck');
    expect((await explainOn(scene)(job)).structuredContent).toMatchObject({
      ...{ job: { state: 'running' }, stack: { status: 'CREATE_IN_PROGRESS' } },
      nextSteps: [expect.stringContaining('wait_for_job')],
    });
    const result = await (await lateClient()).callTool('explain_job', job);
    expect(result.structuredContent).toMatchObject({
      job: { state: 'stalled', status: 'IN_PROGRESS' },
      summary: expect.stringMatching(/runs for 75 min .* stalled\. Nothing was cancelled\./),
      stack: {
        status: 'CREATE_IN_PROGRESS',
        pending: { logicalId: 'UserPool', status: 'CREATE_IN_PROGRESS' },
      },
    });
    const text = textOf(result);
    expect(text).toContain('CloudFormation has worked the longest on this resource: UserPool');
    expect(text).toContain('Such jobs take minutes; this one has run for 75 min, far beyond that.');
    const page =
      /https:\/\/us-east-1\.console\.aws\.amazon\.com\/cloudformation\/home\?region=us-east-1#\/stacks\/events\?stackId=arn%3A\S+/;
    expect(text).toMatch(page);
    expect(text).toMatch(/the stack amplify-shop-qa-\w+ in the AWS console/);
    expect(text).toContain('deleting the stack ends it at once');
    expect(text).not.toMatch(/minutes are normal|Wait with/);
    expect(result.structuredContent.consolePage).toMatch(page);
  });

  it.each(['get_backend_job', 'wait_for_job'])('is not called normal by %s', async tool => {
    const job = await start('UpdateBackendStorage', 'job-stuck');
    const client = await lateClient();
    const result = await client.callTool(tool, {
      ...job,
      ...(tool === 'wait_for_job' && { timeoutSeconds: 1 }),
    });
    expect(result.structuredContent.job).toMatchObject({ state: 'stalled' });
    const text = textOf(result);
    expect(text).toMatch(/Such jobs take about 5 min; this one has run for 75 min, far beyond that\./);
    expect(text).toContain('the page of the AWS console');
    expect(text).not.toContain('minutes are normal');
  });

  it('says that minutes are normal when it starts', async () => {
    const started = await scene.client.callTool('clone_backend', on('dev', { targetEnvironmentName: 'qa' }));
    expect(textOf(started)).toContain('minutes are normal');
  });
});
