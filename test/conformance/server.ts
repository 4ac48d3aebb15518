/**
 * The server that the public conformance suite asks for: its fixture tools, prompts and resources behind this
 * project's own HTTP stack, with its sessions, listens and tasks, both eras at one endpoint.
 */
import { randomBytes } from 'node:crypto';
import {
  type CallToolResult,
  fromJsonSchema,
  type JsonSchemaType,
  McpServer,
  type ProtocolEra,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server';
import { serveOverHttp } from '../../src/http/server.ts';
import { createListens, type ListenSources } from '../../src/mcp/listen.ts';
import { serveSubscriptions } from '../../src/mcp/subscribe.ts';
import { serveTasks, tasksCapability } from '../../src/mcp/task-methods.ts';
import { createTasks, TASK_LIFE_MS } from '../../src/mcp/tasks.ts';
import { createSealer } from '../../src/secrets/seal.ts';
import { createAskingTools, type RoundState } from './fixtures/asking-tools.ts';
import { createChanges } from './fixtures/changes.ts';
import { createComputations } from './fixtures/compute.ts';
import { strings, type ToolFixtures } from './fixtures/content.ts';
import { servePrompts } from './fixtures/prompts.ts';
import { followFixed, serveResources } from './fixtures/resources.ts';
import { createTaskTools } from './fixtures/task-tools.ts';
import { tools } from './fixtures/tools.ts';

const caller = 'conformance';
const host = '127.0.0.1';

/** Puts tools on a server. */
function serveTools(mcp: McpServer, fixtures: ToolFixtures): void {
  for (const [name, { description, inputSchema = strings(), call }] of Object.entries(fixtures))
    mcp.registerTool(
      name,
      { description, inputSchema: fromJsonSchema(inputSchema as JsonSchemaType) },
      (args, ctx) => call(Object(args), ctx),
    );
  // The SDK's own handler makes a result of every error, and some calls must be refused as requests.
  mcp.server.setRequestHandler('tools/call', ({ params }, ctx) => {
    const fixture = fixtures[params.name];
    if (!fixture) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${params.name}`);
    return fixture.call(params.arguments ?? {}, ctx);
  });
}

/** Starts it on a free port of the loopback. */
export async function startConformanceServer(): Promise<{ url: string; close(): Promise<void> }> {
  const computations = createComputations();
  const changes = createChanges();
  const keys = [randomBytes(32)] as const;
  const taskSealer = createSealer<never>({ keys, purpose: 'task', lifeMs: TASK_LIFE_MS });
  const stateSealer = createSealer<RoundState>({ keys, purpose: 'state', lifeMs: TASK_LIFE_MS });
  const tasks = createTasks({ kinds: { compute: computations.kind }, openSealer: async () => taskSealer });

  const fixtures = {
    ...tools,
    ...createAskingTools(stateSealer.seal),
    ...changes.tools,
    ...createTaskTools({
      asTask: async plan =>
        (await tasks.create('compute', computations.start(plan), { caller })) as unknown as CallToolResult,
      asResult: plan =>
        new Promise(resolve => {
          void computations.kind.follow(computations.start(plan), { caller }, state => {
            if (state.status === 'completed') resolve(state.result);
          });
        }),
    }),
  };

  const sources: ListenSources = {
    followResource: followFixed,
    followList: async () => () => undefined,
    followTask: (taskId, onChange) => tasks.follow(taskId, { caller }, onChange),
  };

  async function openState(sealed: string): Promise<RoundState> {
    const opened = await stateSealer.open(sealed);
    if (!opened || opened.isExpired) throw new Error('the state is not ours');
    return opened.content;
  }

  function createServer(era: ProtocolEra): McpServer {
    const isModern = era === 'modern';
    const mcp = new McpServer(
      { name: 'conformance-fixtures', version: '1.0.0' },
      {
        capabilities: {
          tools: { listChanged: isModern },
          prompts: { listChanged: isModern },
          resources: { subscribe: true, listChanged: false },
          logging: {},
          ...(isModern && tasksCapability),
        },
        requestState: { verify: openState },
      },
    );
    serveTools(mcp, fixtures);
    serveResources(mcp);
    servePrompts(mcp);
    serveSubscriptions(mcp, sources, era);
    if (isModern) serveTasks(mcp, tasks, caller);
    return mcp;
  }

  const openListen = changes.heardBy(createListens(sources));
  const server = await serveOverHttp({
    ...{ host, port: 0, allowedHosts: [host, 'localhost'], allowedOrigins: [host, 'localhost'] },
    admit: async () => ({ key: caller, callerId: caller, surface: {}, createServer, openListen }),
  });
  return {
    url: server.url,
    async close() {
      computations.close();
      await server.close();
    },
  };
}
