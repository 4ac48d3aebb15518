/**
 * The baseline for the endpoint: a minimal MCP server over HTTP, as in the SDK's documentation, with the 2026 era at /2026 and
 * the 2025 era, in sessions, at /2025. Without an argument, its one tool does one AWS read. With the name of a file, it serves
 * the tools that the file lists, which do nothing.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { AmplifyBackendClient, GetBackendCommand } from '@aws-sdk/client-amplifybackend';
import {
  localhostHostValidation,
  localhostOriginValidation,
  NodeStreamableHTTPServerTransport,
  toNodeHandler,
} from '@modelcontextprotocol/node';
import { createMcpHandler, fromJsonSchema, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { listenOnLoopback } from '../scripts/listen.mjs';

const [file] = process.argv.slice(2);
const identity = { name: 'baseline', version: '1.0.0' };
/**
 * @param {unknown} value
 * @returns {import('@modelcontextprotocol/server').CallToolResult}
 */
const textOf = value => ({ content: [{ type: 'text', text: JSON.stringify(value) }] });

/**
 * A server with one tool, which reads from AWS.
 * @param {AmplifyBackendClient} client
 */
function readingServer(client) {
  const server = new McpServer(identity);
  server.registerTool(
    'get_backend',
    { description: 'Shows the backend of an app', inputSchema: z.object({ appId: z.string() }) },
    async ({ appId }) => {
      const { $metadata: _, ...answer } = await client.send(new GetBackendCommand({ AppId: appId }));
      return textOf(answer);
    },
  );
  return server;
}

/**
 * A tool as `tools/list` answers it, in the types with which the SDK registers one.
 * @typedef {import('@modelcontextprotocol/server').JsonSchemaType} JsonSchema
 * @typedef {{ readonly name: string, readonly description?: string, readonly inputSchema: JsonSchema,
 *   readonly outputSchema: JsonSchema }} ListedTool
 */

/** @param {string} file */
function readTools(file) {
  /** @type {{ readonly tools: readonly ListedTool[] }} */
  const { tools } = JSON.parse(readFileSync(file, 'utf8'));
  return tools.map(tool => ({
    ...tool,
    inputSchema: fromJsonSchema(tool.inputSchema),
    outputSchema: fromJsonSchema(tool.outputSchema),
  }));
}

/**
 * A server with the given tools. `readTools` has compiled the schemas once for all servers; each server registers them.
 * @param {ReturnType<typeof readTools>} tools
 */
function listingServer(tools) {
  const server = new McpServer(identity);
  for (const { name, ...tool } of tools) server.registerTool(name, tool, async () => textOf({}));
  return server;
}

function createFactory() {
  if (file === undefined) {
    const client = new AmplifyBackendClient({});
    return () => readingServer(client);
  }
  const tools = readTools(file);
  return () => listingServer(tools);
}

const factory = createFactory();
const modern = toNodeHandler(createMcpHandler(factory));
/** @typedef {import('@modelcontextprotocol/node').NodeIncomingMessageLike} SdkRequest differs from Node's type in a member that may be undefined */
/** @type {Map<unknown, NodeStreamableHTTPServerTransport>} */
const sessions = new Map();

async function openSession() {
  const transport = new NodeStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: id => void sessions.set(id, transport),
  });
  await factory().connect(transport);
  return transport;
}

/** @type {(req: import('node:http').IncomingMessage, res: import('node:http').ServerResponse) => Promise<void>} */
async function inSession(req, res) {
  const transport = sessions.get(req.headers['mcp-session-id']) ?? (await openSession());
  await transport.handleRequest(req, res);
}

const [isOurHost, isOurOrigin] = [localhostHostValidation(), localhostOriginValidation()];
const server = createServer((req, res) => {
  if (!isOurHost(req, res) || !isOurOrigin(req, res)) return;
  void (req.url === '/2025' ? inSession(req, res) : modern(/** @type {SdkRequest} */ (req), res));
});
process.stderr.write(`listening on ${await listenOnLoopback(server)}/\n`);
