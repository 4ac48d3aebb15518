/** `call TOOL [JSON]`: one tool call through a real MCP client, which asks a person at the terminal. */

import { jsonText } from '../lib/quote.ts';
import { type Config, ConfigError } from '../server/settings.ts';
import type { Io } from './io.ts';
import { type Answer, connectChild } from './mcp-client.ts';

/** The arguments as an object. @throws ConfigError where the text is no JSON object */
export function parseArguments(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ConfigError('the arguments of call must be JSON, like \'{"appId": "d1a2b3c4"}\'');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new ConfigError('the arguments of call must be a JSON object');
  return value as Record<string, unknown>;
}

/** Asks the person at the terminal, who types a name, or an empty line for no. */
function answerOf({ ask }: Io): Answer | undefined {
  if (!ask) return undefined;
  return async question => {
    const name = await ask(`${question}\n(an empty line: no) > `);
    if (name === undefined) return { action: 'cancel' };
    return name.trim() === '' ? { action: 'decline' } : { action: 'accept', content: { name } };
  };
}

/**
 * Calls the tool. A confirmation is asked of the person at the terminal; without a terminal the result carries the plan
 * and the token to call again with. Prints the text of the result in a terminal, else or with `--json` the whole result.
 * @returns the exit code, 1 where the tool reports an error
 */
export async function call(
  io: Io,
  config: Config,
  tool: string,
  args: Record<string, unknown>,
  json: boolean,
): Promise<number> {
  const client = await connectChild(io, config, io.env, answerOf(io));
  try {
    const result = await client.callTool({ name: tool, arguments: args });
    if (json || !io.isTerminal) io.out(jsonText(result));
    else for (const block of result.content) if (block.type === 'text') io.out(block.text);
    return result.isError ? 1 : 0;
  } finally {
    await client.close();
  }
}
