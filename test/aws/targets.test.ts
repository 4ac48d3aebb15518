/** Targets over a real socket: each with its own credentials, region and identity, with the sandbox's services. */
import { expect, it } from 'vitest';
import {
  sandboxAppId,
  sandboxCredentials,
  sandboxExternalId,
  sandboxRegion,
  sandboxRoles,
} from '../../src/sandbox/index.ts';
import { sandboxKeys } from '../support/aws-sandbox.ts';
import { base, createTestTargets, read, setClockedSandbox } from '../support/targets.ts';
import { startAwsHome } from './support.ts';

const aws = setClockedSandbox();

it('the unnamed target uses the environment', async () => {
  aws.startHome(sandboxKeys);
  const target = createTestTargets().get(undefined);
  expect(target.name).toBeUndefined();
  expect(await target.region()).toBe('us-east-1');
  expect(await target.identity()).toEqual({
    account: '123456789012',
    arn: 'arn:aws:iam::123456789012:user/sandbox',
  });
  expect((await read(target)).answer).toMatchObject({ appId: sandboxAppId });
});

it('a single configured target needs no name', () => {
  const targets = createTestTargets({ prod: {} });
  expect(targets.names).toEqual(['prod']);
  expect(targets.get(undefined)).toBe(targets.get('prod'));
});

it.each([
  [{ a: {}, b: {} }, undefined, 'target is missing; the targets are a, b.'],
  [{ a: {}, b: {} }, 'c', 'there is no target "c"; the targets are a, b.'],
  [{ a: {} }, 'toString', 'there is no target "toString"; the targets are a.'],
  [{}, 'a', 'there is no target "a"; none is configured, so leave target out.'],
])('with the targets %j, %j is refused', (settings, name, words) => {
  const targets = createTestTargets(settings);
  expect(() => targets.get(name)).toThrow(
    expect.objectContaining({ code: 'invalid_arguments', message: expect.stringContaining(words) }),
  );
});

it('two targets act in two accounts, each with its own role, assumed once', async () => {
  aws.startHome().credentials(base());
  const targets = createTestTargets({
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
  expect(await aws.operations()).toEqual([
    'sts:AssumeRole',
    'sts:GetCallerIdentity',
    'sts:AssumeRole',
    'sts:GetCallerIdentity',
    'GetBackend',
  ]);
});

it('a role whose external id is wrong is refused before anything is sent', async () => {
  aws.startHome().credentials(base());
  const target = createTestTargets({
    one: { profile: 'base', roleArn: sandboxRoles.partner.arn, externalId: 'guessed' },
  }).get('one');
  await expect(read(target)).rejects.toMatchObject({
    code: 'credentials_refused',
    hint: expect.stringContaining('externalId'),
  });
  await expect(target.identity()).rejects.toMatchObject({ code: 'credentials_refused' });
  // Once with the marks of the session and once without, for each of the two.
  expect(await aws.operations()).toEqual(Array(4).fill('sts:AssumeRole: AccessDenied'));
});

it('a vault entry gives the keys, and a role on top of them', async () => {
  aws.startHome();
  const asked: string[] = [];
  const readVault = async (name: string) => {
    asked.push(name);
    return sandboxCredentials;
  };
  const target = createTestTargets(
    { one: { vault: 'tenant', roleArn: sandboxRoles.admin.arn } },
    { readVault },
  ).get('one');
  expect((await target.identity()).arn).toContain('assumed-role/sandbox-admin/');
  await read(target);
  expect(asked).toEqual(['tenant']);
});

it('a vault entry without a vault is an error, and no other keys are used', async () => {
  aws.startHome(sandboxKeys);
  await expect(read(createTestTargets({ one: { vault: 'tenant' } }).get('one'))).rejects.toMatchObject({
    code: 'credentials_missing',
  });
  expect(await aws.operations()).toEqual([]);
});

it('fixed keys and their endpoint apply to configured targets too', async () => {
  startAwsHome();
  const fallback = { endpoint: aws.sandbox.url, region: sandboxRegion, credentials: sandboxCredentials };
  const target = createTestTargets({ one: { profile: 'absent' } }, { fallback }).get('one');
  await read(target);
  expect(await target.identity()).toMatchObject({ account: '123456789012' });
});

it('the region is found as the SDK finds it, and a profile that gets one later is read again', async () => {
  const home = startAwsHome({ AWS_ENDPOINT_URL: aws.sandbox.url });
  home.credentials(base());
  const target = createTestTargets({ one: { profile: 'base' } }).get('one');
  await expect(target.region()).rejects.toMatchObject({
    code: 'region_missing',
    hint: expect.stringContaining('aws configure set region us-east-1 --profile base'),
  });
  await expect(read(target)).rejects.toMatchObject({ code: 'region_missing' });
  home.config('[profile base]\nregion = us-east-1\n');
  expect(await target.region()).toBe('us-east-1');
  await read(target);
});

it('if nothing listens, nothing was sent', async () => {
  aws.startHome().credentials(base());
  await aws.sandbox.close();
  const target = createTestTargets({ one: { profile: 'base' } }).get('one');
  await expect(target.identity()).rejects.toMatchObject({ code: 'not_sent' });
});

it('releases idle clients, and creates them again for the next request', async () => {
  aws.startHome(sandboxKeys);
  const targets = createTestTargets();
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
