/**
 * The tools as a configuration serves them: the list for `tools/list`, which tool a call means, and hints on how to call
 * the tools that a text names. Created once for each configuration.
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
import { structureOf } from './messages.ts';
import { type CatalogEntry, servedTools } from './served.ts';

type Args = Readonly<Record<string, unknown>> | undefined;

/** The tool that a call means. */
export interface Called {
  readonly name: string;
  readonly args: Args;
  readonly via?: Via;
}

/** The served tools. */
export interface Surface {
  /** The listed tools. */
  readonly tools: readonly Tool[];
  /** The tools that can be called by their own name or through `run_operation`, as they would be listed. */
  readonly callable: readonly Tool[];
  /** @throws ProtocolError for an unknown tool; ServerError if `run_operation` names none or the policy refuses it */
  resolve(name: string, args: Args): Called;
  /** The tools that this configuration does not serve at all. */
  readonly missing: ReadonlySet<string>;
  /** Lines that say how to call the unlisted tools that a text names, if it names any. */
  toolHints(text: string): string[];
  /** Adds these lines to the text of a result. */
  addToolHints(result: CallToolResult): CallToolResult;
}

const RUN = 'run_operation';

/** The arguments of a call without the `{"arguments": {…}}` that some models put around them. */
function unwrapped(args: Args): Args {
  if (args === undefined || !Object.hasOwn(args, 'arguments') || Object.keys(args).length > 1) return args;
  return structureOf(args.arguments) ?? args;
}

const runMembers: Readonly<Record<string, readonly string[]>> = {
  tool: ['operation', 'operationname', 'toolname', 'name'],
  arguments: ['args', 'argument', 'parameters', 'params', 'input'],
};

/** Longest name of a member that is shown, and how many are. */
const [MOST_SHOWN, LONGEST_SHOWN] = [5, 60];

/** What to do about a member that `run_operation` does not have. */
function runMemberAdvice(name: string): string {
  const spelled = name.replace(/[_-]/g, '').toLowerCase();
  const [meant] = Object.entries(runMembers).find(([own, names]) => [own, ...names].includes(spelled)) ?? [];
  const advice = meant === undefined ? 'belongs inside arguments' : `write ${meant}`;
  return `${quote(name, LONGEST_SHOWN)} (${advice})`;
}

/** The tool and arguments for `run_operation`. Checked by hand, so that the start loads no Zod. */
function readRun(args: Args = {}): { readonly name: string; readonly args: Args } {
  const { tool, arguments: inner, ...unknown } = args;
  const isAbsent = inner === undefined || inner === null || inner === '';
  const innerArgs = isAbsent ? {} : structureOf(inner);
  const strange = Object.keys(unknown);
  if (typeof tool === 'string' && innerArgs && strange.length === 0)
    return { name: tool.trim(), args: unwrapped(innerArgs) };
  const more = strange.length > MOST_SHOWN ? ` and ${strange.length - MOST_SHOWN} more` : '';
  const found = [
    ...(strange.length > 0
      ? [`It does not take ${strange.slice(0, MOST_SHOWN).map(runMemberAdvice).join(', ')}${more}.`]
      : []),
    ...(innerArgs ? [] : ['arguments is no object.']),
  ];
  throw new ServerError('invalid_arguments', {
    message: [
      `The arguments do not fit ${RUN}; nothing was sent to AWS.`,
      ...found,
      "It takes tool (the tool's name) and arguments (an object with that tool's arguments).",
    ].join(' '),
  });
}

/** The tool that a call runs: for `run_operation` the tool that it names, as far as it names one. */
export function toolRunBy(name: unknown, args: unknown): string {
  if (name !== RUN) return String(name);
  const { tool } = unwrapped(structureOf(args)) ?? {};
  return String(tool).trim();
}

/** @param targets the names of the configured targets */
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

  /** The hint where tools are called by their own names. */
  const hintToCall = (name: string) =>
    listed.has(name)
      ? `Call ${name} by its own name, with the same arguments.`
      : 'Call the tool by its own name. find_operation finds it.';

  function resolveRun(args: Args): Called {
    const subject = known.get(RUN);
    const decision = subject && decide(subject, policy);
    if (decision?.kind === 'deny')
      throw new ServerError('policy_denied', {
        message: refusalText(RUN, decision),
        ...(decision.setting === 'surface' && { hint: hintToCall(toolRunBy(RUN, args)) }),
      });
    const inner = readRun(unwrapped(args));
    if (known.has(inner.name) && inner.name !== RUN) return { ...inner, via: RUN };
    throw new ServerError('invalid_arguments', {
      message: `There is no tool ${quote(inner.name, 80)} to run; nothing was sent to AWS.`,
      hint: 'Find its name with find_operation, and call again.',
    });
  }

  function toolHints(text: string): string[] {
    const named = namesIn(text, unlisted);
    const run = named.filter(name => !missing.has(name));
    const gone = named.filter(name => missing.has(name));
    return [
      ...(run.length > 0 ? [`Call through ${RUN}: ${run.join(', ')}.`] : []),
      ...(gone.length > 0 ? [`Not served by this configuration: ${gone.join(', ')}.`] : []),
    ];
  }

  return {
    ...{ tools, callable, missing, toolHints },

    resolve(name, args) {
      if (name === RUN && known.has(RUN)) return resolveRun(args);
      if (known.has(name) && (listed.has(name) || !reachable.has(name)))
        return { name, args: unwrapped(args) };
      if (known.has(name))
        throw new ServerError('policy_denied', {
          message: `The setting surface does not serve ${name} by its own name. Nothing was sent to AWS.`,
          hint: `Call ${RUN} with tool: "${name}" and the same arguments.`,
        });
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${quote(name, 80)}`);
    },

    addToolHints(result) {
      // A call that became a task has no content yet.
      const [first, ...rest] = result.content ?? [];
      const lines = first?.type === 'text' ? toolHints(first.text) : [];
      if (first?.type !== 'text' || lines.length === 0) return result;
      const withLines = (text: string) => [text, ...lines].join('\n');
      const structuredContent = result.structuredContent as Args;
      const summary = structuredContent?.summary;
      return {
        ...result,
        content: [{ ...first, text: withLines(first.text) }, ...rest],
        ...(typeof summary === 'string' && {
          structuredContent: { ...structuredContent, summary: withLines(summary) },
        }),
      };
    },
  };
}
