/**
 * The audit of a real server: two lines for each attempted write, none for a read, no write without its first
 * line, whole lines under load, and the caller of each.
 */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sandboxRoles } from '../../src/sandbox/index.ts';
import { auditedWrites, auditLines, ownFolder } from '../support/audit.ts';
import type { Json } from '../support/child.ts';
import { type Generation, generations, httpGenerations, today } from '../support/clients.ts';
import { setHome } from '../support/home.ts';
import { hostInProcess } from '../support/in-process.ts';
import { startIssuer } from '../support/issuer.ts';
import { on } from './cases/case.ts';

const app = { appId: 'd1sandboxshop' };
const clone = on('dev', { targetEnvironmentName: 'qa' });
const home = setHome({ jobMs: 30_000 });

async function connectBy({ connect }: Generation, auditFile: string, flags: readonly string[] = []) {
  const client = await connect(home.env(), ['--audit-file', auditFile, ...flags]);
  onTestFinished(() => client.close());
  return client;
}

/** Connects to a child process. */
const connectToChild = (file: string, ...flags: string[]) => connectBy(generations[0], file, flags);
/** Connects to a server in the test's own process. */
const connect = (file: string, ...flags: string[]) => connectBy(today, file, flags);

it('writes one line before and one after each write of any result, and none for a read', async () => {
  const file = join(ownFolder(), 'audit.jsonl');
  const client = await connect(file);
  await client.callTool('get_backend', app);
  const { structuredContent } = await client.callTool('clone_backend', clone);
  await client.callTool('clone_backend', { ...clone, targetEnvironmentName: 'prod' });
  const [before, after, again, failed, ...more] = auditLines(file);
  expect(more).toEqual([]);
  expect(before).toMatchObject({
    phase: 'attempt',
    tool: 'clone_backend',
    region: 'us-east-1',
    decision: 'allowed',
    request: { operation: 'CloneBackend', body: { targetEnvironmentName: 'qa' } },
  });
  expect(before).toMatchObject({
    who: userInfo().username,
    caller: { key: 'stdio', client: 'scenario 1.0.0' },
  });
  expect(after).toMatchObject({
    phase: 'result',
    id: before?.id,
    outcome: 'ok',
    jobId: structuredContent.jobId,
    requestId: expect.stringMatching(/\S/),
  });
  expect(failed).toMatchObject({ phase: 'result', id: again?.id, outcome: 'bad_request' });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('records how a deletion was confirmed, and nothing without a confirmation', async () => {
  const file = join(ownFolder(), 'confirmed.jsonl');
  const client = await connect(file);
  const dev = { ...app, backendEnvironmentName: 'dev' };
  const { structuredContent } = await client.callTool('delete_backend', dev);
  expect(() => statSync(file)).toThrow();
  await client.callTool('delete_backend', { ...dev, confirmationToken: structuredContent.confirmationToken });
  expect(auditLines(file)[0]).toMatchObject({ decision: 'confirmed by token' });
});

it('refuses writes whose first line cannot be written, and says so at the start', async () => {
  const folder = join(ownFolder(), 'no-such-folder');
  const client = await connectToChild(join(folder, 'audit.jsonl'));
  expect(client.stderr()).toContain(`there is no folder ${folder}; type: mkdir -p -m 700 ${folder}`);
  expect(await client.callTool('clone_backend', clone)).toMatchObject({
    isError: true,
    structuredContent: { error: { code: 'audit_unavailable' } },
  });
  expect(await home.sandbox.verdicts('CloneBackend')).toEqual([]);
  expect((await client.callTool('get_backend', app)).isError ?? false).toBe(false);
});

describe('whole lines', () => {
  const schema = `type Note @model { id: ID! text: String } # ${'x'.repeat(800_000)}`;
  const update = (transformSchema: string) =>
    on('dev', { resourceName: 'shopapi', resourceConfig: { transformSchema } });

  it('come from 36 parallel updates of 800 KB, with the digest of each', async () => {
    const file = join(ownFolder(), 'audit.jsonl');
    const client = await connect(file, '--confirm', 'never');
    await Promise.all(
      Array.from({ length: 36 }, (_, at) => client.callTool('update_backend_api', update(`${schema}${at}`))),
    );
    const writes = auditedWrites(file);
    expect(auditLines(file)).toHaveLength(72);
    expect(writes.map(lines => lines.map(({ phase }) => phase))).toEqual(
      Array(36).fill(['attempt', 'result']),
    );
    const sent = writes.map(([first]) => first?.phase === 'attempt' && first.request.body);
    const digests = Array.from({ length: 36 }, (_, at) =>
      createHash('sha256').update(`${schema}${at}`).digest('hex'),
    );
    for (const sha256 of digests)
      expect(sent).toContainEqual({
        resourceName: 'shopapi',
        resourceConfig: {
          transformSchema: {
            length: expect.any(Number),
            sha256,
            start: expect.stringContaining('type Note'),
          },
        },
      });
  });

  it('come from two processes on one file', async () => {
    const file = join(ownFolder(), 'audit.jsonl');
    // The second server runs in the test's own process.
    const clients = [
      await connectToChild(file, '--confirm', 'never'),
      await connect(file, '--confirm', 'never'),
    ];
    const each = 40;
    const args = update('type Note @model { id: ID! }');
    await Promise.all(
      clients.flatMap(client =>
        Array.from({ length: each }, () => client.callTool('update_backend_api', args)),
      ),
    );
    const writes = auditedWrites(file);
    expect(writes).toHaveLength(2 * each);
    for (const lines of writes) expect(lines.map(({ phase }) => phase)).toEqual(['attempt', 'result']);
  });
});

describe('the caller', () => {
  it.each(generations)('is the user of the process, with their client ($name)', async ({ connectHere }) => {
    const file = join(ownFolder(), 'audit.jsonl');
    const client = await connectHere(home.env(), ['--audit-file', file]);
    onTestFinished(() => client.close());
    await client.callTool('clone_backend', clone);
    expect(auditLines(file)).toHaveLength(2);
    for (const line of auditLines(file))
      expect(line).toMatchObject({
        who: userInfo().username,
        caller: { key: 'stdio', client: 'scenario 1.0.0' },
        arn: expect.stringContaining('arn:aws:'),
      });
  });

  it("is in the lines of a workflow's steps", async () => {
    const file = join(ownFolder(), 'audit.jsonl');
    const client = await connect(file);
    await client.callTool('clone_environment', { app: 'shop', from: 'dev', to: 'qa', timeoutSeconds: 1 });
    expect(auditLines(file)[0]).toMatchObject({
      tool: 'clone_backend',
      who: userInfo().username,
      caller: { client: 'scenario 1.0.0' },
    });
  });

  const person: Json = {
    sub: 'auth0|41',
    email: 'ann@acme.example',
    name: 'Ann\n{"phase":"result"}\u2028',
    secret: 'canary-of-a-claim',
  };

  it.each([
    ['by a name that people know, beside the subject', person, 'ann@acme.example (auth0|41)'],
    ['by the subject where there is no other', { sub: 'ann' }, 'ann'],
    ['by the subject where names are no texts', { sub: 'ann', email: ['x'], name: '' }, 'ann'],
    [
      'by one name alone where both are the same',
      { sub: 'ann@acme.example', email: 'ann@acme.example' },
      'ann@acme.example',
    ],
  ])('is the subject of the token, %s', async (_, claims, who) => {
    const file = join(ownFolder(), 'audit.jsonl');
    const resource = 'https://mcp.example/mcp';
    const issuer = await startIssuer();
    const sign = await issuer.addKey('one');
    const target = { roleArn: sandboxRoles.admin.arn, region: 'us-east-1' };
    const { url } = await hostInProcess(home.env(), [
      ...['--issuer', issuer.issuer, '--public-url', resource, '--audit-file', file],
      ...['--targets', JSON.stringify({ shop: target })],
      ...['--callers', JSON.stringify({ all: { when: { tenant: 'acme' }, target: 'shop' } })],
    ]);
    const token = await sign({
      ...{ iss: issuer.issuer, aud: resource, tenant: 'acme', scope: 'amplify:read amplify:write' },
      exp: Math.floor(Date.now() / 1000) + 600,
      ...claims,
    });
    const [generation] = httpGenerations;
    const client = await generation?.connect(url, undefined, token);
    await client?.callTool('clone_backend', clone);
    await client?.close();
    const lines = auditLines(file);
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line.who).toBe(who);
      expect(line.caller).toMatchObject({ key: expect.stringMatching(/^[\w-]{43}$/), sub: claims.sub });
      expect(line.serverRequestId).toMatch(/\S/);
    }
    if (claims === person) expect(lines[0]?.caller).toMatchObject({ email: person.email, name: person.name });
    const raw = JSON.stringify(lines);
    expect(raw).not.toContain('canary-of-a-claim');
    expect(raw).not.toContain(token.split('.')[2]);
  });

  it('is not a person if no token is required', async () => {
    const file = join(ownFolder(), 'audit.jsonl');
    const { url } = await hostInProcess(home.env(), ['--audit-file', file]);
    const [generation] = httpGenerations;
    const client = await generation?.connect(url);
    await client?.callTool('clone_backend', clone);
    await client?.close();
    expect(auditLines(file)[0]).toMatchObject({ who: 'local', caller: { key: 'local' } });
  });
});
