/** `find_operation`: a sentence in, the tools that it means out, best first, ready to be called. */
import { z } from 'zod';
import { longText } from '../../operations/bounds.ts';
import type { Found } from '../../tool-search/index.ts';
import type { Workflow } from '../define.ts';

const DEFAULT_LIMIT = 5;
const MAX_LIMIT = 20;

const NOTHING =
  'No tool that this configuration serves fits. Say what is to be done, and to what: an app, an environment, auth, API, storage, Admin UI or a job.';

const NAME = /\b[a-z0-9]+(?:_[a-z0-9]+)+\b/g;

/** The sentence of its description that tells a tool from others that were found. */
function difference({ tool }: Found, found: readonly Found[]): string | undefined {
  const others = new Set(found.map(other => other.tool.name).filter(name => name !== tool.name));
  const sentences = tool.description.replace(/([.!?])\s+/g, '$1\0').split('\0');
  return sentences.find(sentence => sentence.match(NAME)?.some(name => others.has(name)));
}

/** Why it fits, in a line. */
function why(found: Found, others: readonly Found[]): string {
  const like = found.request === undefined ? found.tool.title : `Like "${found.request}".`;
  return [like, difference(found, others)].filter(part => part !== undefined).join(' ');
}

export const findOperation: Workflow = {
  toolName: 'find_operation',
  title: 'Find the tool for a request',
  access: 'read',
  guide: 'finds',
  toolInput: z.strictObject({
    query: longText().min(1).max(500).describe('The request'),
    limit: z.int().min(1).max(MAX_LIMIT).optional().describe(`Default ${DEFAULT_LIMIT}`),
  }),
  output: z.object({
    matches: z.array(
      z.object({ tool: z.string(), title: z.string(), why: z.string(), inputSchema: z.object({}) }),
    ),
    notes: z.array(z.string()),
  }),
  async run(args, { findTools }) {
    const { query, limit = DEFAULT_LIMIT } = args as { query: string; limit?: number };
    const found = (await findTools(query)).slice(0, limit);
    const matches = found.map(one => {
      const { name, title, inputSchema } = one.tool;
      return { tool: name, title, why: why(one, found), inputSchema };
    });
    const text = matches.map(({ tool, why: reason }, index) => `${index + 1}. ${tool}: ${reason}`).join('\n');
    return { answer: { matches }, text, notes: matches.length === 0 ? [NOTHING] : [] };
  },
};
