/**
 * The server that the public conformance suite asks for in its `tasks-*` scenarios: its fixture tools on this
 * project's own task machinery, over loopback HTTP.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  type CallToolResult,
  createMcpHandler,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { createSealer } from '../../src/execute/seal.ts';
import {
  declaresTasks,
  missingTasksCapability,
  serveTasks,
  tasksCapability,
} from '../../src/mcp/task-methods.ts';
import { createTasks, TASK_LIFE_MS, type TaskState } from '../../src/mcp/tasks.ts';
import { createComputations, type Plan } from './compute.ts';

const caller = 'conformance';

const says = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] });
const completed = (result: CallToolResult): TaskState => ({ status: 'completed', result });

const ask = (message: string, property: string) =>
  inputRequired.elicit({
    message,
    requestedSchema: { type: 'object', properties: { [property]: { type: 'string' } }, required: [property] },
  });

interface Fixture {
  readonly inputs: readonly string[];
  /** Whether a client without the extension is refused. */
  readonly needsTask?: boolean;
  /** What it does with a call: answers or asks at once, or computes. */
  call(
    args: Record<string, unknown>,
    ctx: ServerContext,
  ): { readonly answer: CallToolResult | InputRequiredResult } | { readonly plan: Plan };
}

const fixtures: Readonly<Record<string, Fixture>> = {
  greet: { inputs: ['name'], call: ({ name }) => ({ answer: says(`Hello, ${name}!`) }) },
  slow_compute: {
    inputs: ['seconds', 'label'],
    call: ({ seconds, label }) => ({
      plan: { seconds: Number(seconds), end: () => completed(says(`${label} took ${seconds} s`)) },
    }),
  },
  failing_job: {
    inputs: [],
    needsTask: true,
    call: () => ({
      plan: { seconds: 1, end: () => completed({ ...says('It did not work.'), isError: true }) },
    }),
  },
  protocol_error_job: {
    inputs: [],
    needsTask: true,
    call: () => ({
      plan: { end: () => ({ status: 'failed', error: { code: -32603, message: 'Internal error' } }) },
    }),
  },
  confirm_delete: {
    inputs: ['filename'],
    needsTask: true,
    call: ({ filename }) => ({
      plan: {
        asks: { confirm: ask(`Delete ${filename}?`, 'confirm') },
        end: () => completed(says(`${filename} is deleted`)),
      },
    }),
  },
  multi_input: {
    inputs: [],
    needsTask: true,
    call: () => ({
      plan: {
        asks: { first: ask('Name?', 'name'), second: ask('Sure?', 'confirm') },
        end: answers => completed(says(JSON.stringify(answers))),
      },
    }),
  },
  test_tool_with_task: {
    inputs: [],
    needsTask: true,
    call(_, { mcpReq }) {
      const given = inputResponse(mcpReq.inputResponses, 'user_name');
      if (given.kind !== 'elicit')
        return { answer: inputRequired({ inputRequests: { user_name: ask('Your name?', 'name') } }) };
      return { plan: { end: () => completed(says(`Computed for ${given.content?.name}`)) } };
    },
  },
};

const list = {
  tools: Object.entries(fixtures).map(([name, { inputs }]) => ({
    name,
    inputSchema: {
      type: 'object' as const,
      properties: Object.fromEntries(inputs.map(input => [input, {}])),
    },
  })),
};

/** Starts it on a free port of the loopback. */
export async function startConformanceServer(): Promise<{ url: string; close(): Promise<void> }> {
  const computations = createComputations();
  const sealer = createSealer<never>({ keys: [randomBytes(32)], purpose: 'task', lifeMs: TASK_LIFE_MS });
  const tasks = createTasks({ kinds: { compute: computations.kind }, openSealer: async () => sealer });

  /** The result of a computation for a client that waits for it. */
  const wait = (data: { id: string }) =>
    new Promise<CallToolResult>(resolve => {
      void computations.kind.follow(data, { caller }, state => {
        if (state.status === 'completed') resolve(state.result);
      });
    });

  const createServer = () => {
    const mcp = new McpServer(
      { name: 'conformance-fixtures', version: '1.0.0' },
      { capabilities: { tools: {}, ...tasksCapability } },
    );
    mcp.server.setRequestHandler('tools/list', () => list);
    mcp.server.setRequestHandler('tools/call', async ({ params }, ctx) => {
      const fixture = fixtures[params.name];
      if (!fixture) return { ...says(`Unknown tool ${params.name}`), isError: true };
      if (fixture.needsTask && !declaresTasks(ctx)) throw missingTasksCapability();
      const outcome = fixture.call(params.arguments ?? {}, ctx);
      if ('answer' in outcome) return outcome.answer;
      const data = computations.start(outcome.plan);
      if (!declaresTasks(ctx)) return wait(data);
      return (await tasks.create('compute', data, { caller })) as unknown as CallToolResult;
    });
    serveTasks(mcp, tasks, caller);
    return mcp;
  };

  const handler = toNodeHandler(createMcpHandler(createServer, { legacy: 'reject' }));
  const http = createHttpServer(handler as RequestListener);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    async close() {
      computations.close();
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}
