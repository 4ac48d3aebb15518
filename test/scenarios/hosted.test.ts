/**
 * The server on the network, with real tokens, as a real process where its end or its log matters. Two tenants in two accounts
 * have their own tools, jobs and handles, and no access to those of the other tenant.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { explainFailure } from '../../src/cli/explain-failure.ts';
import { sandboxRoles } from '../../src/sandbox/index.ts';
import { type Env, type Json, run } from '../support/child.ts';
import { httpGenerations, type McpClient } from '../support/clients.ts';
import { setHome } from '../support/home.ts';
import { startHosted } from '../support/hosted.ts';
import { hostInProcess } from '../support/in-process.ts';
import { startIssuer } from '../support/issuer.ts';
import { overHttp } from '../support/message-client.ts';
import { type AtEnd, share } from '../support/share.ts';
import { appId, on } from './cases/case.ts';

const resource = 'https://mcp.example/mcp';
const all = 'amplify:read amplify:write amplify:destroy';

const home = setHome({ jobMs: 30_000 });
const { env } = home;

const targets = {
  shop: { roleArn: sandboxRoles.admin.arn, region: 'us-east-1' },
  other: { roleArn: sandboxRoles.otherAdmin.arn, region: 'us-east-1' },
};
const callers = {
  shoppers: { when: { tenant: 'acme' }, target: 'shop', tags: { person: 'sub' } },
  others: { when: { tenant: 'umbrella' }, target: 'other' },
};

/** Starts a server, for a single test unless `atEnd` says otherwise. @param start starts the server @returns also a function for tokens */
async function setUpBy<Server>(
  start: (env: Env, flags: readonly string[], atEnd?: AtEnd) => Promise<Server>,
  flags: readonly string[] = [],
  atEnd?: AtEnd,
) {
  const issuer = await startIssuer(atEnd);
  const sign = await issuer.addKey('one');
  const server = await start(
    env(),
    [
      ...['--issuer', issuer.issuer, '--public-url', resource],
      ...['--targets', JSON.stringify(targets), '--callers', JSON.stringify(callers), ...flags],
    ],
    atEnd,
  );
  const tokenOf = (sub: string, tenant: string, scope = all) =>
    sign({
      ...{ iss: issuer.issuer, aud: resource, sub, tenant, scope },
      exp: Math.floor(Date.now() / 1000) + 600,
    });
  return { ...server, tokenOf };
}

const setUp = (flags?: readonly string[], atEnd?: AtEnd) => setUpBy(hostInProcess, flags, atEnd);
/** Starts a child process. */
const shared = share(atEnd => setUpBy(startHosted, [], atEnd));

describe.each(httpGenerations)('$name', ({ connect }) => {
  async function enter(sub: string, tenant: string, scope?: string) {
    const { url, tokenOf } = await shared();
    const client = await connect(url, undefined, await tokenOf(sub, tenant, scope));
    onTestFinished(() => client.close());
    return client;
  }

  it("acts in the caller's account, with a session name that names the caller", async () => {
    const id = crypto.randomUUID();
    const client = await enter(`auth0|${id}`, 'acme');
    const { structuredContent } = await client.callTool('whoami');
    expect(structuredContent).toMatchObject({
      account: '123456789012',
      arn: expect.stringMatching(new RegExp(`assumed-role/sandbox-admin/auth0-${id}$`)),
    });
  });

  it('lists only what the token allows', async () => {
    const client = await enter('ann', 'acme', 'amplify:read');
    const tools = await client.listTools();
    expect(tools.length).toBeGreaterThan(10);
    for (const { annotations } of tools) expect(annotations).toMatchObject({ readOnlyHint: true });
  });
});

describe('two tenants', () => {
  const [{ connect }] = httpGenerations as [(typeof httpGenerations)[number]];

  async function both() {
    const { url, tokenOf } = await setUp();
    const [ann, ben] = [await tokenOf('ann', 'acme'), await tokenOf('ben', 'umbrella')];
    const open = async (token: string): Promise<McpClient> => {
      const client = await connect(url, undefined, token);
      onTestFinished(() => client.close());
      return client;
    };
    return { url, tokens: { ann, ben }, ann: await open(ann), ben: await open(ben) };
  }

  it('act in their own accounts', async () => {
    const { ann, ben } = await both();
    const accountOf = async (client: McpClient) =>
      (await client.callTool('whoami')).structuredContent.account;
    expect([await accountOf(ann), await accountOf(ben)]).toEqual(['123456789012', '210987654321']);
  });

  it("do not see each other's jobs", async () => {
    const { ann, ben } = await both();
    const { structuredContent } = await ann.callTool(
      'clone_backend',
      on('dev', { targetEnvironmentName: 'qa' }),
    );
    const { uri } = structuredContent.job as { uri: string };
    const listed = async (client: McpClient) =>
      (await client.listResources()).resources.map(one => one.uri).filter(one => one.includes('/jobs/'));
    expect(await listed(ann)).toEqual([uri]);
    expect(await listed(ben)).toEqual([]);
  });

  it("cannot use each other's handles: a confirmation, a task", async () => {
    const { url, tokens, ann, ben } = await both();
    const asked = await ann.callTool('delete_backend', on('dev'));
    const { confirmationToken } = asked.structuredContent;
    const stolen = await ben.callTool('delete_backend', on('dev', { confirmationToken }));
    expect(stolen.structuredContent.error).toMatchObject({ code: 'confirmation_invalid' });
    expect(await home.sandbox.verdicts('DeleteBackend')).toEqual([]);

    const clone = { name: 'clone_backend', arguments: on('dev', { targetEnvironmentName: 'qa' }) };
    const { result } = await overHttp(url, tokens.ann).ask('tools/call', clone);
    const { taskId } = result as { taskId: string };
    const of = async (token: string, id: string) => overHttp(url, token).ask('tasks/get', { taskId: id });
    expect((await of(tokens.ann, taskId)).result).toMatchObject({ status: 'working' });
    const [theirs, none] = [await of(tokens.ben, taskId), await of(tokens.ben, 'task-1')];
    expect(theirs.error).toEqual(none.error);
    expect(theirs.error).toMatchObject({ code: -32602 });
  });
});

describe('the gateway', () => {
  const call = (url: string, token: string, name: string, args: Json) =>
    overHttp(url, token).ask('tools/call', { name, arguments: args });

  it('refuses a token without a matching rule', async () => {
    const { url, tokenOf } = await shared();
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await tokenOf('eve', 'nobody')}`,
        'content-type': 'application/json',
      },
      body: '{}',
    });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ error_description: expect.stringContaining('callers') });
    expect(await home.sandbox.requests()).toEqual([]);
  });

  it('limits each caller, for all of their tokens together', async () => {
    const { url, tokenOf } = await setUp(['--caller-requests-per-minute', '3']);
    const ask = async (sub: string, tenant: string, scope?: string) =>
      fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${await tokenOf(sub, tenant, scope)}` },
      });
    const statuses: number[] = [];
    for (const scope of [all, 'amplify:read', all, 'amplify:read'])
      statuses.push((await ask('ann', 'acme', scope)).status);
    expect(statuses.slice(0, 3)).not.toContain(429);
    const refused = await ask('ann', 'acme');
    expect([statuses[3], refused.status]).toEqual([429, 429]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask('ben', 'umbrella')).status).not.toBe(429);
  });

  it('tells a caller with too many waiting requests when to retry, and serves others', async () => {
    const { url, tokenOf } = await setUp(['--caller-requests-per-minute', '100000']);
    const [ann, cid] = [await tokenOf('ann', 'acme'), await tokenOf('cid', 'acme')];
    await home.sandbox.order('GetBackend', 'throttle', { times: 200 });
    /** Sends many calls and waits for none of them; they end with the server. */
    const askForMuch = () => {
      for (let asked = 0; asked < 70; asked += 1)
        call(url, ann, 'get_backend', { appId }).catch(() => undefined);
    };
    const post = () => fetch(url, { method: 'POST', headers: { authorization: `Bearer ${ann}` } });
    const waiting = async () => {
      const metrics = await (await fetch(new URL('/metrics', url))).text();
      return Number(/^amplify_backend_mcp_aws_requests_waiting (\d+)$/m.exec(metrics)?.[1]);
    };
    let refused = await post();
    while (refused.status !== 429) {
      askForMuch();
      refused = await post();
    }
    expect(refused.headers.get('retry-after')).toBe('5');
    await home.sandbox.reset();
    const served = await call(url, cid, 'get_backend', { appId });
    expect(served).toMatchObject({ result: { structuredContent: { appName: 'shop' } } });
    expect(await waiting()).toBeGreaterThan(40);
  });

  it('asks for the scope that a call needs, also through run_operation', async () => {
    const { url, tokenOf } = await shared();
    const token = await tokenOf('ann', 'acme', 'amplify:read amplify:write');
    const answer = await call(url, token, 'delete_backend', on('dev'));
    expect(answer).toMatchObject({ error: 'insufficient_scope' });
    expect(await call(url, token, 'get_backend', { appId })).toMatchObject({
      result: { resultType: 'complete' },
    });
    expect(await home.sandbox.verdicts('DeleteBackend')).toEqual([]);
  });

  it("never passes the caller's token on", async () => {
    // The server that the tests above share ends here, so that its whole log can be checked.
    const { url, child, tokenOf } = await shared();
    const token = await tokenOf('ann', 'acme');
    await call(url, token, 'get_backend', { appId });
    child.kill('SIGTERM');
    const { stdout, stderr, code } = await child.ended;
    expect(`${JSON.stringify(await home.sandbox.requests())}${stdout}${stderr}`).not.toContain(
      token.split('.')[2],
    );
    expect(code).toBe(0);
  });
});

describe('operators', () => {
  it('can read health and metrics without a token', async () => {
    const { url, tokenOf } = await setUp();
    await overHttp(url, await tokenOf('ann', 'acme')).ask('tools/call', { name: 'whoami', arguments: {} });
    const of = async (path: string) => (await fetch(new URL(path, url))).text();
    expect(await of('/healthz')).toContain('ok');
    expect(await of('/readyz')).toContain('ok');
    const metrics = await of('/metrics');
    expect(metrics).toContain('amplify_backend_mcp_calls_total{tool="whoami",outcome="ok"} 1');
    expect(metrics).toContain('amplify_backend_mcp_callers 1');
    expect(metrics).not.toContain('ann');
  });
});

describe('a real authorization server', () => {
  it('gives a token to a client that discovers it through the server', async () => {
    const script = new URL('../support/authorization-server.mjs', import.meta.url).pathname;
    const issuer = spawn(process.execPath, [script, resource, 'acme']);
    onTestFinished(() => void issuer.kill());
    const [line] = (await once(issuer.stdout, 'data')) as [Buffer];
    const { url } = await hostInProcess(env(), [
      ...['--issuer', String(line).trim(), '--public-url', resource],
      ...['--targets', JSON.stringify(targets), '--callers', JSON.stringify(callers)],
    ]);
    const refused = await fetch(url, { method: 'POST' });
    expect(refused.status).toBe(401);
    const told = await fetch(new URL('/.well-known/oauth-protected-resource/mcp', url));
    const { authorization_servers: servers } = (await told.json()) as { authorization_servers: string[] };
    const metadata = await fetch(new URL('/.well-known/openid-configuration', servers[0]));
    const { token_endpoint: endpoint } = (await metadata.json()) as { token_endpoint: string };
    const granted = await fetch(endpoint, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('agent:agent-secret')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'amplify:read', resource }),
    });
    const { access_token: token } = (await granted.json()) as { access_token: string };
    const answer = await overHttp(url, token).ask('tools/call', { name: 'whoami', arguments: {} });
    expect(answer.result).toMatchObject({ structuredContent: { account: '123456789012' } });
  });
});

it.each([
  [['--host', '0.0.0.0', '--auth', 'none'], 'tokens are required'],
  [['--auth', 'tokens'], '--issuer'],
  [['--auth', 'basic'], '--auth'],
  [['--issuer', 'https://login.example'], '--public-url'],
])('does not start with %j', async (flags, words) => {
  const failed = await hostInProcess({}, flags).catch((thrown: unknown) => thrown);
  expect(explainFailure(failed)).toMatchObject({ exitCode: 2, line: expect.stringContaining(words) });
});

it('does not start if it would let everybody act, and ends with 2', async () => {
  const { code, stderr } = await run(['http', '--port', '0', '--host', '0.0.0.0']);
  expect(code).toBe(2);
  expect(stderr).toContain('tokens are required');
});
