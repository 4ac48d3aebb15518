/**
 * Which calls are planned: those whose plan is shown or recorded, since a plan costs as much as its arguments
 * are long.
 */
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createTargets } from '../../../src/aws/targets.ts';
import { planRequest } from '../../../src/call/authorize/plan.ts';
import { type CallPathOptions, createCallPath } from '../../../src/call/dispatch.ts';
import { parseConfig } from '../../../src/cli/config.ts';
import { sandboxAppId as appId, sandboxCredentials, sandboxRegion } from '../../../src/sandbox/index.ts';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox.ts';

// What it does stays as it is; that it is not called can be seen in no other way.
vi.mock('../../../src/call/authorize/plan.ts', { spy: true });

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
beforeEach(async () => {
  await sandbox.reset();
  vi.mocked(planRequest).mockClear();
});
afterAll(() => sandbox.close());

const dev = { appId, backendEnvironmentName: 'dev' };
const record: CallPathOptions['audit'] = { person: { who: 'ann' }, begin: async () => async () => undefined };

function setUp(audit?: CallPathOptions['audit']) {
  const fallback = { endpoint: sandbox.url, region: sandboxRegion, credentials: sandboxCredentials };
  return createCallPath({
    targets: createTargets({ targets: {}, fallback, userAgent: 'test/1' }),
    policy: parseConfig({ flags: { confirm: 'never' } }),
    revealSecrets: false,
    recorder: { called: () => undefined },
    audit,
  }).callOperation;
}

it('a read is not planned, with or without an audit', async () => {
  await setUp()('list_backend_jobs', dev);
  await setUp(record)('list_backend_jobs', dev);
  expect(planRequest).not.toHaveBeenCalled();
});

it('a write is planned for the audit or a display, else not', async () => {
  const clone = { ...dev, targetEnvironmentName: 'qa' };
  await setUp()('clone_backend', clone);
  expect(planRequest).not.toHaveBeenCalled();
  await setUp()('clone_backend', { ...clone, dryRun: true });
  expect(planRequest).toHaveBeenCalledTimes(1);
  await sandbox.reset();
  await setUp(record)('clone_backend', clone);
  expect(planRequest).toHaveBeenCalledTimes(2);
});
