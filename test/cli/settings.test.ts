/**
 * Where settings come from: flag before environment before file, in JSON and in YAML. Observed by what a
 * tool then shows: a token's challenge code, open or withheld.
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

/** A call in a process of its own, which starts one for the server: by a file, and a flag against the environment. */
const byFlag = lazy(async () =>
  run([...callToken, '--config', await callFile(), '--reveal-secrets'], { [SECRETS]: '0' }),
);

it('come to the server that call starts as its child, from a file, the environment and a flag', async () => {
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
  it('gives settings, which the environment overrides, which a flag overrides', async () => {
    const file = await fileWith(name, text);
    expect(await reveals(['--config', file])).toBe(true);
    expect(await reveals(['--config', file], { [SECRETS]: 'false' })).toBe(false);
    expect(await reveals(['--config', file, '--reveal-secrets'], { [SECRETS]: '0' })).toBe(true);
  });

  it('may be named by the environment', async () => {
    const env = { AMPLIFY_BACKEND_MCP_CONFIG: await fileWith(name, text) };
    expect(await reveals([], env)).toBe(true);
    expect(await reveals([], { ...env, [SECRETS]: 'false' })).toBe(false);
  });
});

it('takes an empty file and empty variables for nothing said', async () => {
  const file = await fileWith('empty.yaml', '');
  expect(await reveals(['--sandbox', '--config', file], { [SECRETS]: '' })).toBe(false);
});

it('logs as much of a call as the environment asks for, and only failures by default', async () => {
  expect((await byFlag.get()).stderr).toBe('');
  const { stderr } = await run([...callToken, '--sandbox'], { AMPLIFY_BACKEND_MCP_LOG_LEVEL: 'info' });
  expect(stderr).toContain('"tool":"create_token"');
});

describe('the region, as AWS sees it in the signature', () => {
  /** The error code of a call, or undefined where the sandbox (which is in us-east-1) took the signature. */
  async function refusal(args: readonly string[], env: Env): Promise<string | undefined> {
    const { error } = await tokenFrom(args, { ...sandbox.env, ...env });
    return (error as { code: string } | undefined)?.code;
  }

  it("is AWS's own variable unless a setting says otherwise, the flag above all", async () => {
    const file = await fileWith('region.yaml', 'region: eu-west-1');
    expect(await refusal([], {})).toBeUndefined();
    expect(await refusal(['--config', file], {})).toBe('credentials_refused');
    expect(await refusal(['--config', file], { [REGION]: 'us-east-1' })).toBeUndefined();
    expect(await refusal(['--region', 'eu-west-1'], { [REGION]: 'us-east-1' })).toBe('credentials_refused');
  });
});
