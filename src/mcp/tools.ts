/** `tools/list` and `tools/call`: the list as it was built, and every call through the one path. */
import { type McpServer, ProtocolError, ProtocolErrorCode, type Tool } from '@modelcontextprotocol/server';
import { RegisteredError } from '../errors.ts';
import type { ConfirmationRequired } from '../execute/confirmation.ts';
import type { Execute } from '../execute.ts';
import { askToConfirm, readForm } from './confirm.ts';
import type { AsTask } from './job-task.ts';
import { reportProgress } from './progress.ts';
import { toFailure, toResult } from './results.ts';

/** By its code, not its class: what throws it is loaded only by the first call. */
function asksForConfirmation(thrown: unknown): thrown is ConfirmationRequired {
  return thrown instanceof RegisteredError && thrown.code === 'confirmation_required';
}

/**
 * Puts the tools on a server. The list is shared by all servers of the process, never rebuilt.
 * @param isKnown whether there is a tool of that name, served or not: policy says itself why one is not
 * @param caller who is on the other side, as the transport knows it
 * @param asTask makes tasks of calls that start jobs; absent where the connection's era has none
 */
export function serveTools(
  mcp: McpServer,
  tools: readonly Tool[],
  isKnown: (name: string) => boolean,
  execute: Execute,
  caller: string,
  asTask?: AsTask,
): void {
  const { server } = mcp;
  const list = { tools: [...tools] };

  server.setRequestHandler('tools/list', () => list);

  server.setRequestHandler('tools/call', async (request, ctx) => {
    const { name, arguments: args } = request.params;
    if (!isKnown(name)) {
      const unknown = JSON.stringify(name.slice(0, 80));
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${unknown}`);
    }
    const progress = reportProgress(ctx);
    try {
      const { signal } = ctx.mcpReq;
      const context = { signal, caller, form: readForm(ctx), onProgress: progress?.onProgress };
      const outcome = await execute(name, args, context);
      return (await asTask?.(name, outcome, ctx)) ?? toResult(outcome);
    } catch (thrown) {
      return asksForConfirmation(thrown) ? askToConfirm(thrown, mcp, ctx) : toFailure(thrown);
    } finally {
      progress?.end();
    }
  });
}
