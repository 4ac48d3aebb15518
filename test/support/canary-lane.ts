/**
 * A server with known secrets in every place that can hold one, and its calls to a sandbox, for the canary tests. A lane is one
 * sandbox with the calls that go to it; several lanes can share a server.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { fromSdk, toSdk } from '../../src/operations/wire.ts';
import type { OperationName } from '../../src/sandbox/model.ts';
import { clientFor, send } from '../sandbox/support.ts';
import type { ToolCall } from '../scenarios/cases/case.ts';
import { canaries, leaksIn, mintedIn } from './canaries.ts';
import { operationOf, stored, update, updateArgs } from './canary-cases.ts';
import { type Child, type Env, type eras, type Json, type Spoken, speak, startChild } from './child.ts';
import { startTestSandbox, type TestSandbox } from './sandbox.ts';

const auditFile = (folder: string, name: string) => join(folder, `audit-${name}.jsonl`);

const hostKeys = {
  AWS_ACCESS_KEY_ID: 'AKIAHOST000000000000',
  AWS_SECRET_ACCESS_KEY: canaries.awsSecretKey,
  AWS_SESSION_TOKEN: canaries.awsSessionToken,
};

/** The environment variables of a server, with secrets wherever they can be. The address of AWS is missing. */
export const serverEnv = (folder: string, name: string): Env => ({
  AWS_REGION: 'us-east-1',
  ...hostKeys,
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

/** Opens the connection to a server, which several lanes may share. */
export async function openServer(spoken: Era, child: Spoken) {
  const { ask, call, open } = speak(spoken);
  await open(child);
  let id = 0;
  return {
    child,
    ask: (method: string, params?: Json) => ask(child, ++id, method, params),
    call: (tool: string, args: Json) => call(child, ++id, tool, args),
  };
}

type Server = Awaited<ReturnType<typeof openServer>>;

/**
 * Opens a lane: it calls the server and records the secrets in each answer.
 * @param target the server's name for the sandbox, where it knows several
 */
export function openLane({ child, ask, call }: Server, sandbox: TestSandbox, target?: string) {
  const client = clientFor(sandbox.url);
  const at = target === undefined ? {} : { target };
  const leaks: string[] = [];
  /** Keys and codes that the sandbox has generated so far. */
  const minted = new Set<string>();
  const note = <Answer extends Json>(what: string, answer: Answer) => {
    leaks.push(...leaksIn(JSON.stringify(answer)).map(secret => `${what}: ${secret}`));
    return answer;
  };
  /** Calls a tool. If the server asks for a confirmation, calls it again with the token. */
  async function use(tool: string, args: Json, how = ''): Promise<Json> {
    const { result } = note(`${tool} ${how}`, await call(tool, { ...at, ...args }));
    const { structuredContent = {} } = (result ?? {}) as { structuredContent?: Json };
    const { confirmationToken } = structuredContent;
    if (confirmationToken === undefined) return (result ?? {}) as Json;
    return use(tool, { ...args, confirmationToken }, `${how}, confirmed`);
  }
  return {
    ...{ sandbox, child, leaks, minted, use },
    read: async (uri: string) => note(uri, await ask('resources/read', { uri })),
    list: async (method: string) => note(method, await ask(method)),
    /** Resets the sandbox and puts secrets into the auth resource of `dev`. */
    async plant() {
      for (const secret of mintedIn(await sandbox.state())) minted.add(secret);
      await sandbox.reset();
      await send(client, 'UpdateBackendAuth', toSdk(update.sdkInput, updateArgs(stored)));
      sandbox.finishJobs();
    },
    /** Creates at AWS, without the server, what a call needs. */
    async make({ tool, args }: ToolCall): Promise<Json> {
      const { name: operation, sdkInput, sdkOutput } = operationOf(tool);
      const answer = await send(client, operation as OperationName, toSdk(sdkInput, args));
      sandbox.finishJobs();
      return fromSdk(sdkOutput, answer);
    },
    /** Closes the client and the sandbox. */
    async close() {
      for (const secret of mintedIn(await sandbox.state())) minted.add(secret);
      client.destroy();
      await sandbox.close();
    },
  };
}

export type Lane = ReturnType<typeof openLane>;

/** Ends a server and returns everything that it has written. */
async function end(child: Child, lanes: readonly Lane[], audit: string) {
  child.stdin.end();
  const { code, stdout, stderr } = await child.ended;
  expect(code).toBe(0);
  for (const lane of lanes) await lane.close();
  return {
    ...{ stdout, stderr, audit: await readFile(audit, 'utf8').catch(() => '') },
    leaks: lanes.flatMap(({ leaks }) => leaks),
    minted: lanes.flatMap(({ minted }) => [...minted]),
  };
}

const startSandbox = () => startTestSandbox({ anyCredentials: true });

/** Starts a server for a single lane. */
export async function startLane(spoken: Era, folder: string, name: string, more: Env = {}) {
  const sandbox = await startSandbox();
  const env = { ...serverEnv(folder, name), AWS_ENDPOINT_URL: sandbox.url, ...more };
  const child = startChild(['stdio'], env);
  const lane = openLane(await openServer(spoken, child), sandbox);
  return { ...lane, end: () => end(child, [lane], auditFile(folder, name)) };
}

/** The section of the AWS config file for a sandbox, with the keys in it. */
const profileOf = (name: string, { url }: TestSandbox) => `[profile ${name}]
endpoint_url = ${url}
${Object.entries(hostKeys)
  .map(([key, value]) => `${key.toLowerCase()} = ${value}`)
  .join('\n')}
`;

/** Opens several lanes to one process, which has a target for each sandbox: a process costs more than many calls. */
export async function startLanes(spoken: Era, folder: string, name: string, count: number, more: Env = {}) {
  const sandboxes = new Map<string, TestSandbox>();
  for (let lane = 0; lane < count; lane++) sandboxes.set(`lane${lane}`, await startSandbox());
  const config = join(folder, `aws-${name}`);
  await writeFile(config, [...sandboxes].map(([target, sandbox]) => profileOf(target, sandbox)).join(''));
  const targets = [...sandboxes.keys()].map(target => [target, { profile: target, secrets: ['*'] }]);
  const child = startChild(['stdio'], {
    ...serverEnv(folder, name),
    AWS_CONFIG_FILE: config,
    AMPLIFY_BACKEND_MCP_TARGETS: JSON.stringify(Object.fromEntries(targets)),
    ...more,
  });
  const server = await openServer(spoken, child);
  const lanes = [...sandboxes].map(([target, sandbox]) => openLane(server, sandbox, target));
  return { lanes, end: () => end(child, lanes, auditFile(folder, name)) };
}
