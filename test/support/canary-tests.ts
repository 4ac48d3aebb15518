/**
 * The canary tests: known secrets stand in every place that can hold one, every tool and resource is used, well
 * and badly, with AWS failing in every way that has words, over a real stdio child that logs all it can. Of all that
 * left the server, on stdout, on stderr and in the audit, nothing may hold one of them.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fromSdk, toSdk } from '../../src/operations/wire.ts';
import type { OperationName } from '../../src/sandbox/model.ts';
import { Vault } from '../../src/secrets/vault.ts';
import { parseVaultKey } from '../../src/secrets/vault-key.ts';
import { clientFor, send } from '../sandbox/support.ts';
import { appId, on, type ToolCall, type ToolCase } from '../scenarios/cases/case.ts';
import { authSettings, canaries, leaksIn, mintedIn, talkative } from './canaries.ts';
import {
  carrying,
  cases,
  literal,
  literalSecrets,
  lost,
  operationOf,
  references,
  repeated,
  stored,
  update,
  updateArgs,
  wordy,
} from './canary-cases.ts';
import { type Env, type eras, type Json, speak, startChild } from './child.ts';
import { startTestSandbox } from './sandbox.ts';

/** How many servers are used side by side: often each waits before it asks AWS again, but a start costs more than many calls. */
const LANES = 4;

let folder: string;

/** The environment of a server with a secret in every corner of it. */
const serverEnv = (url: string, audit: string): Env => ({
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
  AMPLIFY_BACKEND_MCP_AUDIT_FILE: audit,
  AMPLIFY_BACKEND_MCP_CONFIRM: 'writes',
  AMPLIFY_BACKEND_MCP_LOG_LEVEL: 'trace',
});

/** A server on a sandbox of its own, and for each call to it the secrets that came back. */
async function startLane(spoken: (typeof eras)[number], name: string, more: Env = {}) {
  const sandbox = await startTestSandbox({ anyCredentials: true });
  const client = clientFor(sandbox.url);
  const audit = join(folder, `audit-${spoken.era}-${name}.jsonl`);
  const child = startChild(['stdio'], { ...serverEnv(sandbox.url, audit), ...more });
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
    /** Ends the server and answers all that left it. */
    async end() {
      for (const secret of mintedIn(await sandbox.state())) minted.add(secret);
      child.stdin.end();
      const { code, stdout, stderr } = await child.ended;
      expect(code).toBe(0);
      client.destroy();
      await sandbox.close();
      return { stdout, stderr, audit: await readFile(audit, 'utf8').catch(() => '') };
    },
  };
}

type Lane = Awaited<ReturnType<typeof startLane>>;

/** Everything that can be done with one tool. */
async function exercise(tool: string, { sandbox, plant, make, use, read }: Lane): Promise<void> {
  const { given, args, starts, refuses } = cases[tool] as ToolCase;
  const { name: operation, access, output } = operationOf(tool);
  /** Makes ready, and answers the arguments of each good call. */
  const prepare = async () => {
    await plant();
    const content = given ? await make(given) : {};
    return carrying[tool] ?? [typeof args === 'function' ? args(content) : args];
  };
  for (let way = 0; way < (carrying[tool]?.length ?? 1); way++) {
    const good = ((await prepare())[way] ?? {}) as Json;
    if (access !== 'read') {
      const plan = await use(tool, { ...good, dryRun: true }, 'as a dry run');
      expect(plan, tool).toHaveProperty('structuredContent.plan');
    }
    const done = await use(tool, good, 'as it should be');
    expect(done.isError, `${tool}: ${JSON.stringify(done)}`).toBeFalsy();
    await use(tool, refuses.args, 'refused');
    await use(tool, { ...good, appId: canaries.misplaced, surprise: canaries.misplaced }, 'misfit');

    const slow = access === 'read' ? lost : carrying[tool] ? lost.slice(way, way + 1) : [];
    for (const kind of [...wordy, ...slow]) {
      const again = (await prepare())[way] as Json;
      // First what AWS repeats, since a long text is cut.
      const words = carrying[tool] ? `${repeated[way]} ${talkative}` : talkative;
      await sandbox.order(operation, kind, kind === 'error-in-200' ? { error: words } : {});
      const failed = await use(tool, again, `with ${kind}`);
      if (kind === 'error-in-200' && 'error' in output.shape)
        expect(JSON.stringify(failed), tool).toContain('Could not update');
    }
    if (!starts) continue;
    const last = (await prepare())[way] as Json;
    await sandbox.order(operation, 'job-fails', { error: talkative });
    const { structuredContent } = (await use(tool, last, 'with job-fails')) as { structuredContent: Json };
    sandbox.finishJobs();
    const job = structuredContent.job as Record<string, string>;
    const { backendEnvironmentName, jobId, uri } = job;
    await use('get_backend_job', { appId, backendEnvironmentName, jobId }, `after ${tool}`);
    await use('list_backend_jobs', { appId, backendEnvironmentName }, `after ${tool}`);
    await read(String(uri));
  }
}

/** What has no tool of its own: what was referred to, names that must not be, and what is no request. */
async function exerciseTheRest({ sandbox, child, plant, use, list }: Lane): Promise<void> {
  for (const method of ['tools/list', 'resources/list', 'resources/templates/list']) await list(method);
  await plant();
  const messages = ['literalSms', 'literalEmail'];
  for (const [settings, secrets] of [
    [literal, ['literalGoogle', 'literalFacebook', 'literalAmazon', 'literalApple']],
    [references, ['vaultSecret', 'secretVariable']],
  ] as const) {
    await use(update.toolName, updateArgs(settings));
    sandbox.finishJobs();
    const arrived = leaksIn(JSON.stringify(await sandbox.state()));
    expect(arrived).toEqual(expect.arrayContaining([...secrets, ...messages]));
    await use('get_backend_auth', on('dev', { resourceName: 'shopauth' }), 'afterwards');
  }
  for (const name of ['tenant', 'AWS_SECRET_ACCESS_KEY', 'nobody']) {
    const astray = authSettings({ ...literalSecrets, google: { $secret: name } });
    expect(await use(update.toolName, updateArgs(astray), name)).toHaveProperty('isError', true);
  }
  child.send(`{"jsonrpc":"2.0","garbage":"${canaries.misplaced}`);
  child.send({ jsonrpc: '2.0', id: 'x', method: 'tools/call', params: { name: canaries.misplaced.length } });
  await list('tools/list');
}

/** Uses every tool in one era, and answers what came of it. */
function useAll(spoken: (typeof eras)[number]) {
  const tools = Object.keys(cases);
  const lanes = Array.from({ length: LANES }, async (_, index) => {
    const lane = await startLane(spoken, String(index));
    if (index === 0) await exerciseTheRest(lane);
    for (const tool of tools.filter((_, at) => at % LANES === index)) await exercise(tool, lane);
    return { ...(await lane.end()), leaks: lane.leaks, minted: [...lane.minted] };
  });
  return Promise.all(lanes);
}

/** The tests, in one era of the protocol. */
export function testCanaries(spoken: (typeof eras)[number]): void {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'canary-'));
    const key = parseVaultKey('env:VAULT_KEY', { env: { VAULT_KEY: canaries.vaultKey } });
    const vault = new Vault({ file: join(folder, 'vault.json'), key });
    await vault.put('facebook', { kind: 'secret', secret: canaries.vaultSecret });
    await vault.put('tenant', {
      kind: 'aws',
      accessKeyId: 'AKIATENANT0000000000',
      secretAccessKey: canaries.vaultAwsSecretKey,
    });
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('no secret leaves the server', async () => {
    const ended = await useAll(spoken);

    expect(ended.flatMap(({ leaks }) => leaks)).toEqual([]);
    const all = (part: 'stdout' | 'stderr' | 'audit') => ended.map(end => end[part]).join('\n');
    const minted = Object.fromEntries(ended.flatMap(end => end.minted).map(secret => [secret, secret]));
    // The keys of both seeded APIs, and a code for each token.
    expect(Object.keys(minted).length).toBeGreaterThan(10);
    for (const part of ['stdout', 'stderr', 'audit'] as const) {
      expect(leaksIn(all(part), { ...canaries, ...minted }), part).toEqual([]);
      // It was not silent either.
      expect(all(part)).toContain(update.toolName);
    }
  }, 300_000);

  it("a tenant's keys in the vault are used, and do not leave either", async () => {
    const targets = JSON.stringify({ tenant: { vault: 'tenant', region: 'us-east-1' } });
    const lane = await startLane(spoken, 'tenant', { AMPLIFY_BACKEND_MCP_TARGETS: targets });
    await lane.plant();
    for (const tool of ['get_backend', 'create_token']) {
      await lane.use(tool, { appId });
      await lane.sandbox.order(operationOf(tool).name, 'error-in-200', { error: talkative });
      await lane.use(tool, { appId });
    }
    const used = (await lane.sandbox.requests()).map(({ accessKeyId }) => accessKeyId);
    expect(used).toContain('AKIATENANT0000000000');
    const { stdout, stderr, audit } = await lane.end();
    expect(lane.leaks).toEqual([]);
    expect(leaksIn(stdout + stderr + audit)).toEqual([]);
  });

  it('the secrets are there: a server that reveals them is found out', async () => {
    const settings = { AMPLIFY_BACKEND_MCP_REVEAL_SECRETS: 'true', AMPLIFY_BACKEND_MCP_CONFIRM: 'never' };
    const { use, leaks, plant, sandbox, end } = await startLane(spoken, 'revealing', settings);
    await plant();
    await use('get_backend_auth', on('dev', { resourceName: 'shopauth' }), 'reveals');
    const kept = ['Google', 'Facebook', 'Amazon', 'Apple', 'Sms', 'Email'].map(what => `stored${what}`);
    expect(leaks.sort()).toEqual(kept.map(name => `get_backend_auth reveals: ${name}`).sort());
    const token = await use('create_token', { appId });
    expect(mintedIn(await sandbox.state())).toContain((token.structuredContent as Json).challengeCode);
    await end();
  });
}
