/** The baseline for start-up: a server with a single tool, written as in the MCP SDK's documentation. */
import { McpServer } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

const server = new McpServer({ name: 'one-tool', version: '1.0.0' });
server.registerTool(
  'greet',
  { description: 'Greets a person by name', inputSchema: z.object({ name: z.string() }) },
  async ({ name }) => ({ content: [{ type: 'text', text: `Hello, ${name}` }] }),
);
// The bundle has the SDK's modules for browsers, which do not take the streams of the process by default.
await server.connect(new StdioServerTransport(process.stdin, process.stdout));
