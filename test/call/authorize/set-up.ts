/** What tests of authorization share: a sandbox for the file, and authorizers that read it. */
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createTargets } from '../../../src/aws/targets.ts';
import { createAuthorizer, type PendingCall } from '../../../src/call/authorize/authorize.ts';
import type { SharedConfirmations } from '../../../src/call/authorize/confirmation-store.ts';
import { operationOf } from '../../../src/call/reads.ts';
import { createSendOperation } from '../../../src/call/send.ts';
import { parseConfig } from '../../../src/cli/config.ts';
import { toServerError } from '../../../src/errors.ts';
import type { PolicySettings } from '../../../src/policy/decide.ts';
import { sandboxCredentials, sandboxRegion } from '../../../src/sandbox/index.ts';
import { on } from '../../scenarios/cases/case.ts';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox.ts';
import { sharedUses } from './confirmation-set-up.ts';

/** The sandbox of the file, once its tests run; each test finds it as it starts. */
export let sandbox: TestSandbox;

/** Starts the sandbox of the file. */
export function setSandbox(): void {
  beforeAll(async () => {
    sandbox = await startTestSandbox();
  });
  beforeEach(() => sandbox.reset());
  afterAll(() => sandbox.close());
}

/** What two processes of one user, or two replicas, share. */
export function share(): () => Promise<SharedConfirmations> {
  const shared = { keys: [new Uint8Array(32).fill(7)] as const, ...sharedUses() };
  return async () => shared;
}

export function authorizerWith(
  settings: Partial<PolicySettings> = {},
  open = share(),
  targetApps?: readonly string[],
) {
  const targets = createTargets({
    targets: {},
    fallback: { endpoint: sandbox.url, region: sandboxRegion, credentials: sandboxCredentials },
    userAgent: 'test/1',
  });
  const authorizer = createAuthorizer({ ...parseConfig({}), ...settings }, () => targetApps, open);
  const pendingCall = (toolName: string, args: Record<string, unknown>, caller = 'ann'): PendingCall => ({
    ...{ operation: operationOf(toolName), args, caller, target: targets.get(undefined) },
  });
  const authorize = (toolName: string, args: Record<string, unknown>, caller?: string, token?: string) =>
    authorizer
      .authorize(pendingCall(toolName, args, caller), { token })
      .then(({ reason }) => reason)
      .catch((thrown: unknown) => toServerError(thrown));
  return {
    ...{ authorizer, pendingCall },
    request: createSendOperation(targets.get(undefined).send),
    authorize,
    plan: (toolName: string, args: Record<string, unknown>) => authorizer.plan(pendingCall(toolName, args)),
  };
}

export const dev = on('dev');

/** The schema of the sandbox's API. */
export async function schemaThere(): Promise<string> {
  const read = on('dev', { resourceName: 'shopapi' });
  const { answer } = await authorizerWith().request(operationOf('get_backend_api'), read);
  return (answer.resourceConfig as { transformSchema: string }).transformSchema;
}
