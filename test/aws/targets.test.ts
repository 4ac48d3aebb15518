/**
 * Targets over a real socket: each with its own credentials, region and identity, with the sandbox's
 * services.
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  createTargets,
  type Target,
  type TargetSettings,
  type TargetsOptions,
} from '../../src/aws/targets.ts';
import { readJob } from '../../src/call/reads.ts';
import { createSendOperation } from '../../src/call/send.ts';
import { ServerError } from '../../src/errors.ts';
import { operations as declared } from '../../src/operations/index.ts';
import {
  type RequestLogEntry,
  type Sandbox,
  sandboxAppId,
  sandboxCredentials,
  sandboxExternalId,
  sandboxRegion,
  sandboxRoles,
  startSandbox,
} from '../../src/sandbox/index.ts';
import { keysOf, startAwsHome } from './support.ts';

/** The sandbox's clock is behind at first: keys then expire in its future, within what a signature's age may be. */
const BEHIND_MS = -8 * 60_000;

let sandbox: Sandbox;
let ahead = 0;
beforeEach(async () => {
  ahead = 0;
  sandbox = await startSandbox({ now: () => Date.now() + ahead });
});
afterEach(() => sandbox.close());

const base = () => keysOf('base', sandboxCredentials.accessKeyId);
const startHome = (env: Record<string, string> = {}) =>
  startAwsHome({ AWS_ENDPOINT_URL: sandbox.url, AWS_REGION: sandboxRegion, ...env });

const create = (targets: Record<string, TargetSettings> = {}, more: Partial<TargetsOptions> = {}) =>
  createTargets({ targets, fallback: {}, userAgent: 'test/1', ...more });

/** A read through the target, judged as every call is. */
function read(target: Target) {
  const getBackend = declared.find(({ toolName }) => toolName === 'get_backend');
  if (!getBackend) throw new Error('no such operation');
  return createSendOperation(target.send)(getBackend, { appId: sandboxAppId });
}

async function operations(): Promise<(string | null)[]> {
  const response = await fetch(`${sandbox.url}/_sandbox/requests`);
  const { requests } = (await response.json()) as { requests: RequestLogEntry[] };
  return requests.map(({ operation, verdict }) =>
    verdict === 'ok' ? operation : `${operation}: ${verdict}`,
  );
}

it('the unnamed target uses the environment', async () => {
  startHome({
    AWS_ACCESS_KEY_ID: sandboxCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: sandboxCredentials.secretAccessKey,
  });
  const target = create().get(undefined);
  expect(target.name).toBeUndefined();
  expect(await target.region()).toBe('us-east-1');
  expect(await target.identity()).toEqual({
    account: '123456789012',
    arn: 'arn:aws:iam::123456789012:user/sandbox',
  });
  expect((await read(target)).answer).toMatchObject({ appId: sandboxAppId });
});

it('a single configured target needs no name', () => {
  const targets = create({ prod: {} });
  expect(targets.names).toEqual(['prod']);
  expect(targets.get(undefined)).toBe(targets.get('prod'));
});

it.each([
  [{ a: {}, b: {} }, undefined, 'target is missing; the targets are a, b.'],
  [{ a: {}, b: {} }, 'c', 'there is no target "c"; the targets are a, b.'],
  [{ a: {} }, 'toString', 'there is no target "toString"; the targets are a.'],
  [{}, 'a', 'there is no target "a"; none is configured, so leave target out.'],
])('with the targets %j, %j is refused', (settings, name, words) => {
  const targets = create(settings);
  expect(() => targets.get(name)).toThrow(
    expect.objectContaining({ code: 'invalid_arguments', message: expect.stringContaining(words) }),
  );
});

it('two targets act in two accounts, each with its own role, assumed once', async () => {
  startHome().credentials(base());
  const targets = create({
    one: {
      profile: 'base',
      roleArn: sandboxRoles.partner.arn,
      externalId: sandboxExternalId,
      sessionName: 'shop',
    },
    two: { sourceProfile: 'base', roleArn: sandboxRoles.otherAdmin.arn },
  });
  expect(await targets.get('one').identity()).toEqual({
    account: '123456789012',
    arn: 'arn:aws:sts::123456789012:assumed-role/sandbox-partner/shop',
  });
  expect(await targets.get('two').identity()).toEqual({
    account: '210987654321',
    arn: 'arn:aws:sts::210987654321:assumed-role/sandbox-admin/amplify-backend-mcp',
  });
  await read(targets.get('one'));
  await targets.get('one').identity();
  expect(await operations()).toEqual([
    'sts:AssumeRole',
    'sts:GetCallerIdentity',
    'sts:AssumeRole',
    'sts:GetCallerIdentity',
    'GetBackend',
  ]);
});

it('a role whose external id is wrong is refused before anything is sent', async () => {
  startHome().credentials(base());
  const target = create({
    one: { profile: 'base', roleArn: sandboxRoles.partner.arn, externalId: 'guessed' },
  }).get('one');
  await expect(read(target)).rejects.toMatchObject({
    code: 'credentials_refused',
    hint: expect.stringContaining('externalId'),
  });
  await expect(target.identity()).rejects.toMatchObject({ code: 'credentials_refused' });
  // Once with the marks of the session and once without, for each of the two.
  expect(await operations()).toEqual(Array(4).fill('sts:AssumeRole: AccessDenied'));
});

it('a role is assumed again on the call after its keys were refused as expired', async () => {
  startHome().credentials(base());
  ahead = BEHIND_MS;
  const target = create({
    one: { profile: 'base', roleArn: sandboxRoles.admin.arn, durationSeconds: 900 },
  }).get('one');
  await read(target);
  ahead = BEHIND_MS + 900_000;
  await expect(read(target)).rejects.toMatchObject({ code: 'credentials_expired' });
  await read(target);
  const seen = await operations();
  expect(seen.filter(name => name === 'sts:AssumeRole')).toHaveLength(2);
  expect(seen.at(-3)).toBe('GetBackend: ExpiredTokenException');
});

it.each([
  ['CloudFormation', (target: Target) => target.stacks.list(), 'ListStacks'],
  ['Amplify', (target: Target) => target.amplify.listApps(), 'ListApps'],
])('a role is assumed again on the call after %s refused its keys as expired', async (_, readOther, name) => {
  startHome().credentials(base());
  ahead = BEHIND_MS;
  const target = create({
    one: { profile: 'base', roleArn: sandboxRoles.admin.arn, durationSeconds: 900 },
  }).get('one');
  await read(target);
  ahead = BEHIND_MS + 900_000;
  await expect(readOther(target)).rejects.toMatchObject({ code: 'credentials_expired' });
  await readOther(target);
  const seen = await operations();
  expect(seen.filter(seenName => seenName === 'sts:AssumeRole')).toHaveLength(2);
  expect(seen.at(-1)).toContain(name);
});

it('a role is assumed again before its keys expire, by the clock of this process', async () => {
  startHome().credentials(base());
  let clock = Date.now();
  const target = create(
    { one: { profile: 'base', roleArn: sandboxRoles.admin.arn } },
    { now: () => clock },
  ).get('one');
  await read(target);
  clock += 3_600_000 - 60_000;
  // The sandbox's clock goes along as far as a signature may be old, or the new keys would end with the old ones.
  ahead = 10 * 60_000;
  await read(target);
  expect(await operations()).toEqual(['sts:AssumeRole', 'GetBackend', 'sts:AssumeRole', 'GetBackend']);
});

it('a rewritten credentials file counts from the next call on', async () => {
  const home = startHome();
  home.credentials(keysOf('base', 'AKIANOBODY'));
  const target = create({ one: { profile: 'base' } }).get('one');
  await expect(read(target)).rejects.toMatchObject({ code: 'credentials_refused' });
  home.credentials(base());
  await read(target);
  expect(await operations()).toEqual(['GetBackend: UnrecognizedClientException', 'GetBackend']);
});

it('an identity is read again when the keys change, and after an hour', async () => {
  const home = startHome();
  home.credentials(base());
  let clock = Date.now();
  const target = create({ one: { profile: 'base' } }, { now: () => clock }).get('one');
  await Promise.all([target.identity(), target.identity()]);
  expect(await operations()).toHaveLength(1);
  clock += 3_600_000;
  await target.identity();
  expect(await operations()).toHaveLength(2);
  home.credentials(keysOf('base', 'AKIANOBODY'));
  await expect(target.identity()).rejects.toMatchObject({ code: 'credentials_refused' });
  home.credentials(base());
  expect(await target.identity()).toMatchObject({ account: '123456789012' });
});

it('a vault entry gives the keys, and a role on top of them', async () => {
  startHome();
  const asked: string[] = [];
  const readVault = async (name: string) => {
    asked.push(name);
    return sandboxCredentials;
  };
  const target = create({ one: { vault: 'tenant', roleArn: sandboxRoles.admin.arn } }, { readVault }).get(
    'one',
  );
  expect((await target.identity()).arn).toContain('assumed-role/sandbox-admin/');
  await read(target);
  expect(asked).toEqual(['tenant']);
});

it('a vault entry without a vault is an error, and no other keys are used', async () => {
  startHome({
    AWS_ACCESS_KEY_ID: sandboxCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: sandboxCredentials.secretAccessKey,
  });
  await expect(read(create({ one: { vault: 'tenant' } }).get('one'))).rejects.toMatchObject({
    code: 'credentials_missing',
  });
  expect(await operations()).toEqual([]);
});

it('fixed keys and their endpoint apply to configured targets too', async () => {
  startAwsHome();
  const fallback = { endpoint: sandbox.url, region: sandboxRegion, credentials: sandboxCredentials };
  const target = create({ one: { profile: 'absent' } }, { fallback }).get('one');
  await read(target);
  expect(await target.identity()).toMatchObject({ account: '123456789012' });
});

it('the region is found as the SDK finds it, and a profile that gets one later is read again', async () => {
  const home = startAwsHome({ AWS_ENDPOINT_URL: sandbox.url });
  home.credentials(base());
  const target = create({ one: { profile: 'base' } }).get('one');
  await expect(target.region()).rejects.toMatchObject({
    code: 'region_missing',
    hint: expect.stringContaining('aws configure set region us-east-1 --profile base'),
  });
  await expect(read(target)).rejects.toMatchObject({ code: 'region_missing' });
  home.config('[profile base]\nregion = us-east-1\n');
  expect(await target.region()).toBe('us-east-1');
  await read(target);
});

it('where nobody answers, nothing was sent', async () => {
  startHome().credentials(base());
  await sandbox.close();
  const target = create({ one: { profile: 'base' } }).get('one');
  await expect(target.identity()).rejects.toMatchObject({ code: 'not_sent' });
});

it('releases idle clients, and creates them again for the next request', async () => {
  startHome({
    AWS_ACCESS_KEY_ID: sandboxCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: sandboxCredentials.secretAccessKey,
  });
  const targets = create();
  const target = targets.get(undefined);
  const [reading, listing] = [read(target), target.amplify.listApps()];
  targets.releaseIdle();
  expect((await reading).answer).toMatchObject({ appId: sandboxAppId });
  expect(await listing).toHaveLength(1);
  targets.releaseIdle();
  targets.releaseIdle();
  expect((await read(target)).answer).toMatchObject({ appId: sandboxAppId });
  expect(await target.amplify.listApps()).toHaveLength(1);
});

it('sends nothing and assumes no role before its permit; a poll waits for it without a limit', async () => {
  startHome().credentials(base());
  let isOpen = false;
  const asked: string[] = [];
  const until = (name: string) => async () => {
    asked.push(name);
    if (!isOpen) throw new ServerError('token_expired');
  };
  const targets = create(
    { one: { profile: 'base', roleArn: sandboxRoles.admin.arn } },
    { permit: { forCaller: until('forCaller'), forPoll: until('forPoll') } },
  );
  const target = targets.get('one');
  const refused = { code: 'token_expired' };
  await expect(read(target)).rejects.toMatchObject(refused);
  await expect(target.identity()).rejects.toMatchObject(refused);
  await expect(target.amplify.listApps()).rejects.toMatchObject(refused);
  expect([await operations(), new Set(asked)]).toEqual([[], new Set(['forCaller'])]);
  const address = { appId: sandboxAppId, backendEnvironmentName: 'dev', jobId: 'none' };
  await expect(readJob(target, address, true)).rejects.toMatchObject(refused);
  expect(asked.at(-1)).toBe('forPoll');
  isOpen = true;
  expect((await read(target)).answer).toMatchObject({ appId: sandboxAppId });
  expect(await operations()).toEqual(['sts:AssumeRole', 'GetBackend']);
});

it('asks for a permit before each attempt', async () => {
  startHome({
    AWS_ACCESS_KEY_ID: sandboxCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: sandboxCredentials.secretAccessKey,
  });
  await fetch(`${sandbox.url}/_sandbox/faults`, {
    method: 'POST',
    body: JSON.stringify({ operation: 'GetBackend', kind: 'throttle', times: 1 }),
  });
  let isThrottled = false;
  const soon = async () => {
    if (isThrottled) throw new ServerError('token_expired');
  };
  const watch =
    () =>
    async <Answer>(_: unknown, run: () => Promise<Answer>) =>
      run().catch(thrown => {
        isThrottled = true;
        throw thrown;
      });
  const target = create({}, { permit: { forCaller: soon, forPoll: soon }, watch }).get(undefined);
  await expect(read(target)).rejects.toMatchObject({ code: 'token_expired' });
  expect(await operations()).toHaveLength(1);
});
