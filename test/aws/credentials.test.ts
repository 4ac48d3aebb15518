/** The sources of credentials, when they are resolved again, and the errors without credentials. */
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type CredentialSettings, createCredentials } from '../../src/aws/credentials.ts';
import { toServerError } from '../../src/errors.ts';
import { monotonicNow } from '../../src/lib/clock.ts';
import {
  type Sandbox,
  sandboxCredentials,
  sandboxRegion,
  sandboxRoles,
  startSandbox,
} from '../../src/sandbox/index.ts';
import { keysOf, startAwsHome } from './support.ts';

const create = (settings: Partial<CredentialSettings> = {}) =>
  createCredentials({
    ...{ region: async () => sandboxRegion, userAgent: 'test/1', now: monotonicNow },
    ...settings,
  });

const failure = async (settings: Partial<CredentialSettings>) => {
  try {
    await create(settings).provider();
  } catch (thrown) {
    const { code, message, hint } = toServerError(thrown);
    return { code, message, hint };
  }
  throw new Error('there are credentials');
};

describe("the SDK's chain", () => {
  it('reads the environment', async () => {
    startAwsHome({ AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 's' });
    const credentials = create();
    expect(await credentials.provider()).toMatchObject({ accessKeyId: 'AKIAENV' });
    expect(await credentials.source()).toBe('environment variables');
  });

  it('reads the named profile', async () => {
    startAwsHome().credentials(keysOf('default', 'AKIADEFAULT') + keysOf('dev', 'AKIADEV'));
    const credentials = create({ profile: 'dev' });
    expect(await credentials.provider()).toMatchObject({ accessKeyId: 'AKIADEV' });
    expect(await credentials.source()).toBe('keys in the AWS files');
  });

  it('reads a rewritten file again while the old keys are still valid', async () => {
    const home = startAwsHome();
    home.credentials(keysOf('dev', 'AKIAFIRST'));
    const { provider } = create({ profile: 'dev' });
    expect(await provider()).toMatchObject({ accessKeyId: 'AKIAFIRST' });
    home.credentials(keysOf('dev', 'AKIASECOND'));
    expect(await provider()).toMatchObject({ accessKeyId: 'AKIASECOND' });
  });

  it('finds a profile that was added since the last call', async () => {
    const home = startAwsHome();
    const { provider } = create({ profile: 'late' });
    await expect(provider()).rejects.toMatchObject({ code: 'credentials_missing' });
    home.credentials(keysOf('late', 'AKIALATE'));
    expect(await provider()).toMatchObject({ accessKeyId: 'AKIALATE' });
  });
});

describe('keys that are given', () => {
  const given = (expiresInMs: number | undefined, now?: () => number) => {
    let asked = 0;
    const keys = async () => {
      asked++;
      return {
        accessKeyId: `AKIA${asked}`,
        secretAccessKey: 's',
        ...(expiresInMs !== undefined && { expiration: new Date(Date.now() + expiresInMs) }),
      };
    };
    return { ...create({ keys, ...(now && { now }) }), asked: () => asked };
  };

  it('are kept until they expire, and renewed a minute before', async () => {
    let clock = 0;
    const { provider, asked } = given(600_000, () => clock);
    await provider();
    clock = 539_000;
    expect(await provider()).toMatchObject({ accessKeyId: 'AKIA1' });
    clock = 540_000;
    expect(await provider()).toMatchObject({ accessKeyId: 'AKIA2' });
    expect(asked()).toBe(2);
  });

  it('expire on time although the clock is set back', async () => {
    let clock = 0;
    const { provider } = given(600_000, () => clock);
    await provider();
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 3_600_000);
    onTestFinished(() => void vi.restoreAllMocks());
    clock = 540_000;
    expect(await provider()).toMatchObject({ accessKeyId: 'AKIA2' });
  });

  it('are renewed if they expired while the machine slept', async () => {
    const { provider } = given(600_000, () => 0);
    await provider();
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 599_000);
    onTestFinished(() => void vi.restoreAllMocks());
    expect(await provider()).toMatchObject({ accessKeyId: 'AKIA2' });
  });

  it('are resolved once for concurrent callers', async () => {
    const { provider, asked } = given(undefined);
    await Promise.all([provider(), provider(), provider()]);
    expect(asked()).toBe(1);
  });

  it('are resolved again after a refusal', async () => {
    const { provider, forget } = given(undefined);
    await provider();
    forget();
    expect(await provider()).toMatchObject({ accessKeyId: 'AKIA2' });
  });

  it('are used in their last minute if no new ones are available', async () => {
    let clock = 0;
    let fails = false;
    const expiration = new Date(Date.now() + 100_000);
    const keys = async () => {
      if (fails) throw new Error('no new ones');
      return { accessKeyId: 'AKIA1', secretAccessKey: 's', expiration };
    };
    const { provider } = create({ keys, now: () => clock });
    await provider();
    [fails, clock] = [true, 99_000];
    expect(await provider()).toMatchObject({ accessKeyId: 'AKIA1' });
    clock = 100_000;
    await expect(provider()).rejects.toThrow('no new ones');
  });
});

describe('without credentials', () => {
  const sso = (name: string) =>
    `[profile ${name}]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = dev\n` +
    '[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n';

  it('without a profile: the default error', async () => {
    startAwsHome();
    expect(await failure({})).toMatchObject({
      code: 'credentials_missing',
      hint: expect.stringContaining('aws configure'),
    });
  });

  it('an unknown profile is named, with the command to type', async () => {
    startAwsHome().credentials(keysOf('dev', 'AKIADEV'));
    expect(await failure({ profile: 'prod' })).toEqual({
      code: 'credentials_missing',
      message: 'There is no AWS profile "prod".',
      hint: 'Ask the person to correct the setting profile. The AWS profiles here: dev.',
    });
  });

  it("the environment's profile is named too", async () => {
    startAwsHome({ AWS_PROFILE: 'staging' });
    expect(await failure({})).toMatchObject({ message: 'There is no AWS profile "staging".' });
  });

  it('a profile without keys is named', async () => {
    startAwsHome().config('[profile bare]\nregion = us-east-1\n');
    expect(await failure({ profile: 'bare' })).toMatchObject({
      code: 'credentials_missing',
      hint: 'Ask the person to type: aws configure --profile bare',
    });
  });

  it('a profile that is not signed in gives the command to sign in', async () => {
    startAwsHome().config(sso('corp-dev'));
    expect(await failure({ profile: 'corp-dev' })).toEqual({
      code: 'credentials_missing',
      message: 'The AWS profile "corp-dev" is not signed in.',
      hint: 'Ask the person to type: aws sso login --profile corp-dev',
    });
  });

  it('an expired sign-in is reported as such', async () => {
    const home = startAwsHome();
    home.config(sso('corp-dev'));
    home.ssoToken('corp', { accessToken: 'x', expiresAt: '2020-01-01T00:00:00Z' });
    const expired = await failure({ profile: 'corp-dev' });
    expect(expired).toEqual({
      code: 'credentials_expired',
      message: 'The sign-in of the AWS profile "corp-dev" has expired.',
      hint: 'Ask the person to type: aws sso login --profile corp-dev',
    });
  });

  it('a name with shell characters is quoted', async () => {
    startAwsHome().config(sso("it's; rm"));
    expect((await failure({ profile: "it's; rm" })).hint).toContain("--profile 'it'\\''s; rm'");
  });
});

describe('a role', () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox();
  });
  afterEach(() => sandbox.close());

  const role = { roleArn: sandboxRoles.admin.arn };

  it('is assumed with the keys of a profile', async () => {
    startAwsHome({ AWS_ENDPOINT_URL: sandbox.url }).credentials(
      keysOf('base', sandboxCredentials.accessKeyId),
    );
    const credentials = create({ profile: 'base', role });
    expect(await credentials.provider()).toMatchObject({ accessKeyId: expect.stringMatching(/^ASIA/) });
    expect(await credentials.source()).toBe(`the role ${role.roleArn}, assumed with keys in the AWS files`);
  });

  it('of a profile is assumed by the chain, in the found region', async () => {
    const home = startAwsHome({ AWS_ENDPOINT_URL: sandbox.url });
    home.credentials(keysOf('base', sandboxCredentials.accessKeyId));
    home.config(`[profile nested]\nrole_arn = ${role.roleArn}\nsource_profile = base\n`);
    const credentials = create({ profile: 'nested' });
    expect(await credentials.provider()).toMatchObject({ accessKeyId: expect.stringMatching(/^ASIA/) });
    expect(await credentials.source()).toBe('a role of the profile');
  });

  it('of a profile that is refused names the profile', async () => {
    const home = startAwsHome({ AWS_ENDPOINT_URL: sandbox.url });
    home.credentials(keysOf('base', sandboxCredentials.accessKeyId));
    home.config(`[profile nested]\nrole_arn = ${sandboxRoles.partner.arn}\nsource_profile = base\n`);
    expect(await failure({ profile: 'nested' })).toMatchObject({
      code: 'credentials_refused',
      hint: 'Ask the person to type: aws sts get-caller-identity --profile nested',
    });
  });

  it.each([
    ['a role that is closed', { roleArn: sandboxRoles.partner.arn }, 'credentials_refused', 'external id'],
    ['a session name AWS refuses', { ...role, sessionName: 'a b' }, 'credentials_refused', 'sessionName'],
  ])('%s: says what to check', async (_, closed, code, hint) => {
    startAwsHome();
    const found = await failure({
      endpoint: sandbox.url,
      keys: async () => sandboxCredentials,
      role: closed,
    });
    expect(found).toMatchObject({ code, message: expect.stringContaining(closed.roleArn) });
    expect(found.hint).toContain(hint);
    expect(JSON.stringify(found)).not.toContain('user/sandbox');
  });

  it('with an unreachable STS is reported as such', async () => {
    startAwsHome();
    await sandbox.close();
    const found = await failure({ endpoint: sandbox.url, keys: async () => sandboxCredentials, role });
    expect(found.code).toBe('not_sent');
  });
});
