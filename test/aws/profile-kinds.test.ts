/** Profiles that give no keys: each kind, alone and as the source of a role, with its own cause and line to type. */
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCredentials } from '../../src/aws/credentials.ts';
import { type ServerError, toServerError } from '../../src/errors.ts';
import { monotonicNow } from '../../src/lib/clock.ts';
import { type Sandbox, sandboxCredentials, sandboxRoles, startSandbox } from '../../src/sandbox/index.ts';
import { listen } from '../support/company-network.ts';
import { keysOf, startAwsHome } from './support.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

async function failureOf(profile?: string): Promise<ServerError> {
  const { provider } = createCredentials({
    ...{ profile, region: async () => 'us-east-1', userAgent: 'test/1', now: monotonicNow },
  });
  return (await provider().then(() => new Error('there are keys'), toServerError)) as ServerError;
}

const role = 'role_arn = arn:aws:iam::123456789012:role/sandbox-admin';
const sso =
  'sso_session = corp\nsso_account_id = 123456789012\nsso_role_name = dev\nregion = us-east-1\n' +
  '[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n';

const table: [what: string, config: string, code: string, message: RegExp, hint: RegExp][] = [
  [
    'an sso-session that is not in the file',
    '[profile p]\nsso_session = none\nsso_account_id = 123456789012\nsso_role_name = dev\nregion = us-east-1\n',
    'credentials_missing',
    /^The AWS profile "p" names the sso-session "none", which is not in the AWS config file\.$/,
    /type: aws configure sso --profile p$/,
  ],
  [
    'a role without a source',
    `[profile p]\n${role}\n`,
    'credentials_missing',
    /"p" has a role_arn, and neither source_profile nor credential_source says whose keys assume it/,
    /add source_profile = NAME to it/,
  ],
  [
    'a section without the word profile',
    '[p]\naws_access_key_id = AKIA\naws_secret_access_key = s\n',
    'credentials_missing',
    /has a section \[p\], which AWS tools do not read as a profile/,
    /write \[profile p\] in its place/,
  ],
  [
    'a profile without settings',
    '[profile p]\n[profile q]\nregion = us-east-1\n',
    'credentials_missing',
    /^The AWS profile "p" \(the setting profile\) has no settings\.$/,
    /type: aws configure --profile p$/,
  ],
  [
    'a role over a profile that is not signed in',
    `[profile p]\n${role}\nsource_profile = base\n[profile base]\n${sso}`,
    'credentials_missing',
    /^The AWS profile "base", from which the profile "p" takes its keys, is not signed in\.$/,
    /type: aws sso login --profile base$/,
  ],
  [
    'a role over a role over a profile that is not signed in',
    `[profile p]\n${role}\nsource_profile = q\n[profile q]\n${role}\nsource_profile = base\n[profile base]\n${sso}`,
    'credentials_missing',
    /"base", from which the profile "p" takes its keys,/,
    /type: aws sso login --profile base$/,
  ],
  [
    'a role with MFA',
    `[profile p]\n${role}\nsource_profile = base\nmfa_serial = arn:aws:iam::123456789012:mfa/me\n[profile base]\naws_access_key_id = AKIA\naws_secret_access_key = s\n`,
    'credentials_missing',
    /"p" needs the code of an MFA device \(mfa_serial\)/,
    /type: eval "\$\(aws configure export-credentials --profile p --format env\)"/,
  ],
  [
    'a role with MFA over a profile that is not signed in',
    `[profile p]\n${role}\nsource_profile = base\nmfa_serial = arn:aws:iam::123456789012:mfa/me\n[profile base]\n${sso}`,
    'credentials_missing',
    /MFA/,
    /export-credentials --profile p/,
  ],
  [
    'a source that needs MFA',
    `[profile p]\n${role}\nsource_profile = q\n[profile q]\n${role}\nsource_profile = base\nmfa_serial = m\n[profile base]\naws_access_key_id = AKIA\naws_secret_access_key = s\n`,
    'credentials_missing',
    /"q" needs the code/,
    /export-credentials --profile p --format env/,
  ],
  [
    'a source that does not exist',
    `[profile p]\n${role}\nsource_profile = gone\n`,
    'credentials_missing',
    /"p" takes its keys from a profile "gone", which does not exist/,
    /correct source_profile of the AWS profile "p"\. The AWS profiles here: p\./,
  ],
  [
    'profiles in a circle',
    `[profile p]\n${role}\nsource_profile = q\n[profile q]\n${role}\nsource_profile = p\n`,
    'credentials_missing',
    /^The AWS profiles "p", "q" take their keys from each other\.$/,
    /correct source_profile/,
  ],
  [
    'a profile that is its own source',
    `[profile p]\n${role}\nsource_profile = p\n`,
    'credentials_missing',
    /^The AWS profile "p" names itself as its source_profile, and has no keys of its own\.$/,
    /type: aws configure --profile p$/,
  ],
  [
    'a source that is its own source',
    `[profile p]\n${role}\nsource_profile = q\n[profile q]\n${role}\nsource_profile = q\n`,
    'credentials_missing',
    /^The AWS profile "q", from which the profile "p" takes its keys, names itself/,
    /type: aws configure --profile q$/,
  ],
  [
    'a process that ends with an error',
    `[profile p]\ncredential_process = sh -c "echo secret-words >&2; exit 3"\n`,
    'credentials_missing',
    /^The credential_process of the AWS profile "p" ended with an error \(its exit code is not 0\)\.$/,
    /aws configure get credential_process --profile p/,
  ],
  [
    'a process that prints no JSON',
    `[profile p]\ncredential_process = echo secret-words\n`,
    'credentials_missing',
    /^The credential_process of the AWS profile "p" prints no JSON\.$/,
    /run the command/,
  ],
  [
    'a process that prints other JSON',
    `[profile p]\ncredential_process = echo '{"AccessKeyId":"secret-words"}'\n`,
    'credentials_missing',
    /prints JSON without "Version": 1\.$/,
    /run the command/,
  ],
  [
    'a process that prints half a pair of keys',
    `[profile p]\ncredential_process = echo '{"Version":1,"AccessKeyId":"secret-words"}'\n`,
    'credentials_missing',
    /prints JSON without AccessKeyId or SecretAccessKey\.$/,
    /run the command/,
  ],
  [
    'a process whose program is not on the PATH',
    `[profile p]\ncredential_process = no-such-helper --token secret-words\n`,
    'credentials_missing',
    /names the program "no-such-helper", which is not on the PATH of this server\.$/,
    /The server needs the same PATH/,
  ],
  [
    'a process whose program may not be executed',
    `[profile p]\ncredential_process = "${import.meta.filename}"\n`,
    'credentials_missing',
    /which this server may not execute \(EACCES\)\.$/,
    /run the command/,
  ],
  [
    'a process that is a command of the shell',
    `[profile p]\ncredential_process = exit 3\n`,
    'credentials_missing',
    /ended with an error/,
    /run the command/,
  ],
  [
    'a role over a process whose program does not exist',
    `[profile p]\n${role}\nsource_profile = base\n[profile base]\ncredential_process = /nonexistent/helper\n`,
    'credentials_missing',
    /"base", from which the profile "p" takes its keys, names the program "\/nonexistent\/helper", which does not exist/,
    /--profile base/,
  ],
  [
    'a process whose keys have expired',
    `[profile p]\ncredential_process = echo '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"2020-01-01T00:00:00Z"}'\n`,
    'credentials_missing',
    /prints credentials that have expired/,
    /credential_process/,
  ],
  [
    'a web identity without its file',
    `[profile p]\n${role}\nweb_identity_token_file = /nonexistent/token\n`,
    'credentials_missing',
    /"\/nonexistent\/token" \(web_identity_token_file of the AWS profile "p"\) cannot be read \(ENOENT\)/,
    /ls -l \/nonexistent\/token/,
  ],
  [
    'single sign-on without its role',
    '[profile p]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n',
    'credentials_missing',
    /"p" lacks a part of its single sign-on/,
    /aws configure sso --profile p/,
  ],
  [
    'a key id without a secret',
    '[profile p]\naws_access_key_id = AKIA\n',
    'credentials_missing',
    /"p" has an access key id, but no secret/,
    /aws configure --profile p/,
  ],
  [
    'a secret without a key id',
    '[profile p]\naws_secret_access_key = secret-words\n',
    'credentials_missing',
    /"p" has a secret access key, but no access key id/,
    /aws configure --profile p/,
  ],
  [
    'a source of keys that is not here',
    `[profile p]\n${role}\ncredential_source = Environment\n`,
    'credentials_missing',
    /credential_source "Environment", which gives none here/,
    /source_profile/,
  ],
];

describe('a profile', () => {
  it.each(table)('%s', async (_, config, code, message, hint) => {
    startAwsHome({ AWS_ENDPOINT_URL: sandbox.url }).config(config);
    const failure = await failureOf('p');
    expect(failure.code, failure.message).toBe(code);
    expect(failure.message).toMatch(message);
    expect(failure.hint).toMatch(hint);
    expect(`${failure.message}${failure.hint}`).not.toContain('secret-words');
  });

  it('that the host should have filled in', async () => {
    startAwsHome({ AWS_PROFILE: `\${AWS_PROFILE}` });
    const failure = await failureOf();
    expect(failure.code).toBe('credentials_missing');
    expect(failure.message).toMatch(
      /^The AWS profile "\$\{AWS_PROFILE\}" \(AWS_PROFILE\) is still a placeholder/,
    );
    expect(failure.hint).not.toContain('aws configure');
  });

  it('whose role STS refuses names the profile that was asked for', async () => {
    const home = startAwsHome({ AWS_ENDPOINT_URL: sandbox.url });
    home.credentials(keysOf('base', sandboxCredentials.accessKeyId));
    home.config(`[profile p]\nrole_arn = ${sandboxRoles.partner.arn}\nsource_profile = base\n`);
    expect(await failureOf('p')).toMatchObject({
      code: 'credentials_refused',
      hint: 'Ask the person to type: aws sts get-caller-identity --profile p',
    });
  });

  it('that names itself as its source uses its own keys', async () => {
    startAwsHome({ AWS_ENDPOINT_URL: sandbox.url }).config(
      `[profile p]\n${role}\nsource_profile = p\naws_access_key_id = ${sandboxCredentials.accessKeyId}\naws_secret_access_key = ${sandboxCredentials.secretAccessKey}\n`,
    );
    expect((await failureOf('p')).message).toBe('there are keys');
  });
});

describe('a web identity of the environment', () => {
  const identity = (file: string, url = sandbox.url) => ({
    ...{ AWS_ENDPOINT_URL: url, AWS_ROLE_ARN: sandboxRoles.admin.arn, AWS_WEB_IDENTITY_TOKEN_FILE: file },
  });

  it('whose file is not there', async () => {
    startAwsHome(identity('/nonexistent/token'));
    expect(await failureOf()).toMatchObject({
      code: 'credentials_missing',
      message:
        'The web identity token "/nonexistent/token" (AWS_WEB_IDENTITY_TOKEN_FILE) cannot be read (ENOENT).',
    });
  });

  it.each([
    ['ExpiredTokenException', 'credentials_expired', /has expired/],
    ['InvalidIdentityToken', 'credentials_refused', /did not let the holder of the web identity token/],
    ['AccessDenied', 'credentials_refused', /did not let the holder/],
  ])('that STS refuses with %s', async (name, code, message) => {
    const agents: (string | undefined)[] = [];
    const port = await listen(
      createServer((request, response) => {
        agents.push(request.headers['user-agent']);
        request.resume();
        const error = `<Error><Type>Sender</Type><Code>${name}</Code><Message>no</Message></Error>`;
        response.writeHead(name === 'AccessDenied' ? 403 : 400, { 'content-type': 'text/xml' });
        response.end(`<ErrorResponse>${error}<RequestId>r</RequestId></ErrorResponse>`);
      }),
    );
    startAwsHome(identity(join(import.meta.dirname, 'support.ts'), `http://127.0.0.1:${port}`));
    const failure = await failureOf();
    expect(failure.code, failure.message).toBe(code);
    expect(failure.message).toMatch(message);
    expect(agents[0]).toContain('test/1');
  });
});
