/** What `doctor` finds in the settings: targets, region, profile, keys and board, with a command to type for each failure. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/cli/config.ts';
import { sandboxCredentials, sandboxRegion, sandboxRoles } from '../../src/sandbox/index.ts';
import { boardSignInOf } from '../../src/server/board-documents.ts';
import { keysOf, startAwsHome } from '../aws/support.ts';
import { runInMemory } from '../support/command.ts';
import { run, served, setDoctor } from './doctor-set-up.ts';

const scene = setDoctor();
const { environment } = scene;

it('checks every target under its name, even after one has failed', async () => {
  startAwsHome({ AWS_ENDPOINT_URL: scene.sandbox.url, AWS_REGION: sandboxRegion }).credentials(
    keysOf('base', sandboxCredentials.accessKeyId),
  );
  const { code, text } = await run({
    one: { profile: 'gone' },
    two: { profile: 'base', roleArn: sandboxRoles.otherAdmin.arn },
  });
  expect(text).toContain(
    'FAIL  one: credentials: There is no AWS profile "gone".\n      type: correct the setting profile. The AWS profiles here: base.',
  );
  expect(text).toMatch(
    /ok {4}two: credentials: from the role arn:aws:iam::210987654321:role\/sandbox-admin, assumed with keys in the AWS files, until \d{4}-/,
  );
  expect(text).toContain(
    'ok    two: identity: account 210987654321, arn:aws:sts::210987654321:assumed-role/sandbox-admin/amplify-backend-mcp',
  );
  expect(text).toContain('1 of these checks failed.');
  expect(code).toBe(1);
});

it.each([
  [
    'no region',
    { AWS_REGION: '' },
    'FAIL  region: ',
    'type: aws configure set region us-east-1 (with your region)',
  ],
  [
    'no credentials',
    { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
    'FAIL  credentials: The server found no AWS credentials.',
    'type: give the server credentials',
  ],
  [
    'half a pair of keys',
    { AWS_SECRET_ACCESS_KEY: '' },
    'FAIL  credentials: AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not',
    "type: export AWS_SECRET_ACCESS_KEY='…'",
  ],
  ['a wrong secret', { AWS_SECRET_ACCESS_KEY: 'wrong' }, 'FAIL  identity: ', 'type: check the access key'],
])('reports %s in one failed check, with what to type', async (_, change, finding, line) => {
  startAwsHome({ ...environment(), ...change });
  const { code, lines } = await run();
  const at = lines.findIndex(found => found.startsWith(finding));
  expect(lines[at], lines.join('\n')).toBeDefined();
  expect(lines[at + 1]).toContain(line);
  expect(code).toBe(1);
});

it.each([
  [
    { AWS_PROFILE: 'nope', AWS_REGION: '' },
    'profile: There is no AWS profile "nope".\n      type: correct AWS_PROFILE. The AWS profiles here: dev.',
  ],
  [{ AWS_PROFILE: 'nope' }, 'credentials: There is no AWS profile "nope".'],
  [
    { AWS_CONFIG_FILE: '/', AWS_REGION: '', AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
    'region: Nothing was sent to AWS: the AWS file "/" (AWS_CONFIG_FILE) is a folder.',
  ],
])('reports once the one reason for which region and keys fail with %j', async (env, finding) => {
  startAwsHome({ ...environment(), ...env }).credentials(keysOf('dev', 'AKIADEV'));
  const { code, text } = await run();
  expect(text).toContain(`FAIL  ${finding}`);
  expect(text).toContain('1 of these checks failed.');
  expect(text).not.toContain('warn');
  expect(code).toBe(1);
});

it('warns of a region that AWS is not known to have, and names similar ones', async () => {
  startAwsHome({ ...environment(), AWS_REGION: 'us-east' });
  expect((await run()).lines).toContain(
    'warn  region: us-east: AWS is not known to have a region "us-east"; close to it are: us-east-1, us-east-2',
  );
});

it('says which of keys and a profile the SDK does not use', async () => {
  startAwsHome({ ...environment(), AWS_PROFILE: 'dev' }).credentials(
    keysOf('dev', sandboxCredentials.accessKeyId),
  );
  expect((await run()).lines).toContain(
    'ok    profile: dev (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set too, and not used, because AWS_PROFILE is set)',
  );
});

it('still checks the keys if there is no region', async () => {
  startAwsHome({ ...environment(), AWS_REGION: '' });
  const { code, text } = await run();
  expect(text).toMatch(/FAIL {2}region: [\s\S]*ok {4}credentials: from environment variables/);
  expect(text).toContain('1 of these checks failed.');
  expect(code).toBe(1);
});

describe('the board on a server with tokens', () => {
  const issuer = 'https://login.example.com';
  const hosted = { issuer, publicUrl: 'https://mcp.example.com/amplify/mcp' };
  const about = (settings: object) =>
    run({}, served, { board: boardSignInOf(parseConfig({ file: settings })) });

  it('does not exist without a client for the sign-in: doctor names the missing setting and what to register', async () => {
    startAwsHome(environment());
    const { code, text } = await about(hosted);
    expect(text).toContain(
      'ok    board: none at https://mcp.example.com/amplify/board, since the setting boardClientId names no client by which people sign in\n' +
        '      type: --board-client-id CLIENT_ID, of a public client at https://login.example.com with PKCE and the redirect address https://mcp.example.com/amplify/board/sign-in',
    );
    expect(code).toBe(0);
  });

  it('exists with such a client: doctor names the redirect address to register', async () => {
    startAwsHome(environment());
    expect((await about({ ...hosted, boardClientId: 'desk' })).text).toContain(
      'ok    board: at https://mcp.example.com/amplify/board; people sign in as the client desk of https://login.example.com, which needs the redirect address https://mcp.example.com/amplify/board/sign-in\n',
    );
  });

  it('is not mentioned if no tokens are needed; the command doctor checks it', async () => {
    startAwsHome(environment());
    for (const settings of [{}, { boardClientId: 'desk' }, { issuer }])
      expect((await about(settings)).text).not.toContain('board:');
    const flags = ['doctor', '--sandbox', '--issuer', issuer, '--public-url', hosted.publicUrl];
    expect((await runInMemory(flags)).stdout).toContain(
      'board: none at https://mcp.example.com/amplify/board',
    );
  });
});

it('names the command that signs in to a profile which needs it', async () => {
  startAwsHome({ AWS_ENDPOINT_URL: scene.sandbox.url }).config(
    '[profile corp]\nregion = us-east-1\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = dev\n' +
      '[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n',
  );
  const { code, text } = await run({ prod: { profile: 'corp' } });
  expect(text).toContain(
    'FAIL  prod: credentials: The AWS profile "corp" is not signed in.\n      type: aws sso login --profile corp',
  );
  expect(code).toBe(1);
});
