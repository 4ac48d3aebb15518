/**
 * If STS refuses to name the identity, plans, confirmations and writes still work, and the plan says what is
 * unknown.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Env, Json } from '../support/child.ts';
import { type McpClient, today } from '../support/clients.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts';
import { on } from './cases/case.ts';

const refusal =
  '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>';

const { connect } = today;
const clone = on('dev', { targetEnvironmentName: 'qa' });

describe('if STS refuses', () => {
  const sts = createServer((_, response) => {
    response.writeHead(403, { 'content-type': 'text/xml' }).end(refusal);
  });
  let sandbox: TestSandbox;
  let client: McpClient;
  let folder = '';
  let env: Env = {};
  beforeAll(async () => {
    sandbox = await startTestSandbox();
    await new Promise<void>(resolve => sts.listen(0, '127.0.0.1', resolve));
    folder = await mkdtemp(join(tmpdir(), 'audit-'));
    const endpoint = `http://127.0.0.1:${(sts.address() as AddressInfo).port}`;
    env = { ...sandbox.env, AWS_ENDPOINT_URL_STS: endpoint };
    client = await connect(env, ['--audit-file', join(folder, 'audit')]);
  });
  beforeEach(() => sandbox.reset());
  afterAll(async () => {
    await client.close();
    await sandbox.close();
    sts.close();
    await rm(folder, { recursive: true });
  });

  it('the board names no account, says why, and shows the rest', async () => {
    const page = await connect(env, [], undefined, true);
    onTestFinished(() => page.close());
    const { app, environments, notes } = (await page.callTool('read_board', {})).structuredContent as {
      app: Json;
      environments: Json[];
      notes: string[];
    };
    expect(app).toEqual({ appId: 'd1sandboxshop', name: 'shop' });
    expect(environments.map(({ name }) => name)).toContain('dev');
    expect(notes).toContainEqual(expect.stringMatching(/^Not checked: the account \(/));
  });

  const unknown = { account: 'unknown (credentials_refused)', region: 'us-east-1' };

  it('a dry run plans', async () => {
    const { structuredContent, isError } = await client.callTool('clone_backend', { ...clone, dryRun: true });
    expect(isError).toBeFalsy();
    expect(structuredContent.plan).toMatchObject(unknown);
  });

  it('a deletion is confirmed and sent', async () => {
    const asked = (await client.callTool('delete_backend', on('dev'))).structuredContent;
    expect(asked).toMatchObject({ error: { code: 'confirmation_required' }, plan: unknown });
    const { confirmationToken } = asked;
    const deleted = await client.callTool('delete_backend', on('dev', { confirmationToken }));
    expect(deleted.structuredContent.job).toMatchObject({ operation: 'DeleteBackend' });
    expect(await sandbox.verdicts('DeleteBackend')).toEqual(['ok']);
  });

  it('a write is sent, and both lines of its audit are written', async () => {
    const { structuredContent } = await client.callTool('clone_backend', clone);
    expect(structuredContent.job).toMatchObject({ operation: 'CloneBackend' });
    const lines = (await readFile(join(folder, 'audit'), 'utf8')).trim().split('\n');
    const written = lines
      .map(line => JSON.parse(line) as Json)
      .filter(({ tool }) => tool === 'clone_backend');
    expect(written).toMatchObject([
      { phase: 'attempt', ...unknown },
      { phase: 'result', outcome: 'ok' },
    ]);
  });
});
