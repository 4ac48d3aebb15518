/**
 * A server with known secrets in every place that can hold one, on a sandbox of its own, and what is done with it in the
 * canary tests.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { fromSdk, toSdk } from '../../src/operations/wire.ts';
import type { OperationName } from '../../src/sandbox/model.ts';
import { clientFor, send } from '../sandbox/support.ts';
import type { ToolCall } from '../scenarios/cases/case.ts';
import { canaries, leaksIn, mintedIn } from './canaries.ts';
import { operationOf, stored, update, updateArgs } from './canary-cases.ts';
import { type Env, type eras, type Json, type Spoken, speak, startChild } from './child.ts';
import { startTestSandbox, type TestSandbox } from './sandbox.ts';

const auditFile = (folder: string, name: string) => join(folder, `audit-${name}.jsonl`);

/** The environment of a server with a secret in every corner of it. */
export const serverEnv = (folder: string, url: string, name: string): Env => ({
  AWS_ENDPOINT_URL: url,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIAHOST000000000000',
  AWS_SECRET_ACCESS_KEY: canaries.awsSecretKey,
  AWS_SESSION_TOKEN: canaries.awsSessionToken,
  VAULT_KEY: canaries.vaultKey,
  AMPLIFY_BACKEND_SECRET_GOOGLE: canaries.secretVariable,
  AMPLIFY_BACKEND_SECRET_UNUSED: canaries.unusedVariable,
  AMPLIFY_BACKEND_MCP_VAULT_FILE: join(folder, 'vault.json'),
  AMPLIFY_BACKEND_MCP_VAULT_KEY: 'env:VAULT_KEY',
  AMPLIFY_BACKEND_MCP_AUDIT_FILE: auditFile(folder, name),
  AMPLIFY_BACKEND_MCP_CONFIRM: 'writes',
  AMPLIFY_BACKEND_MCP_LOG_LEVEL: 'trace',
});

export type Era = (typeof eras)[number];

/** A server on a sandbox of its own, and for each call to it the secrets that came back. */
export async function openLane(spoken: Era, sandbox: TestSandbox, child: Spoken) {
  const client = clientFor(sandbox.url);
  const { ask, call, open } = speak(spoken);
  await open(child);
  const leaks: string[] = [];
  /** Keys and codes that the sandbox made while it was used. */
  const minted = new Set<string>();
  let id = 0;
  const note = <Answer extends Json>(what: string, answer: Answer) => {
    leaks.push(...leaksIn(JSON.stringify(answer)).map(secret => `${what}: ${secret}`));
    return answer;
  };
  /** Calls, and calls again with the confirmation where one is asked for. */
  async function use(tool: string, args: Json, how = ''): Promise<Json> {
    const { result } = note(`${tool} ${how}`, await call(child, ++id, tool, args));
    const { structuredContent = {} } = (result ?? {}) as { structuredContent?: Json };
    const { confirmationToken } = structuredContent;
    if (confirmationToken === undefined) return (result ?? {}) as Json;
    return use(tool, { ...args, confirmationToken }, `${how}, confirmed`);
  }
  return {
    ...{ sandbox, child, leaks, minted, use },
    read: async (uri: string) => note(uri, await ask(child, ++id, 'resources/read', { uri })),
    list: async (method: string) => note(method, await ask(child, ++id, method)),
    /** A sandbox as after its start, but with secrets in what it knows of `dev`. */
    async plant() {
      for (const secret of mintedIn(await sandbox.state())) minted.add(secret);
      await sandbox.reset();
      await send(client, 'UpdateBackendAuth', toSdk(update.sdkInput, updateArgs(stored)));
      sandbox.finishJobs();
    },
    /** Has AWS do, past the server, what a call needs to be there; the call by itself is used as a tool. */
    async make({ tool, args }: ToolCall): Promise<Json> {
      const { name: operation, sdkInput, sdkOutput } = operationOf(tool);
      const answer = await send(client, operation as OperationName, toSdk(sdkInput, args));
      sandbox.finishJobs();
      return fromSdk(sdkOutput, answer);
    },
    /** Ends what asks the sandbox. */
    async close() {
      for (const secret of mintedIn(await sandbox.state())) minted.add(secret);
      client.destroy();
      await sandbox.close();
    },
  };
}

export type Lane = Awaited<ReturnType<typeof openLane>>;

/** A lane to a process of its own. */
export async function startLane(spoken: Era, folder: string, name: string, more: Env = {}) {
  const sandbox = await startTestSandbox({ anyCredentials: true });
  const child = startChild(['stdio'], { ...serverEnv(folder, sandbox.url, name), ...more });
  const lane = await openLane(spoken, sandbox, child);
  return {
    ...lane,
    /** Ends the server and answers all that left it. */
    async end() {
      child.stdin.end();
      const { code, stdout, stderr } = await child.ended;
      expect(code).toBe(0);
      await lane.close();
      return { stdout, stderr, audit: await readFile(auditFile(folder, name), 'utf8').catch(() => '') };
    },
  };
}
