/**
 * The server factory: one cheap server for each connection, or for each request where the transport is
 * stateless. Whatever must live longer is handed in.
 */
import { McpServer, type ProtocolEra } from '@modelcontextprotocol/server';
import type { EnvironmentFeed } from '../call/environment-feed.ts';
import type { Jobs } from '../call/jobs.ts';
import { serveCompletions } from './completion.ts';
import type { Directory } from './directory.ts';
import type { ListenSources } from './listen.ts';
import { servePrompts } from './prompts.ts';
import { followResource, type ResourceSources, serveResources } from './resources.ts';
import { serveSubscriptions } from './subscribe.ts';
import type { Surface } from './surface.ts';
import type { ToolCallHandler } from './task-calls.ts';
import { serveTasks, tasksCapability } from './task-methods.ts';
import type { TasksById } from './tasks.ts';
import { serveTools } from './tools.ts';

/** What a server is made of; all of it outlives the server. */
export interface ServerParts {
  readonly version: string;
  readonly surface: Surface;
  /** How the agent works with it. */
  readonly instructions: string;
  /** Calls of a connection without tasks, and of one with them. */
  readonly calls: { readonly asResults: ToolCallHandler; readonly asTasks: ToolCallHandler };
  readonly tasks: TasksById;
  readonly jobs: Jobs;
  readonly places: Pick<EnvironmentFeed, 'read' | 'follow'>;
  readonly readSnapshot: ResourceSources['readSnapshot'];
  readonly directory: Directory;
  /** Who is on the other side, as the transport knows it. */
  readonly caller: string;
}

const LIST_TTL_MS = 3_600_000;
const longPrivate = { ttlMs: LIST_TTL_MS, cacheScope: 'private' } as const;

/** What one caller can follow, whatever transport they are on. */
export function listenSources(
  parts: Pick<ServerParts, 'tasks' | 'jobs' | 'places' | 'caller'>,
): ListenSources {
  const { tasks, jobs, caller } = parts;
  return {
    followResource: (uri, onChange) => followResource(parts, caller, uri, onChange),
    followList: async onChange => jobs.followKnown(caller, onChange),
    followTask: (taskId, onChange) => tasks.follow(taskId, { caller }, onChange),
  };
}

/** Makes one server, for a connection or a request of that era. */
export function createServer(parts: ServerParts, era: ProtocolEra): McpServer {
  const { version, surface, instructions, calls, tasks, directory, caller } = parts;
  const isModern = era === 'modern';
  const server = new McpServer(
    { name: 'amplify-backend-mcp', title: 'AWS Amplify backends (Gen 1)', version },
    {
      instructions,
      capabilities: {
        // The tools do not change while a server lives.
        tools: { listChanged: false },
        resources: { subscribe: true, listChanged: true },
        completions: {},
        prompts: { listChanged: false },
        ...(isModern && tasksCapability),
      },
      cacheHints: {
        'tools/list': longPrivate,
        'resources/templates/list': longPrivate,
        'prompts/list': longPrivate,
        'server/discover': longPrivate,
      },
    },
  );
  serveTools(server, surface, isModern ? calls.asTasks : calls.asResults, caller);
  if (isModern) serveTasks(server, tasks, caller);
  serveResources(server, parts, caller);
  servePrompts(server, surface);
  serveCompletions(server, directory, caller);
  serveSubscriptions(server, listenSources(parts), era);
  return server;
}
