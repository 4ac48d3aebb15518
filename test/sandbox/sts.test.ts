/** The sandbox's STS through the SDK's own client and with hand-signed requests, and its keys at AmplifyBackend. */
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { expect, it } from 'vitest';
import {
  sandboxCredentials,
  sandboxExternalId,
  sandboxRegion,
  sandboxRoles,
} from '../../src/sandbox/index.ts';
import { sendSigned } from './hand-signer.ts';
import { appId, clientFor, send, setTestBed, startTestBed } from './support.ts';

const bed = setTestBed();

interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

const sts = (credentials: Keys = sandboxCredentials) =>
  new STSClient({ endpoint: bed.url, region: sandboxRegion, credentials, maxAttempts: 1 });

async function assume(input: Partial<AssumeRoleCommandInput> = {}, as?: Keys) {
  const params = { RoleArn: sandboxRoles.admin.arn, RoleSessionName: 'test', ...input };
  const { Credentials, AssumedRoleUser } = await sts(as).send(new AssumeRoleCommand(params));
  const keys = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  return { keys, expiration: Credentials?.Expiration?.getTime() ?? 0, arn: AssumedRoleUser?.Arn };
}

const read = (credentials: Keys) => send(clientFor(bed.url, { credentials }), 'GetBackend', { AppId: appId });

const verdicts = async () =>
  (await bed.log()).map(({ operation, verdict, status }) => [operation, verdict, status]);

it('the fixed keys belong to a user of the account', async () => {
  const identity = await sts().send(new GetCallerIdentityCommand({}));
  expect(identity).toMatchObject({
    Account: '123456789012',
    Arn: 'arn:aws:iam::123456789012:user/sandbox',
    UserId: 'AIDASANDBOX000000000',
  });
  expect(await verdicts()).toEqual([['sts:GetCallerIdentity', 'ok', 200]]);
});

it('both services accept the keys of a role', async () => {
  const { keys, arn } = await assume();
  expect(keys.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
  expect(arn).toBe('arn:aws:sts::123456789012:assumed-role/sandbox-admin/test');
  expect(await sts(keys).send(new GetCallerIdentityCommand({}))).toMatchObject({ Arn: arn });
  expect(await read(keys)).toMatchObject({ AppId: appId });
  expect(await verdicts()).toEqual([
    ['sts:AssumeRole', 'ok', 200],
    ['sts:GetCallerIdentity', 'ok', 200],
    ['GetBackend', 'ok', 200],
  ]);
});

it('a role of the other account acts in that account', async () => {
  const { keys } = await assume({ RoleArn: sandboxRoles.otherAdmin.arn });
  const identity = await sts(keys).send(new GetCallerIdentityCommand({}));
  expect(identity).toMatchObject({
    Account: '210987654321',
    Arn: 'arn:aws:sts::210987654321:assumed-role/sandbox-admin/test',
  });
});

it.each([
  ['without an external id', { RoleArn: sandboxRoles.partner.arn }],
  ['with a wrong one', { RoleArn: sandboxRoles.partner.arn, ExternalId: 'guessed' }],
  ['for a role that does not exist', { RoleArn: 'arn:aws:iam::123456789012:role/nobody' }],
])('%s, access is denied without details', async (_, input) => {
  await expect(assume(input)).rejects.toMatchObject({
    name: 'AccessDenied',
    message: `User: arn:aws:iam::123456789012:user/sandbox is not authorized to perform: sts:AssumeRole on resource: ${input.RoleArn}`,
    $metadata: { httpStatusCode: 403 },
  });
  expect(await verdicts()).toEqual([['sts:AssumeRole', 'AccessDenied', 403]]);
});

it('the partner role can be assumed with its external id', async () => {
  const { arn } = await assume({ RoleArn: sandboxRoles.partner.arn, ExternalId: sandboxExternalId });
  expect(arn).toContain(':assumed-role/sandbox-partner/');
});

it.each([
  [undefined, 3600],
  [900, 900],
  [43_200, 43_200],
])('a duration of %j lasts %d seconds', async (DurationSeconds, lasts) => {
  const { expiration } = await assume({ DurationSeconds });
  expect(expiration).toBe(Math.floor(bed.now() / 1000 + lasts) * 1000);
});

it.each([
  ['too short', { DurationSeconds: 899 }],
  ['too long', { DurationSeconds: 43_201 }],
  ['a session name with a space', { RoleSessionName: 'a b' }],
])('%s is invalid', async (_, input) => {
  await expect(assume(input)).rejects.toMatchObject({
    name: 'ValidationError',
    $metadata: { httpStatusCode: 400 },
  });
});

it('a role assumed from a role lasts at most an hour', async () => {
  const { keys } = await assume();
  await expect(assume({ DurationSeconds: 3601 }, keys)).rejects.toMatchObject({ name: 'ValidationError' });
  expect((await assume({ DurationSeconds: 3600 }, keys)).arn).toContain('sandbox-admin');
});

it('keys that have expired are refused as expired, by both services', async () => {
  const { keys, expiration } = await assume({ DurationSeconds: 900 });
  bed.advance(expiration - 1000 - bed.now());
  // Signed by hand at the sandbox's time, which has left the machine's behind.
  const signed = (service: string, path: string, body: string, headers: Record<string, string> = {}) =>
    sendSigned(bed.url, {
      path,
      body,
      service,
      at: bed.now(),
      accessKeyId: keys.accessKeyId,
      secret: keys.secretAccessKey,
      headers: { 'x-amz-security-token': keys.sessionToken, ...headers },
    });
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const who = () => signed('sts', '/', 'Action=GetCallerIdentity&Version=2011-06-15', form);
  const get = () => signed('amplifybackend', `/backend/${appId}/details`, '{}');
  expect([(await who()).status, (await get()).status]).toEqual([200, 200]);
  bed.advance(1000);
  const [ofSts, ofAmplify] = [await who(), await get()];
  expect([ofSts.status, ofAmplify.status]).toEqual([403, 403]);
  expect(ofSts.body).toContain('<Code>ExpiredToken</Code>');
  expect(ofAmplify.type).toBe('ExpiredTokenException');
});

it.each([
  [
    'without its token',
    (keys: Required<Keys>) => ({ ...keys, sessionToken: '' }),
    'UnrecognizedClientException',
  ],
  [
    'with another token',
    (keys: Required<Keys>) => ({ ...keys, sessionToken: 'x' }),
    'UnrecognizedClientException',
  ],
  [
    'with another secret',
    (keys: Required<Keys>) => ({ ...keys, secretAccessKey: 'x' }),
    'InvalidSignatureException',
  ],
])('a session key %s is refused', async (_, change, name) => {
  const { keys } = await assume();
  const { sessionToken, ...pair } = change(keys);
  await expect(read(sessionToken ? { ...pair, sessionToken } : pair)).rejects.toMatchObject({ name });
});

it('a reset forgets every session', async () => {
  const { keys } = await assume();
  await bed.control('POST', 'reset');
  await expect(read(keys)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
});

it.each([
  ['an unknown key', { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' }, 'InvalidClientTokenId'],
  ['a wrong secret', { ...sandboxCredentials, secretAccessKey: 'x' }, 'SignatureDoesNotMatch'],
])('%s is refused with the error name of a query service', async (_, keys, name) => {
  await expect(sts(keys).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name });
});

it('an unknown action is refused, with its name escaped', async () => {
  const response = await fetch(bed.url, {
    method: 'POST',
    body: new URLSearchParams({ Action: '<Drop> & "go"' }),
  });
  expect([response.status, response.headers.get('content-type')]).toEqual([400, 'text/xml']);
  const body = await response.text();
  expect(body).toContain('<Code>InvalidAction</Code>');
  expect(body).toContain('&lt;Drop&gt; &amp; &quot;go&quot;');
  expect(await verdicts()).toEqual([[null, 'InvalidAction', 400]]);
});

it('a POST to / that is not a form goes to AmplifyBackend, which has no such path', async () => {
  const response = await fetch(bed.url, { method: 'POST', body: '{}' });
  expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([404, 'NotFoundException']);
});

it('with anyCredentials, an unknown key acts as the user of the account', async () => {
  const open = await startTestBed({ anyCredentials: true });
  const stranger = { accessKeyId: 'AKIASTRANGER', secretAccessKey: 'x' };
  const client = new STSClient({ endpoint: open.url, region: 'eu-west-1', credentials: stranger });
  const { Arn } = await client.send(new GetCallerIdentityCommand({}));
  await open.close();
  expect(Arn).toBe('arn:aws:iam::123456789012:user/sandbox');
});
