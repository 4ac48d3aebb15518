/**
 * Stacks and records of an environment with a real sandbox: only of allowed apps, found by name if no meta
 * names them, with their nested stacks.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StackEvent } from '../../src/aws/stacks.ts';
import { createTargets } from '../../src/aws/targets.ts';
import { createCallPath } from '../../src/call/call-path.ts';
import { lastActivityOf } from '../../src/call/stack-activity.ts';
import { walkStacks } from '../../src/call/stack-walk.ts';
import { parseConfig } from '../../src/cli/config.ts';
import { sandboxAppId as appId, sandboxCredentials, sandboxRegion } from '../../src/sandbox/index.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts';
import { seededResources } from '../support/seed.ts';

const dev = { appId, backendEnvironmentName: 'dev' };
const qa = { appId, backendEnvironmentName: 'qa' };
const root = 'amplify-shop-dev-101530';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

function setUp(flags: Record<string, unknown> = {}) {
  const fallback = { endpoint: sandbox.url, region: sandboxRegion, credentials: sandboxCredentials };
  const targets = createTargets({ targets: {}, fallback, userAgent: 'test/1' });
  const policy = parseConfig({ flags: { confirm: 'never', ...flags } });
  const path = createCallPath({
    targets,
    policy,
    revealSecrets: false,
    recorder: { called: () => undefined },
  });
  const clone = () => path.callOperation('clone_backend', { ...dev, targetEnvironmentName: 'qa' });
  return { ...path, target: targets.get(undefined), clone };
}

describe('reading', () => {
  it('finds a stack, its events, the record and the branches of an environment', async () => {
    const { stacks } = setUp();
    expect(await stacks.find(dev, root)).toMatchObject({ name: root });
    expect((await stacks.events(dev, root, 0)).length).toBeGreaterThan(10);
    expect(await stacks.recorded(dev)).toMatchObject({ name: 'dev', stackName: root });
    expect(await stacks.recorded(qa)).toBeUndefined();
    expect(await stacks.branches(dev)).toMatchObject([{ name: 'develop' }]);
  });

  it('finds stacks by the name of the environment, those of deleted ones too', async () => {
    const { stacks, clone, callOperation } = setUp();
    await clone();
    sandbox.finishJobs();
    await callOperation('delete_backend', qa);
    sandbox.finishJobs();
    await clone();
    sandbox.finishJobs();
    const found = await stacks.ownByName({ ...qa, appName: 'shop' });
    expect(found.map(({ status }) => status)).toEqual(['CREATE_COMPLETE', 'DELETE_COMPLETE']);
    expect(await stacks.ownByName({ ...qa, appName: 'other' })).toEqual([]);
  });

  it('is refused for an excluded app, before AWS is asked', async () => {
    const { stacks } = setUp({ apps: 'd1other' });
    const refused = { code: 'policy_denied', message: expect.stringContaining('apps') };
    await expect(stacks.find(dev, root)).rejects.toMatchObject(refused);
    await expect(stacks.ownByName(dev)).rejects.toMatchObject(refused);
    await expect(stacks.events(dev, root, 0)).rejects.toMatchObject(refused);
    await expect(stacks.history(dev, { root, enters: () => true }, 0)).rejects.toMatchObject(refused);
    await expect(stacks.recorded(dev)).rejects.toMatchObject(refused);
    await expect(stacks.branches(dev)).rejects.toMatchObject(refused);
    expect(await sandbox.requests()).toEqual([]);
  });
});

describe('the events of a stack', () => {
  it('include those of the entered nested stacks, each stack read once, newest first', async () => {
    const { stacks } = setUp();
    const whole = await stacks.history(dev, { root, enters: () => true }, 0);
    const names = new Set(whole.events.map(({ stackName }) => stackName));
    // All but hosting, which is declared only, have a stack below the root.
    const nested = seededResources('dev').filter(({ category }) => category !== 'hosting');
    expect(names.size).toBe(1 + nested.length);
    expect(whole.isCut).toBe(false);
    const times = whole.events.map(({ at }) => at);
    expect(times).toEqual([...times].sort().reverse());
    const asked = await sandbox.verdicts('cloudformation:DescribeStackEvents');
    expect(asked).toHaveLength(names.size);
    const alone = await stacks.history(dev, { root, enters: () => false }, 0);
    expect(new Set(alone.events.map(({ stackName }) => stackName))).toEqual(new Set([root]));
  });

  it('are bounded, and say so, for any number of nested stacks', async () => {
    const arn = (name: string) => `arn:aws:cloudformation:x:1:stack/${name}/1`;
    const tellOf = (stackId: string, child: string): StackEvent => ({
      ...{
        stackId,
        stackName: stackId,
        logicalId: child,
        physicalId: arn(child),
        status: 'CREATE_IN_PROGRESS',
      },
      ...{ type: 'AWS::CloudFormation::Stack', at: '2026-01-01T00:00:00.000Z' },
    });
    let reads = 0;
    const { isCut } = await walkStacks({ root: arn('root'), enters: () => true }, async id => {
      reads += 1;
      return [tellOf(id, `${reads}-a`), tellOf(id, `${reads}-b`), tellOf(id, 'root')];
    });
    expect(isCut).toBe(true);
    expect(reads).toBe(60);
  });
});

describe('the last activity', () => {
  it('is the newest event, of nested stacks too, while CloudFormation is at work', async () => {
    const { target, clone, stacks } = setUp();
    const startedAt = Date.now() - 1_000;
    await sandbox.order('CloneBackend', 'job-stuck');
    await clone();
    sandbox.finishJobs();
    const at = await lastActivityOf(target, qa, startedAt);
    const [stack] = await stacks.ownByName({ ...qa, appName: 'shop' });
    const { events } = await stacks.history(qa, { root: String(stack?.id), enters: () => true }, 0);
    expect(at).toBe(Date.parse(String(events[0]?.at)));
    expect(events[0]?.stackName).not.toBe(stack?.name);
  });

  it('of a deployed environment is read from the stack that its meta names', async () => {
    const { target, callOperation } = setUp();
    await sandbox.order('DeleteBackend', 'job-stuck');
    await callOperation('delete_backend', dev);
    expect(await lastActivityOf(target, dev, 0)).toBeGreaterThan(Date.now() - 60_000);
    expect(await sandbox.verdicts('cloudformation:ListStacks')).toEqual([]);
  });

  it('is undefined if CloudFormation is not at work, or there is no stack', async () => {
    const { target } = setUp();
    expect(await lastActivityOf(target, dev, 0)).toBeUndefined();
    expect(await lastActivityOf(target, qa, 0)).toBeUndefined();
    expect(await sandbox.verdicts('cloudformation:DescribeStackEvents')).toEqual([]);
  });
});
