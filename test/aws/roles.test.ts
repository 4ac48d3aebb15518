/** The marks of a role's sessions, whatever the role allows; and our name in every request. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCredentials } from '../../src/aws/credentials.ts';
import { createTargets } from '../../src/aws/targets.ts';
import { operationOf } from '../../src/call/reads.ts';
import { createSendOperation } from '../../src/call/send.ts';
import { monotonicNow } from '../../src/lib/clock.ts';
import { type Sandbox, sandboxCredentials, sandboxRoles, startSandbox } from '../../src/sandbox/index.ts';
import { keysOf, startAwsHome } from './support.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ jobMs: 0 });
});
afterEach(() => sandbox.close());

interface Entry {
  readonly operation: string;
  readonly verdict: string;
  readonly userAgent?: string;
  readonly sourceIdentity?: string;
  readonly sessionTags?: Record<string, string>;
}

async function requests(): Promise<Entry[]> {
  const response = await fetch(`${sandbox.url}/_sandbox/requests`);
  return ((await response.json()) as { requests: Entry[] }).requests;
}

const set = (settings: object) =>
  fetch(`${sandbox.url}/_sandbox/settings`, { method: 'PUT', body: JSON.stringify(settings) });

const marked = { sourceIdentity: 'amplify-backend-mcp', sessionTags: { 'amplify-backend-mcp': '9.9.9' } };

/** Assumes a role and reads with it. @returns the entry of the read, and the verdicts of STS */
async function read(settings: { sessionTags?: Record<string, string> } = {}) {
  startAwsHome({ AWS_ENDPOINT_URL: sandbox.url, AWS_REGION: 'us-east-1' }).credentials(
    keysOf('base', sandboxCredentials.accessKeyId),
  );
  const targets = createTargets({
    targets: { one: { profile: 'base', roleArn: sandboxRoles.admin.arn, ...settings } },
    ...{ fallback: {}, userAgent: 'amplify-backend-mcp/9.9.9' },
  });
  const send = createSendOperation(targets.get('one').send);
  await send(operationOf('get_backend'), { appId: 'd1sandboxshop' });
  const all = await requests();
  return {
    seen: all.at(-1),
    sts: all.filter(({ operation }) => operation.startsWith('sts:')).map(({ verdict }) => verdict),
  };
}

describe('a session', () => {
  it('carries the source identity and the tag', async () => {
    const { seen, sts } = await read();
    expect(seen).toMatchObject({ operation: 'GetBackend', ...marked });
    expect(sts).toEqual(['ok']);
  });

  it.each([
    ['source identity', { sourceIdentity: 'refused' }, { sessionTags: marked.sessionTags }, 1],
    ['tag', { sessionTags: 'refused' }, { sourceIdentity: marked.sourceIdentity }, 1],
    ['either', { sourceIdentity: 'refused', sessionTags: 'refused' }, {}, 2],
  ])('of a role that refuses the %s goes without it', async (_, settings, left, refusals) => {
    await set(settings);
    const { seen, sts } = await read();
    const { sourceIdentity, sessionTags } = seen ?? {};
    expect({ ...(sourceIdentity && { sourceIdentity }), ...(sessionTags && { sessionTags }) }).toEqual(left);
    expect(sts).toEqual([...Array(refusals).fill('AccessDenied'), 'ok']);
  });

  it('keeps the tags of the configuration beside ours', async () => {
    const { seen } = await read({ sessionTags: { team: 'shop' } });
    expect(seen?.sessionTags).toEqual({ ...marked.sessionTags, team: 'shop' });
  });

  it('remembers what the role refuses', async () => {
    await set({ sourceIdentity: 'refused' });
    startAwsHome({ AWS_ENDPOINT_URL: sandbox.url });
    const credentials = createCredentials({
      ...{ region: async () => 'us-east-1', userAgent: 'x/1', now: monotonicNow },
      keys: async () => sandboxCredentials,
      role: { roleArn: sandboxRoles.admin.arn },
    });
    for (let n = 0; n < 3; n++) {
      await credentials.provider();
      credentials.forget();
    }
    expect((await requests()).map(({ verdict }) => verdict)).toEqual(['AccessDenied', 'ok', 'ok', 'ok']);
  });
});

it('every request to AWS names this program and its version', async () => {
  const home = startAwsHome({ AWS_ENDPOINT_URL: sandbox.url, AWS_REGION: 'us-east-1' });
  home.credentials(keysOf('base', sandboxCredentials.accessKeyId));
  // The profile's own role is assumed by the SDK, the target's by this program.
  home.config(`[profile nested]\nrole_arn = ${sandboxRoles.admin.arn}\nsource_profile = base\n`);
  const targets = createTargets({
    targets: { one: { profile: 'nested', roleArn: sandboxRoles.otherAdmin.arn } },
    ...{ fallback: {}, userAgent: 'amplify-backend-mcp/9.9.9' },
  });
  const target = targets.get('one');
  const send = createSendOperation(target.send);
  await send(operationOf('create_token'), { appId: 'd1sandboxshop' });
  await target.amplify.listApps();
  await target.stacks.list();
  await target.identity();
  await target.inspect.probe('amplifybackend:ListS3Buckets');
  await target.inspect.simulate(sandboxRoles.admin.arn, ['amplifybackend:GetBackend']);
  const all = await requests();
  const names = new Set(all.map(({ operation }) => operation?.split(':')[0]));
  expect(names.size).toBeGreaterThan(4);
  for (const { operation, userAgent } of all)
    expect(userAgent, operation).toContain('amplify-backend-mcp/9.9.9');
});
