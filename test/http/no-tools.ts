/** An MCP server without tools and listens, for tests of what a request passes before it. */
import { McpServer } from '@modelcontextprotocol/server';

export const noTools = {
  createServer() {
    const mcp = new McpServer({ name: 'test', version: '0.0.0' }, { capabilities: { tools: {} } });
    mcp.server.setRequestHandler('tools/list', () => ({ tools: [] }));
    return mcp;
  },
  openListen: () => {
    throw new Error('nothing is listened to here');
  },
};
