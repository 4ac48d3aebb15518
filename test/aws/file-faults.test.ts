/** AWS files that are broken or cannot be read, and profiles that are in none: the file or the profile is named. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createCredentials } from '../../src/aws/credentials.ts';
import { findFault } from '../../src/aws/file-faults.ts';
import { findRegion } from '../../src/aws/profiles.ts';
import { type ServerError, toServerError } from '../../src/errors.ts';
import { monotonicNow } from '../../src/lib/clock.ts';
import { sandboxKeys } from '../support/aws-sandbox.ts';
import { keysOf, startAwsHome } from './support.ts';

const failed = (result: Promise<unknown>) =>
  result.then(found => {
    throw new Error(`found ${JSON.stringify(found)}`);
  }, toServerError) as Promise<ServerError>;

const keys = (profile?: string) =>
  createCredentials({
    ...{ profile, region: async () => 'us-east-1', userAgent: 'test/1', now: monotonicNow },
  }).provider();

/** The failure of the search for a region, which must be that of the search for keys as well. */
async function failureOf(profile?: string): Promise<ServerError> {
  const [ofRegion, ofKeys] = [await failed(findRegion(profile)), await failed(keys(profile))];
  expect(ofRegion).toMatchObject({ code: ofKeys.code, message: ofKeys.message, hint: ofKeys.hint });
  return ofRegion;
}

describe('a file', () => {
  it.each([
    [
      'a section that is not closed',
      '[profile x\nregion = us-east-1\n[[[\n',
      /line 1 begins a section with \[/,
    ],
    ['a broken section after others', `${keysOf('y', 'A')}[profile x\n`, /line 4 begins a section with \[/],
    ['a line of no form', '[default]\noutput = json\nsecret-words\n', /line 3 is neither a \[section\] nor/],
    ['keys before the first section', 'region = us-east-1\n', /line 1 stands before the first \[section\]/],
    ['another encoding', Buffer.from('[default]\n', 'utf16le').toString(), /is not a text in UTF-8/],
  ])('%s', async (_, text, message) => {
    startAwsHome().config(text);
    const failure = await failureOf();
    expect(failure.code).toBe('not_sent');
    expect(failure.message).toMatch(message);
    expect(failure.message).toMatch(/the AWS file "[^"]+\/config" \(AWS_CONFIG_FILE\)/);
    expect(failure.message).not.toContain('secret-words');
  });

  it.each(['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'])('that is a folder, in %s', async variable => {
    startAwsHome({ [variable]: tmpdir() });
    const failure = await failureOf('dev');
    expect(failure.message).toBe(
      `Nothing was sent to AWS: the AWS file "${tmpdir()}" (${variable}) is a folder.`,
    );
    expect(failure.hint).toContain(`set ${variable} to a file`);
  });

  it('that this user may not read', () => {
    const denied = Object.assign(new Error('denied'), { code: 'EACCES' });
    const { error } = findFault({ path: '/home/me/.aws/config', variable: undefined }, denied) ?? {};
    expect(error?.message).toBe(
      'Nothing was sent to AWS: the AWS file "/home/me/.aws/config" cannot be read (EACCES).',
    );
    expect(error?.hint).toBe('Ask the person to let the user who runs this server read that file.');
  });

  it('below a file instead of a folder', async () => {
    startAwsHome({ AWS_CONFIG_FILE: join(import.meta.filename, 'config') });
    expect((await failureOf()).message).toContain('cannot be read (ENOTDIR)');
  });

  it('whose broken section would give one profile the keys of another is never used', async () => {
    startAwsHome({ AWS_REGION: 'us-east-1' }).credentials(
      `${keysOf('default', 'AKIADEFAULT')}[prod\n${keysOf('prod', 'AKIAPROD').slice('[prod]\n'.length)}`,
    );
    expect((await failed(keys())).message).toContain('line 4 begins a section');
  });

  it.each([
    '# a remark\n[default] ; one more\nregion = us-east-1\n\ns3 =\n  max_queue_size = 10\n  [not a section\n',
    '\ufeff[default]\r\nregion=us-east-1\r\n',
  ])('in order: %j', async text => {
    startAwsHome().config(text);
    expect(await findRegion(undefined)).toMatchObject({ region: 'us-east-1' });
    expect(await failed(keys())).toMatchObject({ code: 'credentials_missing' });
  });

  it('is not looked at where the environment has the region and the keys', async () => {
    startAwsHome({ ...sandboxKeys, AWS_REGION: 'us-east-1' }).config('[profile x\n');
    expect(await findRegion(undefined)).toMatchObject({ source: 'AWS_REGION' });
    expect(await keys()).toMatchObject({ accessKeyId: sandboxKeys.AWS_ACCESS_KEY_ID });
  });

  it('that is mended counts from the next call on', async () => {
    const home = startAwsHome({ AWS_REGION: 'us-east-1' });
    home.credentials('[default\n');
    await failed(keys());
    home.credentials(keysOf('default', 'AKIADEFAULT'));
    expect(await keys()).toMatchObject({ accessKeyId: 'AKIADEFAULT' });
  });
});

describe('a profile that does not exist', () => {
  const others = keysOf('dev', 'A') + keysOf('sso', 'A');

  it.each([
    ['nope', /^There is no AWS profile "nope"\.$/, 'correct AWS_PROFILE. The AWS profiles here: dev, sso.'],
    [
      ' sso',
      /^There is no AWS profile " sso": the name begins or ends with a blank\.$/,
      'correct AWS_PROFILE. Did they mean sso? The AWS profiles here: dev, sso.',
    ],
    ['Dev', /"Dev"\.$/, 'correct AWS_PROFILE. Did they mean dev? The AWS profiles here: dev, sso.'],
    [' ', /with a blank/, 'correct AWS_PROFILE. The AWS profiles here: dev, sso.'],
  ])('AWS_PROFILE=%j', async (name, message, hint) => {
    startAwsHome({ AWS_PROFILE: name }).credentials(others);
    const failure = await failureOf();
    expect(failure.code).toBe('credentials_missing');
    expect(failure.message).toMatch(message);
    expect(failure.hint).toBe(`Ask the person to ${hint}`);
  });

  it('in the setting profile', async () => {
    startAwsHome().config('[profile dev]\nregion = us-east-1\n[sso-session corp]\nsso_region = us-east-1\n');
    expect((await failureOf('nope')).hint).toBe(
      'Ask the person to correct the setting profile. The AWS profiles here: dev.',
    );
  });

  it('where there are none, may be created', async () => {
    startAwsHome({ AWS_PROFILE: 'my profile' });
    expect((await failureOf()).hint).toContain(
      "type: aws configure --profile 'my profile' (which creates it",
    );
  });
});

describe('keys in the environment', () => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = sandboxKeys;

  it.each([
    [{ AWS_ACCESS_KEY_ID }, 'AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not'],
    [{ AWS_SECRET_ACCESS_KEY }, 'AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not'],
    [
      { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY: '' },
      'AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not',
    ],
  ])('%j: half a pair is named, and the default profile not used in its place', async (env, message) => {
    startAwsHome(env).credentials(keysOf('default', 'AKIADEFAULT'));
    const failure = await failed(keys());
    expect(failure.code).toBe('credentials_missing');
    expect(failure.message).toContain(message);
    expect(failure.hint).toContain(`export ${message.split(' ')[4]}=`);
  });

  it('half a pair does not matter beside a profile that is named', async () => {
    startAwsHome({ AWS_ACCESS_KEY_ID, AWS_PROFILE: 'dev' }).credentials(keysOf('dev', 'AKIADEV'));
    expect(await keys()).toMatchObject({ accessKeyId: 'AKIADEV' });
  });

  it('beside AWS_PROFILE: the profile counts, and the SDK prints no warning', async () => {
    startAwsHome({ ...sandboxKeys, AWS_PROFILE: 'dev' }).credentials(keysOf('dev', 'AKIADEV'));
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    expect(await keys()).toMatchObject({ accessKeyId: 'AKIADEV' });
    expect(warn).not.toHaveBeenCalled();
  });
});
