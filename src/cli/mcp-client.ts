/** A real MCP client on a real stdio child of this same program, for the commands that use the server. */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Client, type ElicitResult, type Transport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { CfWorkerJsonSchemaValidator } from '@modelcontextprotocol/client/validators/cf-worker';
import type { Config } from '../server/settings.ts';
import { childEnvironment } from './config.ts';
import type { Io } from './io.ts';

/** Answers a form that asks for a name. */
export type Answer = (question: string) => Promise<ElicitResult>;

/** Fixed, since both sides are this program. */
const PROTOCOL = '2026-07-28';

/** Negotiates the protocol with the child that then serves. For the SDK's own class, the SDK would start a second child for that. */
class ChildTransport extends StdioClientTransport {}

/** Starts this program as a server. Its log goes to stderr, as lines that are safe for a terminal. */
function startServer({ self, err }: Io, env: Record<string, string>): Transport {
  const [command, ...args] = self;
  const transport = new ChildTransport({ command, args: [...args, 'stdio'], env, stderr: 'pipe' });
  // The log contains foreign names from AWS, which must be escaped for a terminal.
  createInterface({ input: transport.stderr as Readable }).on('line', line =>
    err(line, { isVerbatim: true }),
  );
  return transport;
}

/**
 * Starts a server with the given settings and connects to it.
 * @param env variables that the server inherits in addition to its settings
 * @param answer answers the server's forms; without it the client declares that it shows none
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
      // It is loaded sooner than the SDK's other one, and a command checks one answer or none.
      jsonSchemaValidator: new CfWorkerJsonSchemaValidator(),
    },
  );
  if (answer) client.setRequestHandler('elicitation/create', ({ params }) => answer(params.message));
  const { serve = given => startServer(io, given) } = io;
  await client.connect(serve(childEnvironment(settings, env)));
  return client;
}
