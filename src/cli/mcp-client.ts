/** A real MCP client on a real stdio child of this same program, for the commands that use the server. */
import { Client, type ElicitResult } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Config } from '../server/settings.ts';
import { childEnvironment } from './config.ts';
import type { Io } from './io.ts';

/** Answers a question that asks for a name. */
export type Answer = (question: string) => Promise<ElicitResult>;

/** This program serves it, so there is nothing to negotiate; negotiating would start a second child. */
const PROTOCOL = '2026-07-28';

/**
 * Connects to a server with the given settings, which get there by its environment; its log goes to our stderr.
 * @param env what it inherits beside them
 * @param answer answers the server's questions; without it the server learns that there is nobody to ask
 */
export async function connectChild(
  io: Io,
  settings: Partial<Config>,
  env = io.env,
  answer?: Answer,
): Promise<Client> {
  const client = new Client(
    { name: 'amplify-backend-mcp-cli', version: '1' },
    {
      capabilities: answer ? { elicitation: { form: {} } } : {},
      versionNegotiation: { mode: { pin: PROTOCOL } },
    },
  );
  if (answer) client.setRequestHandler('elicitation/create', ({ params }) => answer(params.message));
  const [command, ...args] = io.self;
  const transport = new StdioClientTransport({
    command,
    args: [...args, 'stdio'],
    env: childEnvironment(settings, env),
    stderr: 'inherit',
  });
  await client.connect(transport);
  return client;
}
