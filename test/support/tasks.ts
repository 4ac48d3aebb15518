/**
 * Support for tests of tasks: jobs whose state the test decides, and a server with the product's tools and task methods. Tests
 * speak to it line by line, in either era of the protocol.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { McpServer } from '@modelcontextprotocol/server';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { onTestFinished } from 'vitest';
import type { Jobs } from '../../src/call/jobs.ts';
import { parseConfig } from '../../src/cli/config.ts';
import { ServerError } from '../../src/errors.ts';
import { type Job, type JobRef, jobUri, toJob } from '../../src/jobs/job.ts';
import type { JobChange, JobReport } from '../../src/jobs/report.ts';
import { lazy } from '../../src/lib/lazy.ts';
import { JobTaskKind } from '../../src/mcp/job-task.ts';
import type { JobTaskData } from '../../src/mcp/job-task-state.ts';
import { createSurface } from '../../src/mcp/surface.ts';
import { callsAsResults, callsAsTasks, type TaskDataByKind } from '../../src/mcp/task-calls.ts';
import { serveTasks, TASKS_EXTENSION, tasksCapability } from '../../src/mcp/task-methods.ts';
import type { Tasks } from '../../src/mcp/tasks.ts';
import { serveTools } from '../../src/mcp/tools.ts';
import { WorkflowTasks } from '../../src/mcp/workflow-task.ts';
import type { CallTool } from '../../src/tools/call-tool.ts';
import type { Json } from './child.ts';

export const address = { appId: 'd1abc', backendEnvironmentName: 'qa', jobId: 'j-1' };
export const data: JobTaskData = { ...address, operation: 'CloneBackend' };

/** A job with a status of AWS. */
export function jobAt(status: string, more: Json = {}, where: JobRef = address): Job {
  return toJob(where, { status, ...more }, 'CloneBackend');
}

/** A job's report. */
export function reportOf(job: Job, more: Partial<JobReport> = {}): JobReport {
  return { job, asOf: '2026-01-02T03:04:05.000Z', nextStep: 'Do the next thing.', ttlMs: 2_500, ...more };
}

/** Jobs in memory. `put` sets the state of a job and informs its followers. */
export function createTestJobs() {
  const states = new Map<string, JobChange>();
  const followers = new Map<string, Set<(change: JobChange) => void>>();
  const reads: string[] = [];
  const look = (where: JobRef): JobChange => {
    reads.push(where.jobId);
    const state = states.get(jobUri(where));
    if (!state) throw new ServerError('not_found');
    return state;
  };
  const jobs: Pick<Jobs, 'read' | 'follow'> = {
    async read(where) {
      const state = look(where);
      if (state instanceof ServerError) throw state;
      return state;
    },
    async follow(where, _, onChange) {
      const state = look(where);
      if (state instanceof ServerError && state.code !== 'job_vanished') throw state;
      const uri = jobUri(where);
      followers.set(uri, (followers.get(uri) ?? new Set()).add(onChange));
      if (state instanceof ServerError || state.job.state === 'succeeded') onChange(state);
      return () => void followers.get(uri)?.delete(onChange);
    },
  };
  return {
    jobs,
    /** The ids of the jobs that were read, in order. */
    reads,
    put(change: JobChange, where: JobRef = address): void {
      states.set(jobUri(where), change);
      for (const follower of [...(followers.get(jobUri(where)) ?? [])]) follower(change);
    },
    followed: (where: JobRef = address) => followers.get(jobUri(where))?.size ?? 0,
  };
}

/** Three tools: one that starts a job, one that waits for jobs, one that does neither. */
const catalog = ['clone_backend', 'clone_environment', 'get_backend_job'].map(name => ({
  tool: { name, inputSchema: { type: 'object' as const, properties: {} } },
  subject: { toolName: name, access: 'read', toolset: 'jobs', everyEnvironment: false } as const,
  startsJob: name === 'clone_backend',
  waitsForJobs: name === 'clone_environment',
}));

/** The workflow tasks of a process that runs workflows with this function. */
export const workflowTasksOf = (callTool: CallTool) => new WorkflowTasks(callTool, { peek: () => undefined });

/** The kinds of tasks of a process. */
export const kindsOf = (jobs: Pick<Jobs, 'read' | 'follow'>, callTool: CallTool = neverCalled) => ({
  job: new JobTaskKind(jobs),
  workflow: workflowTasksOf(callTool).kind,
});

async function neverCalled(): Promise<never> {
  throw new Error('not expected to be called');
}

/** The `_meta` of a request of the 2026 era. It declares the tasks extension if `declares` is true. */
const metaOf = (declares: boolean) => ({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'line-by-line', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': declares ? { extensions: { [TASKS_EXTENSION]: {} } } : {},
});

/** Starts a server of the given era, and speaks to it. */
export async function speakTo(
  era: 'modern' | 'legacy',
  parts: {
    tasks: Tasks<TaskDataByKind>;
    callTool: CallTool;
    caller?: string;
    workflowTasks?: Pick<WorkflowTasks, 'begin'>;
  },
) {
  const { tasks, callTool, caller = 'me', workflowTasks = workflowTasksOf(callTool) } = parts;
  const named = (name: string) => catalog.find(({ tool }) => tool.name === name);
  const surface = createSurface(catalog, parseConfig({}), []);
  const asTasks = callsAsTasks({
    ...{ callTool, tasks, workflowTasks },
    startsJob: name => named(name)?.startsJob === true,
    waitsForJobs: name => named(name)?.waitsForJobs === true,
  });
  const [input, output] = [new PassThrough(), new PassThrough()];
  const handle = serveStdio(
    ctx => {
      const hasTasks = ctx.era === 'modern';
      const capabilities = { tools: {}, ...(hasTasks && tasksCapability) };
      const mcp = new McpServer({ name: 'test', version: '0.0.0' }, { capabilities });
      const calls = { asResults: callsAsResults(callTool), asTasks };
      const planQuestions = { read: neverCalled, close: neverCalled };
      const toolsWithPages = lazy(async () => surface.tools);
      serveTools(mcp, { surface, toolsWithPages, calls, planQuestions, caller }, hasTasks);
      if (hasTasks) serveTasks(mcp, tasks, caller);
      return mcp;
    },
    { transport: new StdioServerTransport(input, output) },
  );
  onTestFinished(() => handle.close());
  const lines = createInterface(output);
  let id = 0;
  /** Sends a request. `declares` says whether it declares the tasks extension. */
  const ask = async (method: string, params: Json = {}, declares = true): Promise<Json> => {
    id += 1;
    // A client of the 2025 era may send members of the 2026 era too. The server must ignore them.
    const message = { jsonrpc: '2.0', id, method, params: { ...params, _meta: metaOf(declares) } };
    const answered = once(lines, 'line');
    input.write(`${JSON.stringify(message)}\n`);
    return JSON.parse(String((await answered)[0])) as Json;
  };
  if (era === 'legacy') {
    const clientInfo = { name: 'line-by-line', version: '1.0.0' };
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
    const answered = once(lines, 'line');
    input.write(`${JSON.stringify({ jsonrpc: '2.0', id: 'first', method: 'initialize', params })}\n`);
    await answered;
    input.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
  }
  return {
    ask,
    call: (name: string, declares = true) => ask('tools/call', { name, arguments: {} }, declares),
  };
}
