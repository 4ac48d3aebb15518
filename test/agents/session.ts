/** A session of an agent with the server: what it lists and answers, counted as a model pays for it. */
import type { Client } from '@modelcontextprotocol/client';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { totalPrice } from '../../bench/price.mjs';
import type { Json, ToolAnswer } from './request.ts';

/** A call that was made. */
export interface MadeCall {
  readonly tool: string;
  readonly args: Json;
  readonly answer: ToolAnswer;
  /** Of the text, in o200k tokens. */
  readonly tokens: number;
}

export interface ListedTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Json;
}

export interface Session {
  readonly instructions: string;
  readonly tools: readonly ListedTool[];
  /** What the list costs: names, descriptions and input schemas. */
  readonly listTokens: number;
  readonly calls: readonly MadeCall[];
  call(tool: string, args: Json): Promise<ToolAnswer>;
}

const prices = new Map<string, number>();

/** Lists are long, and the same for many sessions. */
function priceOfList(tools: Parameters<typeof totalPrice>[0]): number {
  const key = JSON.stringify(tools);
  const price = prices.get(key) ?? totalPrice(tools);
  prices.set(key, price);
  return price;
}

/** @throws Error where the server refuses the protocol, not where a tool fails */
export async function openSession(client: Client): Promise<Session> {
  const { tools } = await client.listTools();
  const calls: MadeCall[] = [];
  return {
    instructions: client.getInstructions() ?? '',
    tools: tools.map(({ name, description = '', inputSchema }) => ({ name, description, inputSchema })),
    listTokens: priceOfList(tools),
    calls,
    async call(tool, args) {
      const {
        content = [],
        structuredContent,
        isError = false,
      } = await client.callTool({ name: tool, arguments: args });
      const text = content.map(part => (part.type === 'text' ? part.text : '')).join('\n');
      const answer = { text, structured: (structuredContent ?? {}) as Json, isError };
      calls.push({ tool, args, answer, tokens: countTokens(text) });
      return answer;
    },
  };
}
