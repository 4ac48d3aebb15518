/** `tools`: the tool list as this configuration serves it, read from a real server. */
import type { Tool } from '@modelcontextprotocol/client';
import { jsonText } from '../lib/quote.ts';
import type { Config } from '../server/settings.ts';
import { hostLimitLines } from './host-limits.ts';
import type { Io } from './io.ts';
import { connectChild } from './mcp-client.ts';

/** The effect of a tool, which people look for first. */
function effectOf({ annotations = {} }: Tool): string {
  if (annotations.readOnlyHint) return 'reads';
  return annotations.destructiveHint ? 'can destroy' : '';
}

/** Prints a table and what hosts take, or with `json` the list as the protocol carries it. */
export async function listTools(io: Io, config: Config, json: boolean): Promise<number> {
  const client = await connectChild(io, config);
  try {
    const { tools } = await client.listTools();
    if (json) {
      io.out(jsonText({ tools }), { isVerbatim: true });
      return 0;
    }
    const width = Math.max(...tools.map(tool => tool.name.length));
    for (const tool of tools)
      io.out(`${tool.name.padEnd(width)}  ${effectOf(tool).padEnd(11)}  ${tool.title ?? ''}`.trimEnd(), {
        style: tool.annotations?.destructiveHint ? 'warning' : 'command',
        length: tool.name.length,
        indent: width + 15,
      });
    for (const line of ['', ...hostLimitLines(tools.length)]) io.out(line);
    return 0;
  } finally {
    await client.close();
  }
}
