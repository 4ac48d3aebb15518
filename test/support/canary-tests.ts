/**
 * The canary tests. Known secrets are in every place that can hold one. The tests use every tool and resource, with valid and
 * invalid arguments, while AWS fails with every kind of message, over a real stdio child that logs at the lowest level. No secret
 * may appear on stdout, on stderr or in the audit.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Vault } from '../../src/secrets/vault.ts';
import { parseVaultKey } from '../../src/secrets/vault-key.ts';
import { appId, on, type ToolCase } from '../scenarios/cases/case.ts';
import { authSettings, canaries, leaksIn, mintedIn, talkative } from './canaries.ts';
import {
  carrying,
  cases,
  literal,
  literalSecrets,
  lost,
  operationOf,
  references,
  refusing,
  repeated,
  update,
  updateArgs,
  wordy,
} from './canary-cases.ts';
import {
  type Era,
  type Lane,
  openLane,
  openServer,
  serverEnv,
  startLane,
  startLanes,
} from './canary-lane.ts';
import type { Json } from './child.ts';
import { startInProcess } from './in-process.ts';
import { startTestSandbox } from './sandbox.ts';

/** How many sandboxes fail at the same time, since the server often waits before it repeats a read. */
const FAILING_LANES = 4;

let folder: string;

/** A tool, and valid arguments of it. */
interface Way {
  readonly tool: string;
  readonly way: number;
}

const ways: readonly Way[] = Object.keys(cases).flatMap(tool =>
  Array.from({ length: carrying[tool]?.length ?? 1 }, (_, way) => ({ tool, way })),
);

/** Creates what the call needs, and returns valid arguments. */
async function prepare({ tool, way }: Way, { plant, make }: Lane): Promise<Json> {
  const { given, args } = cases[tool] as ToolCase;
  await plant();
  const content = given ? await make(given) : {};
  return (carrying[tool]?.[way] ?? (typeof args === 'function' ? args(content) : args)) as Json;
}

/** Uses one tool in every way while AWS works: a write is planned, asked about and confirmed. */
async function exercise(one: Way, lane: Lane): Promise<void> {
  const { tool } = one;
  const { use } = lane;
  const good = await prepare(one, lane);
  if (operationOf(tool).access !== 'read') {
    const plan = await use(tool, { ...good, dryRun: true }, 'as a dry run');
    expect(plan, tool).toHaveProperty('structuredContent.plan');
  }
  const done = await use(tool, good, 'as it should be');
  expect(done.isError, `${tool}: ${JSON.stringify(done)}`).toBeFalsy();
  await use(tool, (cases[tool] as ToolCase).refuses.args, 'refused');
  await use(tool, { ...good, appId: canaries.misplaced, surprise: canaries.misplaced }, 'misfit');
}

/** Uses a tool under each fault of AWS, and follows a job that it starts. */
async function exerciseFailures(one: Way, lane: Lane): Promise<void> {
  const { tool, way } = one;
  const { sandbox, use, read } = lane;
  const { starts, args } = cases[tool] as ToolCase;
  const { name: operation, access, output } = operationOf(tool);
  const slow = access === 'read' ? lost : carrying[tool] ? lost.slice(way, way + 1) : [];
  let good: Json | undefined;
  for (const kind of [...wordy, ...slow]) {
    good ??= await prepare(one, lane);
    // The secrets come first in AWS's message, since a long text is cut.
    const words = carrying[tool] ? `${repeated[way]} ${talkative}` : talkative;
    await sandbox.order(operation, kind, kind === 'error-in-200' ? { error: words } : {});
    const failed = await use(tool, good, `with ${kind}`);
    expect(await sandbox.faults(), `${tool} with ${kind}`).toEqual([]);
    // A refused call leaves everything unchanged. Otherwise each call gets a newly created resource, with new secrets.
    if (typeof args === 'function' || (access !== 'read' && !refusing.includes(kind))) good = undefined;
    if (kind === 'error-in-200' && 'error' in output.shape)
      expect(JSON.stringify(failed), tool).toContain('Could not update');
  }
  if (!starts) return;
  const last = await prepare(one, lane);
  await sandbox.order(operation, 'job-fails', { error: talkative });
  const { structuredContent } = (await use(tool, last, 'with job-fails')) as { structuredContent: Json };
  sandbox.finishJobs();
  const job = structuredContent.job as Record<string, string>;
  const { backendEnvironmentName, jobId, uri } = job;
  await use('get_backend_job', { appId, backendEnvironmentName, jobId }, `after ${tool}`);
  await use('list_backend_jobs', { appId, backendEnvironmentName }, `after ${tool}`);
  await read(String(uri));
}

/** Uses what has no tool of its own: resources, invalid names, and messages that are not requests. */
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

const isRead = ({ tool }: Way) => operationOf(tool).access === 'read';
/** Writes with literal secrets; their faults are tried after a confirmation. */
const isConfirmed = ({ tool, way }: Way) => carrying[tool] !== undefined && way === 0;

/**
 * Uses every tool in one era, and returns what the servers wrote. One server asks before each write. The other one, on which AWS
 * fails, does not ask, since each question takes as many requests as the write.
 */
function useAll(spoken: Era) {
  const asking = async () => {
    const lane = await startLane(spoken, folder, 'asking');
    // This comes first: once a write has started a job, the server's own reads of it would get the fault.
    for (const one of ways.filter(isRead)) await exerciseFailures(one, lane);
    await exerciseTheRest(lane);
    for (const one of ways) await exercise(one, lane);
    for (const one of ways.filter(isConfirmed)) await exerciseFailures(one, lane);
    return lane.end();
  };
  const failing = async () => {
    const never = { AMPLIFY_BACKEND_MCP_CONFIRM: 'never' };
    const { lanes, end } = await startLanes(spoken, folder, 'failing', FAILING_LANES, never);
    // Each lane takes the next tool of the list. The storage tools come first because they take longest.
    const left = ways
      .filter(one => !isRead(one) && !isConfirmed(one))
      .reverse()
      .values();
    const useLeft = async (lane: Lane) => {
      for (const one of left) await exerciseFailures(one, lane);
    };
    await Promise.all(lanes.map(useLeft));
    return end();
  };
  return Promise.all([asking(), failing()]);
}

/** The tests, in one era of the protocol. */
export function testCanaries(spoken: Era): void {
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
      // The server did write something.
      expect(all(part)).toContain(update.toolName);
    }
  }, 300_000);

  it("a tenant's keys in the vault are used, and do not leave either", async () => {
    const targets = JSON.stringify({ tenant: { vault: 'tenant', region: 'us-east-1' } });
    const lane = await startLane(spoken, folder, 'tenant', { AMPLIFY_BACKEND_MCP_TARGETS: targets });
    await lane.plant();
    for (const tool of ['get_backend', 'create_token']) {
      await lane.use(tool, { appId });
      await lane.sandbox.order(operationOf(tool).name, 'error-in-200', { error: talkative });
      await lane.use(tool, { appId });
    }
    const used = (await lane.sandbox.requests()).map(({ accessKeyId }) => accessKeyId);
    expect(used).toContain('AKIATENANT0000000000');
    const { stdout, stderr, audit, leaks } = await lane.end();
    expect(leaks).toEqual([]);
    expect(leaksIn(stdout + stderr + audit)).toEqual([]);
  });

  it('the secrets are there: a server that reveals them is found out', async () => {
    const sandbox = await startTestSandbox({ anyCredentials: true });
    // This test searches the answers alone, so it needs no process of its own.
    const { end, ...server } = startInProcess([], {
      ...serverEnv(folder, 'revealing'),
      AWS_ENDPOINT_URL: sandbox.url,
      AMPLIFY_BACKEND_MCP_REVEAL_SECRETS: 'true',
      AMPLIFY_BACKEND_MCP_CONFIRM: 'never',
      AMPLIFY_BACKEND_MCP_LOG_LEVEL: 'silent',
    });
    const { use, leaks, plant, close } = openLane(await openServer(spoken, server), sandbox);
    await plant();
    await use('get_backend_auth', on('dev', { resourceName: 'shopauth' }), 'reveals');
    const kept = ['Google', 'Facebook', 'Amazon', 'Apple', 'Sms', 'Email'].map(what => `stored${what}`);
    expect(leaks.sort()).toEqual(kept.map(name => `get_backend_auth reveals: ${name}`).sort());
    const token = await use('create_token', { appId });
    expect(mintedIn(await sandbox.state())).toContain((token.structuredContent as Json).challengeCode);
    await end();
    await close();
  });
}
