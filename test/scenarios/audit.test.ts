/**
 * The audit through a real server: two lines for each attempted write, none for a read, and no write without
 * its first line.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { generations } from '../support/clients.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts';

const app = { appId: 'd1sandboxshop' };
const clone = { ...app, backendEnvironmentName: 'dev', targetEnvironmentName: 'qa' };
const folder = mkdtempSync(join(tmpdir(), 'audit-'));
let sandbox: TestSandbox;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await sandbox.close();
});

async function connect(auditFile: string, ...flags: string[]) {
  const [generation] = generations;
  if (!generation) throw new Error('there is no client');
  const client = await generation.connect(sandbox.env, ['--audit-file', auditFile, ...flags]);
  onTestFinished(() => client.close());
  return client;
}

const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));

it('writes one line before and one after each write, whatever becomes of it, and none for a read', async () => {
  await sandbox.reset();
  const file = join(folder, 'audit.jsonl');
  const client = await connect(file);
  await client.callTool('get_backend', app);
  const { structuredContent } = await client.callTool('clone_backend', clone);
  await client.callTool('clone_backend', { ...clone, targetEnvironmentName: 'prod' });
  const [before, after, again, failed, ...more] = linesOf(file);
  expect(more).toEqual([]);
  expect(before).toMatchObject({
    phase: 'attempt',
    who: 'stdio',
    tool: 'clone_backend',
    region: 'us-east-1',
    decision: 'allowed',
    request: { operation: 'CloneBackend', body: { targetEnvironmentName: 'qa' } },
  });
  expect(after).toMatchObject({
    phase: 'result',
    id: before.id,
    outcome: 'ok',
    jobId: structuredContent.jobId,
  });
  expect(after.requestId).toMatch(/\S/);
  expect(failed).toMatchObject({ phase: 'result', id: again.id, outcome: 'bad_request' });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('records how a deletion was confirmed, and nothing where it was not', async () => {
  await sandbox.reset();
  const file = join(folder, 'confirmed.jsonl');
  const client = await connect(file);
  const dev = { ...app, backendEnvironmentName: 'dev' };
  const { structuredContent } = await client.callTool('delete_backend', dev);
  expect(() => statSync(file)).toThrow();
  await client.callTool('delete_backend', { ...dev, confirmationToken: structuredContent.confirmationToken });
  expect(linesOf(file)[0]).toMatchObject({ decision: 'confirmed by token' });
});

it('lets no write happen whose first line cannot be written', async () => {
  await sandbox.reset();
  const client = await connect(join(folder, 'no-such-folder', 'audit.jsonl'));
  expect(await client.callTool('clone_backend', clone)).toMatchObject({
    isError: true,
    structuredContent: { error: { code: 'audit_unavailable' } },
  });
  expect(await sandbox.verdicts('CloneBackend')).toEqual([]);
  expect((await client.callTool('get_backend', app)).isError ?? false).toBe(false);
});
