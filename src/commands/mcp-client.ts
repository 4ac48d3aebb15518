/** A real MCP client on a real stdio child of this same program, for the commands that use the server. */
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Io } from './io.ts';

/** This program serves it, so there is nothing to negotiate; negotiating would start a second child. */
const PROTOCOL = '2026-07-28';

/** Connects to a server started with the given flags and environment; the child's log goes to our stderr. */
export async function connectChild(io: Io, flags: readonly string[], env = io.env): Promise<Client> {
  const client = new Client(
    { name: 'amplify-backend-mcp-cli', version: '1' },
    { versionNegotiation: { mode: { pin: PROTOCOL } } },
  );
  const [command, ...args] = io.self;
  const variables = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const transport = new StdioClientTransport({
    command,
    args: [...args, 'stdio', ...flags],
    env: Object.fromEntries(variables),
    stderr: 'inherit',
  });
  await client.connect(transport);
  return client;
}
