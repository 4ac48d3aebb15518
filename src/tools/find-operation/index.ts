/**
 * `find_operation`: finds the tools for a request in plain words, best first, each with its input schema; or says that
 * no tool does it, why, and what to do instead.
 */
import { z } from 'zod';
import { longText } from '../../operations/bounds.ts';
import type { Found } from '../../tool-search/index.ts';
import { defineTool } from '../define.ts';
import { anyDocument, notes } from '../shared/output.ts';

const DEFAULT_LIMIT = 5;
const MAX_LIMIT = 20;
/** For a request that no tool does, few of the nearest tools are useful. */
const MAX_NEAREST = 3;

const NOTHING =
  'No tool that this configuration serves fits. Say what is to be done, and to what: an app, an environment, auth, API, storage, Admin UI or a job.';

const NEAREST = 'The matches are the tools named here and the nearest others; none of them alone does this.';

const NAME = /\b[a-z0-9]+(?:_[a-z0-9]+)+\b/g;

/** The sentence of a tool's description that names another tool that was found. */
function differenceText({ tool }: Found, found: readonly Found[]): string | undefined {
  const others = new Set(found.map(other => other.tool.name).filter(name => name !== tool.name));
  const sentences = tool.description.replace(/([.!?])\s+/g, '$1\0').split('\0');
  return sentences.find(sentence => sentence.match(NAME)?.some(name => others.has(name)));
}

/** Why a tool fits, on one line. */
function reasonFor(found: Found, others: readonly Found[]): string {
  const like = found.request === undefined ? found.tool.title : `Like "${found.request}".`;
  return [like, differenceText(found, others)].filter(part => part !== undefined).join(' ');
}

export const findOperation = defineTool({
  toolName: 'find_operation',
  title: 'Find the tool for a request',
  access: 'read',
  guide: 'finds',
  input: z.strictObject({
    query: longText().min(1).max(500).describe('The request'),
    limit: z.int().min(1).max(MAX_LIMIT).optional().describe(`Default ${DEFAULT_LIMIT}`),
  }),
  output: z.strictObject({
    matches: z
      .array(
        z.strictObject({
          tool: z.string().describe('Name of the tool'),
          title: z.string().describe('What it does'),
          why: z.string().describe('Why it fits'),
          inputSchema: anyDocument.describe('JSON Schema of its arguments'),
        }),
      )
      .describe('Best first'),
    notes,
  }),
  async run({ query, limit = DEFAULT_LIMIT }, { findTools }) {
    const { found: all, noTool } = await findTools(query);
    const found = all.slice(0, noTool ? Math.min(limit, MAX_NEAREST) : limit);
    const matches = found.map(one => {
      const { name, title, inputSchema } = one.tool;
      return { tool: name, title, why: reasonFor(one, found), inputSchema: { ...inputSchema } };
    });
    // Without a text, the result begins with the notes, and so with the note that no tool does this.
    if (noTool)
      return {
        answer: { matches },
        notes: [`No tool does this. ${noTool.reason}`, `Instead: ${noTool.way}`, NEAREST],
      };
    const text = matches.map(({ tool, why: reason }, index) => `${index + 1}. ${tool}: ${reason}`).join('\n');
    return { answer: { matches }, text, notes: matches.length === 0 ? [NOTHING] : [] };
  },
});
