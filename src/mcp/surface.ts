/**
 * The tools as this process serves them and under which names: what `tools/list` shows, what a call means,
 * and how the tools can be reached that a text names. Made once.
 */
import {
  type CallToolResult,
  ProtocolError,
  ProtocolErrorCode,
  type Tool,
} from '@modelcontextprotocol/server';
import { ServerError } from '../errors.ts';
import { quote } from '../lib/quote.ts';
import { decide, type PolicySettings, refusalText, type Via } from '../policy/decide.ts';
import { namesIn } from './mentions.ts';
import { type CatalogEntry, servedTools } from './served.ts';

type Args = Readonly<Record<string, unknown>> | undefined;

/** What a call means. */
export interface Called {
  readonly name: string;
  readonly args: Args;
  readonly via?: Via;
}

/** The tools of a process. */
export interface Surface {
  /** What is listed. */
  readonly tools: readonly Tool[];
  /** What can be called by its own name or through `run_operation`, as it would be listed. */
  readonly callable: readonly Tool[];
  /** @throws ProtocolError where there is no such tool; RegisteredError where `run_operation` names none */
  resolve(name: string, args: Args): Called;
  /** The tools that cannot be called at all. */
  readonly missing: ReadonlySet<string>;
  /** How the reader of a text gets at the tools that it names: a line for those that are not listed, if any. */
  reachOf(text: string): string[];
  /** Adds these lines to the text of a result. */
  addToolHints(result: CallToolResult): CallToolResult;
}

const RUN = 'run_operation';

/** What `run_operation` is to run. Checked by hand: a start loads no Zod. */
function readRun(args: Args = {}): { readonly name: string; readonly args: Args } {
  const { tool, arguments: inner, ...unknown } = args;
  const isObject = inner === null || typeof inner === 'object';
  const fits = typeof tool === 'string' && (inner === undefined || (isObject && !Array.isArray(inner)));
  if (fits && Object.keys(unknown).length === 0) return { name: tool, args: (inner ?? {}) as Args };
  throw new ServerError('invalid_arguments', {
    message: `The arguments do not fit ${RUN}; nothing was sent to AWS. It takes tool, a name, and arguments, an object with all that this tool takes.`,
  });
}

/** Makes it. @param targets the configured names */
export function createSurface(
  catalog: readonly CatalogEntry[],
  policy: PolicySettings,
  targets: readonly string[],
): Surface {
  const known = new Map(catalog.map(({ tool, subject }) => [tool.name, subject]));
  const tools = servedTools(catalog, policy, targets);
  const callable = [
    ...new Map(
      [...tools, ...servedTools(catalog, { ...policy, surface: 'full' }, targets)].map(tool => [
        tool.name,
        tool,
      ]),
    ).values(),
  ].filter(({ name }) => name !== RUN);
  const listed = new Set(tools.map(({ name }) => name));
  const reachable = new Set(callable.map(({ name }) => name));
  const unlisted = new Set([...known.keys()].filter(name => name !== RUN && !listed.has(name)));
  const missing = new Set([...unlisted].filter(name => !reachable.has(name)));

  function resolveRun(args: Args): Called {
    const subject = known.get(RUN);
    const decision = subject && decide(subject, policy);
    if (decision?.kind === 'deny')
      throw new ServerError('policy_denied', { message: refusalText(RUN, decision) });
    const inner = readRun(args);
    if (known.has(inner.name) && inner.name !== RUN) return { ...inner, via: RUN };
    throw new ServerError('invalid_arguments', {
      message: `There is no tool ${quote(inner.name, 80)} to run; nothing was sent to AWS.`,
      hint: 'Find its name with find_operation, and call again.',
    });
  }

  function reachOf(text: string): string[] {
    const named = namesIn(text, unlisted);
    const run = named.filter(name => !missing.has(name));
    const gone = named.filter(name => missing.has(name));
    return [
      ...(run.length > 0 ? [`Call through ${RUN}: ${run.join(', ')}.`] : []),
      ...(gone.length > 0 ? [`Not served by this configuration: ${gone.join(', ')}.`] : []),
    ];
  }

  return {
    ...{ tools, callable, missing, reachOf },

    resolve(name, args) {
      if (name === RUN && known.has(RUN)) return resolveRun(args);
      if (known.has(name) && (listed.has(name) || !reachable.has(name))) return { name, args };
      if (known.has(name))
        throw new ServerError('policy_denied', {
          message: `The setting surface serves ${name} not by its own name. Nothing was sent to AWS.`,
          hint: `Call ${RUN} with tool: "${name}" and the same arguments.`,
        });
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${quote(name, 80)}`);
    },

    addToolHints(result) {
      // What was made a task has no content yet.
      const [first, ...rest] = result.content ?? [];
      const lines = first?.type === 'text' ? reachOf(first.text) : [];
      if (first?.type !== 'text' || lines.length === 0) return result;
      return { ...result, content: [{ ...first, text: [first.text, ...lines].join('\n') }, ...rest] };
    },
  };
}
