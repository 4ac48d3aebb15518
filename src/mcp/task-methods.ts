/**
 * The tasks extension on the wire: `tasks/get`, `tasks/update` and `tasks/cancel`, for requests that declare
 * it. Loaded at start, so parameters are checked by hand and not by Zod.
 */
import {
  CLIENT_CAPABILITIES_META_KEY,
  type McpServer,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
  type StandardSchemaV1,
} from '@modelcontextprotocol/server';
import type { TaskContext, TasksById } from './tasks.ts';

/** The extension's name in capabilities. */
export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

/** The capability of a server with tasks; a server of the 2025 era must not advertise it. */
export const tasksCapability = { extensions: { [TASKS_EXTENSION]: {} } };

/** Whether this request declares the extension. Earlier requests do not count. */
export function declaresTasks({ mcpReq }: ServerContext): boolean {
  const envelope = mcpReq.envelope as Record<string, unknown> | undefined;
  const capabilities = envelope?.[CLIENT_CAPABILITIES_META_KEY] as { extensions?: object } | undefined;
  return capabilities?.extensions !== undefined && TASKS_EXTENSION in capabilities.extensions;
}

/** The answer to a request that needs the extension and does not declare it. */
export function missingTasksCapability(): ProtocolError {
  return new MissingRequiredClientCapabilityError(
    { requiredCapabilities: tasksCapability },
    `Missing required client capability: declare the extension ${TASKS_EXTENSION} in the capabilities of this request`,
  );
}

type Params = { readonly taskId?: unknown };

/** Accepts everything, because the capability is checked before the parameters. */
const anyParams: StandardSchemaV1<unknown, Params> = {
  '~standard': {
    version: 1,
    vendor: 'amplify-backend-mcp',
    validate: value => ({ value: value as Params }),
  },
};

/**
 * Puts the methods on a server of the 2026 era; on an older one they do not exist.
 * @param caller as the transport identifies them
 */
export function serveTasks({ server }: McpServer, tasks: TasksById, caller: string): void {
  const serve = (
    method: string,
    run: (taskId: string, context: TaskContext, ctx: ServerContext) => Promise<object>,
  ) =>
    server.setRequestHandler(method, { params: anyParams }, async ({ taskId }, ctx) => {
      if (!declaresTasks(ctx)) throw missingTasksCapability();
      if (typeof taskId !== 'string')
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, `${method} needs taskId, a string`);
      // The SDK marks these results as `complete`.
      return { ...(await run(taskId, { caller, signal: ctx.mcpReq.signal }, ctx)) };
    });

  serve('tasks/get', (taskId, context) => tasks.get(taskId, context));

  serve('tasks/update', async (taskId, context, { mcpReq: { inputResponses } }) => {
    if (!inputResponses)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'tasks/update needs inputResponses');
    await tasks.update(taskId, inputResponses, context);
    return {};
  });

  serve('tasks/cancel', async (taskId, context) => {
    await tasks.cancel(taskId, context);
    return {};
  });
}
