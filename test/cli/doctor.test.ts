/** `doctor` over the sandbox's services: every finding, and the line to type under each that failed. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createTargets, type TargetSettings } from '../../src/aws/targets.ts';
import { parseConfig } from '../../src/cli/config.ts';
import { type DoctorInput, doctor } from '../../src/cli/doctor.ts';
import type { Io } from '../../src/cli/io.ts';
import { operations } from '../../src/operations/index.ts';
import {
  type Sandbox,
  sandboxCredentials,
  sandboxRegion,
  sandboxRoles,
  startSandbox,
} from '../../src/sandbox/index.ts';
import { boardSignInOf } from '../../src/server/board-documents.ts';
import { keysOf, startAwsHome } from '../aws/support.ts';
import { runInMemory } from '../support/command.ts';

let sandbox: Sandbox;
let ahead = 0;
beforeEach(async () => {
  ahead = 0;
  sandbox = await startSandbox({ now: () => Date.now() + ahead });
});
afterEach(() => sandbox.close());

const environment = () => ({
  AWS_ENDPOINT_URL: sandbox.url,
  AWS_REGION: sandboxRegion,
  AWS_ACCESS_KEY_ID: sandboxCredentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: sandboxCredentials.secretAccessKey,
});

const served = operations.filter(({ access }) => access === 'read');

/** Runs it; nothing but `out` may be used. */
async function run(
  targets: Record<string, TargetSettings> = {},
  tools: typeof operations = served,
  more: Partial<DoctorInput> = {},
) {
  const lines: string[] = [];
  const io = { out: (line: string) => void lines.push(line) } as Partial<Io> as Io;
  const made = createTargets({ targets, fallback: {}, userAgent: 'test/1' });
  const code = await doctor(io, { targets: made, served: tools, configPath: 'settings.yaml', ...more });
  return { code, lines, text: lines.join('\n') };
}

/** A stand-in for AWS that answers every request alike, whatever is signed. */
async function answerAll(
  answer: (body: string) => { status: number; headers?: Record<string, string>; body: string },
) {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      const { status, headers, body } = answer(Buffer.concat(chunks).toString());
      response.writeHead(status, headers).end(body);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const whoAmI =
  '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
  '<Arn>arn:aws:sts::123456789012:assumed-role/ops/me</Arn><Account>123456789012</Account><UserId>A:me</UserId>' +
  '</GetCallerIdentityResult></GetCallerIdentityResponse>';

const simulated = (decisions: Record<string, string>) =>
  '<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult>' +
  `<IsTruncated>false</IsTruncated><EvaluationResults>${Object.entries(decisions)
    .map(
      ([name, decision]) =>
        `<member><EvalActionName>${name}</EvalActionName><EvalDecision>${decision}</EvalDecision></member>`,
    )
    .join('')}</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`;

it('where all is well, says what was found and ends with 0', async () => {
  startAwsHome(environment());
  const { code, lines } = await run();
  expect(lines).toEqual([
    `ok    configuration: read from settings.yaml; ${served.length} operations are served`,
    'ok    region: us-east-1',
    'ok    credentials: from environment variables',
    'ok    identity: account 123456789012, arn:aws:iam::123456789012:user/sandbox',
    'ok    clock: within a minute of AWS',
    `ok    AmplifyBackend in us-east-1: answers at ${sandbox.url}`,
    'ok    permission amplifybackend:GetBackend: granted',
    'ok    permission amplifybackend:ListS3Buckets: granted',
    expect.stringContaining('warn  permissions: this identity may not use the policy simulator'),
    'All checks passed.',
  ]);
  expect(code).toBe(0);
});

it('changes nothing: all that it sends are reads', async () => {
  startAwsHome(environment());
  await run({}, operations);
  const { requests } = (await (await fetch(`${sandbox.url}/_sandbox/requests`)).json()) as {
    requests: { operation: string | null }[];
  };
  expect(new Set(requests.map(({ operation }) => operation))).toEqual(
    new Set(['sts:GetCallerIdentity', 'GetBackend', 'ListS3Buckets', null]),
  );
});

it('looks at every target under its name, past one that fails', async () => {
  startAwsHome({ AWS_ENDPOINT_URL: sandbox.url, AWS_REGION: sandboxRegion }).credentials(
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
])('%s: one failing line and what to type', async (_, change, finding, line) => {
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
])('with %j, region and keys fail for one reason, which is said once', async (env, finding) => {
  startAwsHome({ ...environment(), ...env }).credentials(keysOf('dev', 'AKIADEV'));
  const { code, text } = await run();
  expect(text).toContain(`FAIL  ${finding}`);
  expect(text).toContain('1 of these checks failed.');
  expect(text).not.toContain('warn');
  expect(code).toBe(1);
});

it('a region that AWS is not known to have is a warning, with close ones', async () => {
  startAwsHome({ ...environment(), AWS_REGION: 'us-east' });
  expect((await run()).lines).toContain(
    'warn  region: us-east: AWS is not known to have a region "us-east"; close to it are: us-east-1, us-east-2',
  );
});

it('of keys and a profile, says which the SDK leaves unused', async () => {
  startAwsHome({ ...environment(), AWS_PROFILE: 'dev' }).credentials(
    keysOf('dev', sandboxCredentials.accessKeyId),
  );
  expect((await run()).lines).toContain(
    'ok    profile: dev (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set too, and not used, because AWS_PROFILE is set)',
  );
});

it('goes on after a finding: without a region, the keys are checked nevertheless', async () => {
  startAwsHome({ ...environment(), AWS_REGION: '' });
  const { code, text } = await run();
  expect(text).toMatch(/FAIL {2}region: [\s\S]*ok {4}credentials: from environment variables/);
  expect(text).toContain('1 of these checks failed.');
  expect(code).toBe(1);
});

it('in the sandbox, says that no AWS account is reached, and asks for no permissions', async () => {
  startAwsHome(environment());
  const { code, lines, text } = await run({}, served, { isSandbox: true });
  expect(lines).toContain('ok    sandbox: its own AmplifyBackend answers; no AWS account is reached');
  expect(text).not.toContain('simulator');
  expect(code).toBe(0);
});

describe('the board, where tokens are needed', () => {
  const issuer = 'https://login.example.com';
  const hosted = { issuer, publicUrl: 'https://mcp.example.com/amplify/mcp' };
  const about = (settings: object) =>
    run({}, served, { board: boardSignInOf(parseConfig({ file: settings })) });

  it('without a client to sign in by there is none: the setting that is missing, and what to register', async () => {
    startAwsHome(environment());
    const { code, text } = await about(hosted);
    expect(text).toContain(
      'ok    board: none at https://mcp.example.com/amplify/board, since the setting boardClientId names no client by which people sign in\n' +
        '      type: --board-client-id CLIENT_ID, of a public client at https://login.example.com with PKCE and the redirect address https://mcp.example.com/amplify/board/sign-in',
    );
    expect(code).toBe(0);
  });

  it('with one, names what the issuer has to know of it', async () => {
    startAwsHome(environment());
    expect((await about({ ...hosted, boardClientId: 'desk' })).text).toContain(
      'ok    board: at https://mcp.example.com/amplify/board; people sign in as the client desk of https://login.example.com, which needs the redirect address https://mcp.example.com/amplify/board/sign-in\n',
    );
  });

  it('where no tokens are needed, says nothing of it, and the command asks', async () => {
    startAwsHome(environment());
    for (const settings of [{}, { boardClientId: 'desk' }, { issuer }])
      expect((await about(settings)).text).not.toContain('board:');
    const flags = ['doctor', '--sandbox', '--issuer', issuer, '--public-url', hosted.publicUrl];
    expect((await runInMemory(flags)).stdout).toContain(
      'board: none at https://mcp.example.com/amplify/board',
    );
  });
});

it('a profile that needs a sign-in: the line that signs in', async () => {
  startAwsHome({ AWS_ENDPOINT_URL: sandbox.url }).config(
    '[profile corp]\nregion = us-east-1\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = dev\n' +
      '[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n',
  );
  const { code, text } = await run({ prod: { profile: 'corp' } });
  expect(text).toContain(
    'FAIL  prod: credentials: The AWS profile "corp" is not signed in.\n      type: aws sso login --profile corp',
  );
  expect(code).toBe(1);
});

it.each([
  [2 * 60_000, 'warn  clock: 2 min behind AWS', 0],
  [-2 * 60_000, 'warn  clock: 2 min ahead of AWS', 0],
  [10 * 60_000, 'FAIL  clock: 10 min behind AWS, which refuses signatures this far off', 1],
  [60 * 60_000, 'FAIL  clock: 60 min behind AWS, which refuses signatures this far off', 1],
])('a clock that differs by %d ms', async (skew, finding, exitCode) => {
  startAwsHome(environment());
  ahead = skew;
  const { code, lines } = await run();
  const at = lines.indexOf(finding);
  expect(at, lines.join('\n')).toBeGreaterThan(0);
  expect(lines[at + 1]).toBe('      type: sudo timedatectl set-ntp true');
  expect(code).toBe(exitCode);
});

it('where nothing answers, says so once, with the endpoint to try', async () => {
  startAwsHome(environment());
  await sandbox.close();
  const { code, lines } = await run();
  const host = new URL(sandbox.url).host;
  const at = lines.indexOf(
    `FAIL  AmplifyBackend in us-east-1: not_sent: Nothing was sent to AWS: nothing listens at ${host} (AWS_ENDPOINT_URL).`,
  );
  expect(lines[at + 1]).toContain('type: correct AWS_ENDPOINT_URL');
  expect(lines.filter(line => line.includes('AmplifyBackend in'))).toHaveLength(1);
  expect(code).toBe(1);
});

it('an answer that says nothing of permissions is passed on as what it is', async () => {
  const url = await answerAll(body =>
    body.includes('GetCallerIdentity') ? { status: 200, body: whoAmI } : { status: 429, body: '{}' },
  );
  startAwsHome({ ...environment(), AWS_ENDPOINT_URL: url });
  const { code, text } = await run();
  expect(text).toContain(
    `FAIL  AmplifyBackend in us-east-1: throttled from ${url}\n      type: Wait some seconds`,
  );
  expect(code).toBe(1);
});

it('a read that is denied fails, with the command that prints the policy', async () => {
  const url = await answerAll(body =>
    body.includes('GetCallerIdentity')
      ? { status: 200, body: whoAmI }
      : {
          status: 403,
          headers: { 'x-amzn-errortype': 'AccessDeniedException', 'content-type': 'application/json' },
          body: '{"message":"not authorized"}',
        },
  );
  startAwsHome({ ...environment(), AWS_ENDPOINT_URL: url });
  const { code, text } = await run();
  expect(text).toContain(
    'FAIL  permission amplifybackend:GetBackend: denied\n      type: amplify-backend-mcp iam-policy',
  );
  expect(text).toContain('ok    AmplifyBackend in us-east-1: answers');
  expect(code).toBe(1);
  // Nobody is told to get a permission that no tool of theirs needs.
  const cloneOnly = operations.filter(({ toolName }) => toolName === 'clone_backend');
  expect(await run({}, cloneOnly)).toMatchObject({ code: 0, text: expect.not.stringContaining('denied') });
});

it('asks the policy simulator about the role behind a session; what it denies is a warning', async () => {
  const asked: URLSearchParams[] = [];
  const url = await answerAll(body => {
    if (body.includes('GetCallerIdentity')) return { status: 200, body: whoAmI };
    if (!body.includes('SimulatePrincipalPolicy')) return { status: 404, body: '{}' };
    asked.push(new URLSearchParams(body));
    return {
      status: 200,
      body: simulated({ 'amplifybackend:GetBackend': 'allowed', 'amplifybackend:GetToken': 'implicitDeny' }),
    };
  });
  startAwsHome({ ...environment(), AWS_ENDPOINT_URL: url });
  const { code, text } = await run();
  expect(asked.map(form => form.get('PolicySourceArn'))).toEqual(['arn:aws:iam::123456789012:role/ops']);
  expect([...(asked[0]?.values() ?? [])]).toContain('amplifybackend:GetBackendJob');
  expect(text).toContain(
    'warn  permissions: the policy simulator says that these are denied: amplifybackend:GetToken\n      type: amplify-backend-mcp iam-policy',
  );
  expect(code).toBe(0);
});
