/**
 * The server factory: one cheap server for each connection, or for each request where the transport is stateless. State
 * that must live longer is passed in.
 */
import { McpServer, type ProtocolEra, type Tool } from '@modelcontextprotocol/server';
import { CfWorkerJsonSchemaValidator } from '@modelcontextprotocol/server/validators/cf-worker';
import type { EnvironmentFeed } from '../call/environment-feed.ts';
import type { Jobs } from '../call/jobs.ts';
import type { Lazy } from '../lib/lazy.ts';
import type { PlanQuestions } from '../tools/approve-plan/questions.ts';
import { serveCompletions } from './completion.ts';
import type { Directory } from './directory.ts';
import type { ListenSources } from './listen.ts';
import { sendPlainErrors } from './plain-errors.ts';
import { type PlanMigration, servePrompts } from './prompts.ts';
import { followResource, type ResourceSources, serveResources } from './resources.ts';
import { serveSubscriptions } from './subscribe.ts';
import type { Surface } from './surface.ts';
import type { ToolCallHandler } from './task-calls.ts';
import { serveTasks, tasksCapability } from './task-methods.ts';
import type { TasksById } from './tasks.ts';
import { serveTools } from './tools.ts';

/** The parts of a server; all of them outlive it. */
export interface ServerParts {
  readonly version: string;
  readonly surface: Surface;
  /** The tools for clients that show pages. */
  readonly toolsWithPages: Lazy<readonly Tool[]>;
  /** The instructions for agents. */
  readonly instructions: string;
  /** Calls of a connection without tasks, and of one with them. */
  readonly calls: { readonly asResults: ToolCallHandler; readonly asTasks: ToolCallHandler };
  /** The questions of plans' pages. */
  readonly planQuestions: PlanQuestions;
  readonly tasks: TasksById;
  readonly jobs: Jobs;
  readonly environmentFeed: Pick<EnvironmentFeed, 'read' | 'follow'>;
  readonly readSnapshot: ResourceSources['readSnapshot'];
  readonly planMigration: PlanMigration;
  readonly directory: Directory;
  /** The caller, as the transport identifies them. */
  readonly caller: string;
}

const LIST_TTL_MS = 3_600_000;
const longPrivate = { ttlMs: LIST_TTL_MS, cacheScope: 'private' } as const;

/** The sources that one caller can follow, on any transport. */
export function listenSources(
  parts: Pick<ServerParts, 'tasks' | 'jobs' | 'environmentFeed' | 'caller'>,
): ListenSources {
  const { tasks, jobs, caller } = parts;
  return {
    followResource: (uri, onChange) => followResource(parts, caller, uri, onChange),
    followList: async onChange => jobs.followKnown(caller, onChange),
    followTask: (taskId, onChange) => tasks.follow(taskId, { caller }, onChange),
  };
}

/** Validates the answers of forms. The SDK's default validator is ten times as large, and every start would load it. */
const jsonSchemaValidator = new CfWorkerJsonSchemaValidator();

/** Creates a server for one connection or one request of that era. */
export function createServer(parts: ServerParts, era: ProtocolEra): McpServer {
  const { version, surface, instructions, tasks, directory, caller } = parts;
  const isModern = era === 'modern';
  const server = new McpServer(
    { name: 'amplify-backend-mcp', title: 'AWS Amplify backends (Gen 1)', version },
    {
      instructions,
      jsonSchemaValidator,
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
  sendPlainErrors(server);
  serveTools(server, parts, isModern);
  if (isModern) serveTasks(server, tasks, caller);
  serveResources(server, parts, caller);
  servePrompts(server, surface, parts, caller);
  serveCompletions(server, directory, caller);
  serveSubscriptions(server, listenSources(parts), era);
  return server;
}
