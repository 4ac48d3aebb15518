/** The measure of start-up: one tool as the MCP SDK's documentation writes it, and nothing else. */
import { McpServer } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

const server = new McpServer({ name: 'one-tool', version: '1.0.0' });
server.registerTool(
  'greet',
  { description: 'Greets a person by name', inputSchema: z.object({ name: z.string() }) },
  async ({ name }) => ({ content: [{ type: 'text', text: `Hello, ${name}` }] }),
);
// The bundle has the SDK's parts for browsers, which know no streams of a process by themselves.
await server.connect(new StdioServerTransport(process.stdin, process.stdout));
