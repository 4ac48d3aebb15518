/** `tools/list` and `tools/call`: the list as it was built, and calls. */
import { type McpServer, ProtocolError } from '@modelcontextprotocol/server';
import { asksForConfirmation, askToConfirm, readForm } from './confirm.ts';
import { clientOf, originOf } from './origin.ts';
import { reportProgress } from './progress.ts';
import { toFailure } from './results.ts';
import type { Surface } from './surface.ts';
import type { ToolCallHandler } from './task-calls.ts';

/**
 * Puts the tools on a server. The list is shared by all servers of the process, never rebuilt.
 * @param caller as the transport identifies them
 */
export function serveTools(mcp: McpServer, surface: Surface, call: ToolCallHandler, caller: string): void {
  const { server } = mcp;
  const list = { tools: [...surface.tools] };

  server.setRequestHandler('tools/list', () => list);

  server.setRequestHandler('tools/call', async (request, ctx) => {
    const progress = reportProgress(ctx);
    const origin = originOf(ctx);
    const failed = (thrown: unknown) => surface.addToolHints(toFailure(thrown, origin.serverRequestId));
    try {
      const { name, args, via } = surface.resolve(request.params.name, request.params.arguments);
      const { signal } = ctx.mcpReq;
      const context = {
        ...origin,
        signal,
        caller,
        client: clientOf(server, ctx),
        via,
        form: readForm(ctx),
        onProgress: progress?.onProgress,
      };
      return surface.addToolHints(await call(name, args, context, ctx));
    } catch (thrown) {
      if (thrown instanceof ProtocolError) throw thrown;
      if (!asksForConfirmation(thrown)) return failed(thrown);
      // Asking can fail as well: the key that seals a confirmation may be unreadable.
      return askToConfirm(thrown, mcp, ctx).catch(failed);
    } finally {
      progress?.end();
    }
  });
}
