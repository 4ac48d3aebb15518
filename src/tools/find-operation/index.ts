/**
 * `find_operation`: finds the tools for a request in plain words, best first, the first one with its input schema; or
 * says that no tool does it, why, and what to do instead.
 */
import { z } from 'zod';
import { outline } from '../../lib/outline.ts';
import { longText } from '../../operations/bounds.ts';
import { type FoundTool, takeBest } from '../../tool-search/found.ts';
import { defineTool } from '../define.ts';
import { anyDocument, notes } from '../shared/output.ts';

const DEFAULT_LIMIT = 5;
const MAX_LIMIT = 20;
/** For a request that no tool does, few of the nearest tools are useful. */
const MAX_NEAREST = 3;

const NOTHING =
  'No tool that this configuration serves fits. Say what is to be done, and to what: an app, an environment, auth, API, storage, Admin UI or a job.';

const NEAREST = 'The matches are the tools named here and the nearest others; none of them alone does this.';

/** How to get what the answer leaves out. */
const SCHEMAS = 'For the inputSchema of a tool, call find_operation with its name as query.';
const MORE =
  'Only the first match comes with its inputSchema. For that of another one, call find_operation with its name as query.';

const NAME = /\b[a-z0-9]+(?:_[a-z0-9]+)+\b/g;

/** The sentence of a tool's description that names another tool that was found. */
function differenceText({ tool }: FoundTool, found: readonly FoundTool[]): string | undefined {
  const others = new Set(found.map(other => other.tool.name).filter(name => name !== tool.name));
  const sentences = tool.description.replace(/([.!?])\s+/g, '$1\0').split('\0');
  return sentences.find(sentence => sentence.match(NAME)?.some(name => others.has(name)));
}

/** Why a tool fits, on one line. For a tool that writes, it also names the tool that reads the same thing. */
function reasonFor(found: FoundTool, others: readonly FoundTool[]): string {
  const { tool, request, reader } = found;
  const like = request === undefined ? tool.title : `For requests like "${request}".`;
  const parts = [like, differenceText(found, others), reader && `Shown by ${reader.name}.`];
  return parts.filter(part => part !== undefined).join(' ');
}

const output = z.strictObject({
  matches: z
    .array(
      z.strictObject({
        tool: z.string().describe('Name to call it by'),
        title: z.string().describe('What it does'),
        why: z.string().describe('Why it fits'),
        inputSchema: anyDocument
          .optional()
          .describe('JSON Schema of its arguments; of the first match only, and none with noTool'),
      }),
    )
    .describe('Best first'),
  noTool: z
    .strictObject({
      reason: z.string().describe('Why no tool does it'),
      instead: z.string().describe('What to do instead'),
    })
    .optional()
    .describe('Set where no tool does what is asked for'),
  notes,
});

export const findOperation = defineTool({
  toolName: 'find_operation',
  title: 'Find the tool for a request',
  access: 'read',
  guide: 'finds',
  input: z.strictObject({
    query: longText().min(1).max(500).describe("The request, or a tool's name for its inputSchema"),
    limit: z.int().min(1).max(MAX_LIMIT).optional().describe(`Most matches, default ${DEFAULT_LIMIT}`),
  }),
  output,
  async run({ query, limit = DEFAULT_LIMIT }, { findTools }) {
    const { found: all, noTool } = await findTools(query);
    // With a schema next to "no tool does this", a model would call a tool that does something else.
    const withSchema = noTool === undefined;
    const found = noTool ? all.slice(0, Math.min(limit, MAX_NEAREST)) : takeBest(all, limit);
    const matches = found.map((one, index) => {
      const { name, title, inputSchema } = one.tool;
      return {
        ...{ tool: name, title, why: reasonFor(one, found) },
        ...(index === 0 && withSchema && { inputSchema: { ...inputSchema } }),
      };
    });
    const lines = matches.map(({ tool, title, why }, at) => `${at + 1}. ${tool} (${title}): ${why}`);
    const [first] = matches;
    const schema = first?.inputSchema ? [`inputSchema of ${first.tool}:\n${outline(first.inputSchema)}`] : [];
    const text = [...lines, ...schema].join('\n');
    if (noTool) {
      const { reason, way: instead } = noTool;
      const answer = { matches, noTool: { reason, instead } };
      return {
        answer,
        text: [`No tool does this. ${reason}`, `Instead: ${instead}`, NEAREST, text].join('\n'),
        isTextWhole: true,
        notes: [SCHEMAS],
      };
    }
    return {
      answer: { matches },
      ...(matches.length > 0 && { text }),
      isTextWhole: true,
      notes: matches.length === 0 ? [NOTHING] : matches.length > 1 ? [MORE] : [],
    };
  },
});
