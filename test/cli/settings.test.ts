/**
 * Where settings come from: a flag overrides the environment, which overrides a file in JSON or YAML. It shows in what a
 * tool answers: a token's challenge code, shown or withheld.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lazy } from '../../src/lib/lazy.ts';
import { type Env, run } from '../support/child.ts';
import { today } from '../support/clients.ts';
import { runWithServer } from '../support/command.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts';

const SECRETS = 'AMPLIFY_BACKEND_MCP_REVEAL_SECRETS';
const REGION = 'AMPLIFY_BACKEND_MCP_REGION';

let folder: string;
let sandbox: TestSandbox;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'settings-'));
  sandbox = await startTestSandbox();
});
afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true });
});

async function fileWith(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

const callToken = ['call', 'create_token', '{"appId":"d1sandboxshop"}'];

/** What a server with these settings answers. */
async function tokenFrom(args: readonly string[], env: Env) {
  const client = await today.connect(env, args);
  const { structuredContent } = await client.callTool('create_token', { appId: 'd1sandboxshop' });
  await client.close();
  return structuredContent;
}

/** Whether a new token's code is shown. */
async function reveals(args: readonly string[], env: Env = {}): Promise<boolean> {
  const { challengeCode } = await tokenFrom(args, env);
  expect(challengeCode).toEqual(expect.any(String));
  return challengeCode !== '[withheld]';
}

const callFile = () => fileWith('call.yaml', 'sandbox: true\nrevealSecrets: true');

/** A call in a child process, which starts another for the server. Its flag contradicts the environment. */
const byFlag = lazy(async () =>
  run([...callToken, '--config', await callFile(), '--reveal-secrets'], { [SECRETS]: '0' }),
);

it('settings from a file, the environment and a flag reach the server that `call` starts', async () => {
  const args = [...callToken, '--config', await callFile()];
  for (const [ended, isShown] of [
    [await runWithServer(args, {}), true],
    [await runWithServer(args, { [SECRETS]: 'false' }), false],
    [await byFlag.get(), true],
  ] as const) {
    const { code, stdout, stderr } = ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout).challengeCode !== '[withheld]').toBe(isShown);
  }
});

describe.each([
  ['JSON', 'settings.json', '{"sandbox": true, "revealSecrets": true}'],
  ['YAML', 'settings.yaml', '# for tests\nsandbox: true\nrevealSecrets: true\n'],
])('a file in %s', (_, name, text) => {
  it('gives settings that the environment overrides, which a flag overrides', async () => {
    const file = await fileWith(name, text);
    expect(await reveals(['--config', file])).toBe(true);
    expect(await reveals(['--config', file], { [SECRETS]: 'false' })).toBe(false);
    expect(await reveals(['--config', file, '--reveal-secrets'], { [SECRETS]: '0' })).toBe(true);
  });

  it('may be named by an environment variable', async () => {
    const env = { AMPLIFY_BACKEND_MCP_CONFIG: await fileWith(name, text) };
    expect(await reveals([], env)).toBe(true);
    expect(await reveals([], { ...env, [SECRETS]: 'false' })).toBe(false);
  });
});

it('treats an empty file and empty variables as no settings', async () => {
  const file = await fileWith('empty.yaml', '');
  expect(await reveals(['--sandbox', '--config', file], { [SECRETS]: '' })).toBe(false);
});

it('logs a call at the level that the environment sets, and only failures by default', async () => {
  expect((await byFlag.get()).stderr).toBe('');
  const { stderr } = await run([...callToken, '--sandbox'], { AMPLIFY_BACKEND_MCP_LOG_LEVEL: 'info' });
  expect(stderr).toContain('"tool":"create_token"');
});

describe('the region, as AWS sees it in the signature', () => {
  /** The error code of a call, or undefined if the sandbox, which is in us-east-1, accepted the signature. */
  async function refusal(args: readonly string[], env: Env): Promise<string | undefined> {
    const { error } = await tokenFrom(args, { ...sandbox.env, ...env });
    return (error as { code: string } | undefined)?.code;
  }

  it("is that of AWS's own variable unless a setting overrides it", async () => {
    const file = await fileWith('region.yaml', 'region: eu-west-1');
    expect(await refusal([], {})).toBeUndefined();
    expect(await refusal(['--config', file], {})).toBe('credentials_refused');
    expect(await refusal(['--config', file], { [REGION]: 'us-east-1' })).toBeUndefined();
    expect(await refusal(['--region', 'eu-west-1'], { [REGION]: 'us-east-1' })).toBe('credentials_refused');
  });
});
