/**
 * Reads of CloudFormation over a real socket: stacks by name and ARN, deleted ones, and events back to a
 * time.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTargets, type TargetsOptions } from '../../src/aws/targets.ts';
import { createCallPath } from '../../src/call/call-path.ts';
import { parseConfig } from '../../src/cli/config.ts';
import { sandboxAppId, sandboxCredentials, sandboxRegion } from '../../src/sandbox/index.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts';
import { seededEnvironments } from '../support/seed.ts';

const root = 'amplify-shop-dev-101530';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

function setUp(fallback: Partial<TargetsOptions['fallback']> = {}) {
  const where = { endpoint: sandbox.url, region: sandboxRegion, credentials: sandboxCredentials };
  const targets = createTargets({ targets: {}, fallback: { ...where, ...fallback }, userAgent: 'test/1' });
  const policy = parseConfig({ flags: { confirm: 'never' } });
  const { callOperation } = createCallPath({
    targets,
    policy,
    revealSecrets: false,
    recorder: { called: () => undefined },
  });
  const on = (tool: string, more: object = {}) =>
    callOperation(tool, { appId: sandboxAppId, backendEnvironmentName: 'dev', ...more });
  return { stacks: targets.get(undefined).stacks, on };
}

describe('a stack', () => {
  it('is found by its name and by its ARN', async () => {
    const { stacks } = setUp();
    const found = await stacks.find(root);
    expect(found).toMatchObject({
      ...{ name: root, id: expect.stringMatching(/^arn:aws:cloudformation:/), status: 'UPDATE_COMPLETE' },
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(found).not.toHaveProperty('parentId');
    expect(await stacks.find(String(found?.id))).toEqual(found);
  });

  it('that does not exist is undefined, without a failure, and has no events', async () => {
    const { stacks } = setUp();
    expect(await stacks.find('amplify-none-dev-1')).toBeUndefined();
    expect(await stacks.events('amplify-none-dev-1', 0)).toEqual([]);
  });

  it('that was deleted is found by its ARN alone', async () => {
    const { stacks, on } = setUp();
    const before = await stacks.find(root);
    await on('delete_backend');
    sandbox.finishJobs();
    expect(await stacks.find(root)).toBeUndefined();
    const gone = await stacks.find(String(before?.id));
    expect(gone).toMatchObject({ status: 'DELETE_COMPLETE', deletedAt: expect.any(String) });
    expect((await stacks.list()).map(({ id }) => id)).toContain(gone?.id);
  });
});

it('lists all stacks, newest first, nested ones with their parents', async () => {
  const { stacks, on } = setUp();
  await on('clone_backend', { targetEnvironmentName: 'qa' });
  sandbox.finishJobs();
  const all = await stacks.list();
  const times = all.map(({ createdAt }) => String(createdAt));
  expect(times).toEqual([...times].sort().reverse());
  const roots = all.filter(({ parentId }) => parentId === undefined);
  const environments = [...seededEnvironments, 'qa'].reverse();
  expect(roots.map(({ name }) => name)).toEqual(
    environments.map(name => expect.stringMatching(new RegExp(`^amplify-shop-${name}-\\d+$`))),
  );
  const ids = new Set(roots.map(({ id }) => id));
  for (const { parentId } of all) if (parentId !== undefined) expect(ids).toContain(parentId);
});

describe('events', () => {
  it('come newest first, back to the given time', async () => {
    const { stacks } = setUp();
    const all = await stacks.events(root, 0);
    const times = all.map(({ at }) => at);
    expect(times).toEqual([...times].sort().reverse());
    expect(all.at(-1)).toMatchObject({
      ...{ stackName: root, logicalId: root, type: 'AWS::CloudFormation::Stack' },
      ...{ status: 'CREATE_IN_PROGRESS', reason: 'User Initiated' },
    });
    const [newest] = all;
    const since = Date.parse(String(newest?.at));
    const late = await stacks.events(root, since);
    expect(late).toEqual(all.filter(({ at }) => Date.parse(at) >= since));
    expect(late.length).toBeLessThan(all.length);
  });

  it('are read page by page, only as far as needed', async () => {
    const { stacks, on } = setUp();
    for (let update = 0; update < 20; update++) {
      await on('update_backend_storage', {
        resourceName: 'shopmedia',
        resourceConfig: { serviceName: 'S3', permissions: { authenticated: ['READ'] } },
      });
      sandbox.finishJobs();
    }
    const pages = async () => (await sandbox.verdicts('cloudformation:DescribeStackEvents')).length;
    const all = await stacks.events(root, 0);
    expect(all.length).toBeGreaterThan(100);
    const before = await pages();
    expect(before).toBeGreaterThan(1);
    const [newest] = all;
    await stacks.events(root, Date.parse(String(newest?.at)));
    expect((await pages()) - before).toBe(1);
  });

  it('have no secrets in their reasons', async () => {
    const { stacks, on } = setUp();
    const key = `da2-${'k'.repeat(26)}`;
    await sandbox.order('CloneBackend', 'job-fails', { stackReason: `no API with key ${key}` });
    await on('clone_backend', { targetEnvironmentName: 'qa' });
    sandbox.finishJobs();
    const told = JSON.stringify(
      await Promise.all((await stacks.list()).map(({ id }) => stacks.events(id, 0))),
    );
    expect(told).toContain('no API with key [withheld]');
    expect(told).not.toContain(key);
  });
});

it('refused keys are reported as such', async () => {
  const { stacks } = setUp({ credentials: { ...sandboxCredentials, secretAccessKey: 'wrong' } });
  await expect(stacks.find(root)).rejects.toMatchObject({ code: 'credentials_refused' });
});
