/** `tools/list` and `tools/call`: the list as it was built, and every call through the one path. */
import { type McpServer, ProtocolError, ProtocolErrorCode, type Tool } from '@modelcontextprotocol/server';
import type { Execute } from '../execute.ts';
import { toFailure, toResult } from './results.ts';

/** Puts the tools on a server. The list is shared by all servers of the process, never rebuilt. */
export function serveTools({ server }: McpServer, tools: readonly Tool[], execute: Execute): void {
  const list = { tools: [...tools] };
  const names = new Set(tools.map(tool => tool.name));

  server.setRequestHandler('tools/list', () => list);

  server.setRequestHandler('tools/call', async (request, ctx) => {
    const { name, arguments: args } = request.params;
    if (!names.has(name)) {
      throw new ProtocolError(
        ProtocolErrorCode.InvalidParams,
        `Unknown tool: ${JSON.stringify(name.slice(0, 80))}`,
      );
    }
    try {
      return toResult(await execute(name, args, ctx.mcpReq.signal));
    } catch (thrown) {
      return toFailure(thrown);
    }
  });
}
