/**
 * The policy of a real server: refused tools are not listed, a call of them names the setting, and nothing
 * reaches AWS.
 */
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { Json } from '../support/child.ts';
import { generations, textOf, today } from '../support/clients.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts';

const dev = { appId: 'd1sandboxshop', backendEnvironmentName: 'dev' };
const clone = { ...dev, targetEnvironmentName: 'qa' };
let sandbox: TestSandbox;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

it.each<[flags: string[], tool: string, args: Json, setting: string, isListed: boolean]>([
  [['--read-only'], 'clone_backend', clone, 'readOnly', false],
  [['--read-only'], 'get_token', { appId: dev.appId, sessionId: 's1' }, 'readOnly', false],
  [['--toolsets', 'auth,jobs'], 'get_backend', dev, 'toolsets', false],
  [['--toolsets', 'auth,jobs'], 'whoami', {}, 'toolsets', false],
  [['--apps', 'd1other'], 'get_backend', dev, 'apps', true],
  [['--protected', 'd*'], 'delete_backend', dev, 'protected', true],
  [['--protected', 'qa'], 'clone_backend', clone, 'protected', true],
  [['--protected', 'prod'], 'remove_all_backends', { appId: dev.appId }, 'protected', true],
  [['--read-only-environments', 'dev'], 'delete_backend', dev, 'readOnlyEnvironments', true],
])('%j refuses %s', async (flags, tool, args, setting, isListed) => {
  await sandbox.reset();
  // One case uses a child process. Flags reach every server in the same way.
  const { connect } = tool === 'remove_all_backends' ? generations[0] : today;
  const client = await connect(sandbox.env, flags);
  onTestFinished(() => client.close());
  expect((await client.listTools()).some(({ name }) => name === tool)).toBe(isListed);
  const result = await client.callTool(tool, args);
  expect(result).toMatchObject({ isError: true, structuredContent: { error: { code: 'policy_denied' } } });
  expect(textOf(result)).toContain(`The setting ${setting} refuses ${tool}`);
  const writes = (await sandbox.requests()).filter(({ operation }) => operation !== 'GetBackend');
  expect(writes).toEqual([]);
});
