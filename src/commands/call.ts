/** `call TOOL [JSON]`: one tool call through a real MCP client. */
import { type Config, ConfigError } from '../config.ts';
import type { Io } from './io.ts';
import { connectChild } from './mcp-client.ts';

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

/**
 * Prints the result: its text in a terminal, the whole result as JSON elsewhere or with `--json`.
 * @returns the exit code, 1 where the tool reports an error
 */
export async function call(
  io: Io,
  config: Config,
  tool: string,
  args: Record<string, unknown>,
  json: boolean,
): Promise<number> {
  const client = await connectChild(io, config);
  try {
    const result = await client.callTool({ name: tool, arguments: args });
    if (json || !io.isTerminal) io.out(JSON.stringify(result, null, 2));
    else for (const block of result.content) if (block.type === 'text') io.out(block.text);
    return result.isError ? 1 : 0;
  } finally {
    await client.close();
  }
}
