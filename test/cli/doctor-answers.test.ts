/** What `doctor` finds in AWS's answers: clock, identity, permissions or no answer, with a command to type for each failure. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { operations } from '../../src/operations/index.ts';
import { startAwsHome } from '../aws/support.ts';
import { run, served, setDoctor } from './doctor-set-up.ts';

const scene = setDoctor();
const { environment } = scene;

/** A stand-in for AWS that checks no signatures. @returns its URL */
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

it('says what it found and ends with 0 if all checks pass', async () => {
  startAwsHome(environment());
  const { code, lines } = await run();
  expect(lines).toEqual([
    `ok    configuration: read from settings.yaml; ${served.length} operations are served`,
    'ok    region: us-east-1',
    'ok    credentials: from environment variables',
    'ok    identity: account 123456789012, arn:aws:iam::123456789012:user/sandbox',
    'ok    clock: within a minute of AWS',
    `ok    AmplifyBackend in us-east-1: answers at ${scene.sandbox.url}`,
    'ok    permission amplifybackend:GetBackend: granted',
    'ok    permission amplifybackend:ListS3Buckets: granted',
    expect.stringContaining('warn  permissions: this identity may not use the policy simulator'),
    'All checks passed.',
  ]);
  expect(code).toBe(0);
});

it('sends only reads', async () => {
  startAwsHome(environment());
  await run({}, operations);
  const { requests } = (await (await fetch(`${scene.sandbox.url}/_sandbox/requests`)).json()) as {
    requests: { operation: string | null }[];
  };
  expect(new Set(requests.map(({ operation }) => operation))).toEqual(
    new Set(['sts:GetCallerIdentity', 'GetBackend', 'ListS3Buckets', null]),
  );
});

it('says in the sandbox that no AWS account is reached, and checks no permissions', async () => {
  startAwsHome(environment());
  const { code, lines, text } = await run({}, served, { isSandbox: true });
  expect(lines).toContain('ok    sandbox: its own AmplifyBackend answers; no AWS account is reached');
  expect(text).not.toContain('simulator');
  expect(code).toBe(0);
});

it.each([
  [2 * 60_000, 'warn  clock: 2 min behind AWS', 0],
  [-2 * 60_000, 'warn  clock: 2 min ahead of AWS', 0],
  [10 * 60_000, 'FAIL  clock: 10 min behind AWS, which refuses signatures this far off', 1],
  [60 * 60_000, 'FAIL  clock: 60 min behind AWS, which refuses signatures this far off', 1],
])('reports a clock that differs by %d ms', async (skew, finding, exitCode) => {
  startAwsHome(environment());
  scene.ahead = skew;
  const { code, lines } = await run();
  const at = lines.indexOf(finding);
  expect(at, lines.join('\n')).toBeGreaterThan(0);
  expect(lines[at + 1]).toBe('      type: sudo timedatectl set-ntp true');
  expect(code).toBe(exitCode);
});

it('says once that nothing answers, with the endpoint to correct', async () => {
  startAwsHome(environment());
  await scene.sandbox.close();
  const { code, lines } = await run();
  const host = new URL(scene.sandbox.url).host;
  const at = lines.indexOf(
    `FAIL  AmplifyBackend in us-east-1: not_sent: Nothing was sent to AWS: nothing listens at ${host} (AWS_ENDPOINT_URL).`,
  );
  expect(lines[at + 1]).toContain('type: correct AWS_ENDPOINT_URL');
  expect(lines.filter(line => line.includes('AmplifyBackend in'))).toHaveLength(1);
  expect(code).toBe(1);
});

it('reports a failure of another kind than permissions unchanged', async () => {
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

it('fails if a read is denied, with the command that prints the policy', async () => {
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
  // A permission that no served tool needs is not asked for.
  const cloneOnly = operations.filter(({ toolName }) => toolName === 'clone_backend');
  expect(await run({}, cloneOnly)).toMatchObject({ code: 0, text: expect.not.stringContaining('denied') });
});

it('asks the policy simulator about the role behind a session, and warns of denied actions', async () => {
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
