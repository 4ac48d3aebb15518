/**
 * The server of the factory, in memory: what it passes to the path to AWS, and failures that no sandbox
 * produces on demand.
 */
import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { expect, it, onTestFinished } from 'vitest';
import type { Jobs } from '../../src/call/jobs.ts';
import { parseConfig } from '../../src/cli/config.ts';
import { type ErrorCode, ServerError } from '../../src/errors.ts';
import { toJob } from '../../src/jobs/job.ts';
import { lazy } from '../../src/lib/lazy.ts';
import { createServer, type ServerParts } from '../../src/mcp/server.ts';
import { createSurface } from '../../src/mcp/surface.ts';
import { callsAsResults } from '../../src/mcp/task-calls.ts';
import type { CallTool } from '../../src/tools/call-tool.ts';

const entry = {
  tool: { name: 'get_backend', inputSchema: { type: 'object' as const, properties: {} } },
  subject: { toolName: 'get_backend', access: 'read', toolset: 'environments', everyEnvironment: false },
  ...{ startsJob: false, waitsForJobs: false },
} as const;
const address = { appId: 'd1abc', backendEnvironmentName: 'qa', jobId: 'j-1' };
const job = toJob(address, { status: 'COMPLETED' }, 'CloneBackend');

const unexpected = async () => {
  throw new Error('not expected to be called');
};

const nothing: ServerParts = {
  planMigration: unexpected,
  version: '0.0.0',
  surface: createSurface([entry], parseConfig({}), []),
  toolsWithPages: lazy(unexpected),
  instructions: '',
  calls: { asResults: unexpected, asTasks: unexpected },
  jobs: {
    read: unexpected,
    follow: unexpected,
    peek: () => undefined,
    known: () => [],
    followKnown: () => () => undefined,
  },
  tasks: { get: unexpected, update: unexpected, cancel: unexpected, follow: unexpected },
  environmentFeed: { read: unexpected, follow: unexpected },
  readSnapshot: unexpected,
  planQuestions: { read: unexpected, close: unexpected },
  directory: {
    ...{ apps: unexpected, appNames: unexpected, appIdOf: unexpected },
    ...{ environments: unexpected, jobs: unexpected, allApps: unexpected, soleApp: unexpected },
  },
  caller: 'test',
};

/** A client of a server with one tool and the given path to AWS. */
async function connect({
  readJob,
  callTool = unexpected,
}: {
  callTool?: CallTool;
  readJob?: Jobs['read'];
}): Promise<Client> {
  const jobs = { ...nothing.jobs, ...(readJob && { read: readJob }) };
  const calls = { ...nothing.calls, asResults: callsAsResults(callTool) };
  const server = createServer({ ...nothing, jobs, calls }, 'legacy');
  const [near, far] = InMemoryTransport.createLinkedPair();
  const client = new Client({ name: 'in-memory', version: '1.0.0' });
  await Promise.all([server.connect(far), client.connect(near)]);
  onTestFinished(() => client.close());
  return client;
}

it('passes on the name, the raw arguments, and a signal that follows the client', async () => {
  const calls: { name: string; args: unknown; signal: AbortSignal | undefined }[] = [];
  const client = await connect({
    callTool: (name, args, { signal } = {}) => {
      calls.push({ name, args, signal });
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('let go'))));
    },
  });
  const leave = new AbortController();
  const args = { appId: 'd1abc', nothing: null };
  const pending = client.callTool({ name: 'get_backend', arguments: args }, { signal: leave.signal });
  await expect.poll(() => calls.length).toBe(1);
  expect(calls[0]).toMatchObject({ name: 'get_backend', args });
  expect(calls[0]?.signal?.aborted).toBe(false);
  leave.abort();
  await expect(pending).rejects.toThrow();
  await expect.poll(() => calls[0]?.signal?.aborted).toBe(true);
});

it('answers invalid parameters with -32602 and a sentence', async () => {
  const client = await connect({});
  const reading = client.readResource({} as { uri: string });
  await expect(reading).rejects.toMatchObject({
    code: -32602,
    message: expect.stringContaining('params.uri: missing or null; expected a text'),
  });
});

it('passes on the decoded ids of a job', async () => {
  const asked: unknown[] = [];
  const client = await connect({
    readJob: async where => {
      asked.push(where);
      return { job, asOf: '2026-01-01T00:00:00.000Z', nextStep: 'Nothing.', ttlMs: 1_000 };
    },
  });
  const uri = 'amplify-backend://apps/d1abc/environments/qa/jobs/j%2D1';
  const { contents } = await client.readResource({ uri });
  expect(asked).toEqual([address]);
  expect(contents).toEqual([expect.objectContaining({ uri, mimeType: 'application/json' })]);
});

it.each<[ErrorCode, number]>([
  ['not_found', -32602],
  ['invalid_arguments', -32602],
  ['throttled', -32603],
  ['service_unavailable', -32603],
  ['credentials_missing', -32603],
])('answers a failed read of a job (%s) with %i and says what to do', async (code, expected) => {
  const client = await connect({
    readJob: async () => {
      throw new ServerError(code);
    },
  });
  await expect(client.readResource({ uri: job.uri })).rejects.toMatchObject({
    code: expected,
    ...(code !== 'not_found' && { data: { error: { code } }, message: expect.stringContaining('Next: ') }),
  });
});

it('creates servers that share the tool list and nothing else', async () => {
  const [one, two] = await Promise.all([
    connect({ callTool: async () => ({ answer: { from: 'one' }, notes: [] }) }),
    connect({ callTool: async () => ({ answer: { from: 'two' }, notes: [] }) }),
  ]);
  const call = { name: 'get_backend', arguments: {} };
  expect((await two.callTool(call)).structuredContent).toMatchObject({ from: 'two' });
  expect((await one.callTool(call)).structuredContent).toMatchObject({ from: 'one' });
  expect(await one.listTools()).toEqual(await two.listTools());
});
