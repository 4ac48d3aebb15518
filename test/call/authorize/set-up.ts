/** What tests of authorization share: a sandbox for the file, and authorizers that read it. */
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Send } from '../../../src/aws/client.ts';
import { createTargets } from '../../../src/aws/targets.ts';
import { createAuthorizer } from '../../../src/call/authorize/authorize.ts';
import type { SharedConfirmations } from '../../../src/call/authorize/confirmation-store.ts';
import type { ResolveSecrets } from '../../../src/call/authorize/dry-run-checks.ts';
import { createMigrationGuard } from '../../../src/call/authorize/migration-guard.ts';
import type { PendingCall } from '../../../src/call/authorize/pending-call.ts';
import { createReadMigrationFacts } from '../../../src/call/migration-reads.ts';
import { operationOf } from '../../../src/call/reads.ts';
import { createRefuseApp } from '../../../src/call/refuse-app.ts';
import { createSendOperation } from '../../../src/call/send.ts';
import { parseConfig } from '../../../src/cli/config.ts';
import { ServerError, toServerError } from '../../../src/errors.ts';
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

/** What an authorizer has besides the policy; nothing of it unless it is said. */
interface More {
  /** Whether it looks for a migration to Gen 2. */
  readonly isGuarded?: boolean;
  readonly resolveSecrets?: ResolveSecrets;
  readonly showsSecrets?: boolean;
}

export function authorizerWith(
  settings: Partial<PolicySettings> = {},
  open = share(),
  targetApps?: readonly string[],
  { isGuarded = false, ...secrets }: More = {},
) {
  const targets = createTargets({
    targets: {},
    fallback: { endpoint: sandbox.url, region: sandboxRegion, credentials: sandboxCredentials },
    userAgent: 'test/1',
  });
  const policy = { ...parseConfig({}), ...settings };
  const limits = () => targetApps;
  const readMigration = createReadMigrationFacts(targets, createRefuseApp(policy, limits));
  const guardMigration = isGuarded ? createMigrationGuard(readMigration, policy) : undefined;
  const authorizer = createAuthorizer({
    ...{ policy, targetApps: limits, openConfirmations: open, secrets, guardMigration },
  });
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

/** The same call where a read of AWS goes on being throttled. What the SDK does until it gives up takes long. */
export function throttled(call: PendingCall, name: string): PendingCall {
  const send: Send = async (operation, ...rest) => {
    if (operation.name === name) throw new ServerError('throttled');
    return call.target.send(operation, ...rest);
  };
  return { ...call, target: Object.create(call.target, { send: { value: send } }) };
}

/** The schema of the sandbox's API. */
export async function schemaThere(): Promise<string> {
  const read = on('dev', { resourceName: 'shopapi' });
  const { answer } = await authorizerWith().request(operationOf('get_backend_api'), read);
  return (answer.resourceConfig as { transformSchema: string }).transformSchema;
}
