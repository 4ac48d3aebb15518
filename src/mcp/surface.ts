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
import {
  type Args,
  hintToCall,
  RUN_OPERATION,
  readRunArguments,
  toolRunBy,
  unwrapArguments,
} from './run-operation.ts';
import { type CatalogEntry, servedTools } from './served.ts';

/** The tool that a call runs, after `run_operation` was resolved. */
export interface ResolvedCall {
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
  resolve(name: string, args: Args): ResolvedCall;
  /** The tools that this configuration does not serve at all. */
  readonly missing: ReadonlySet<string>;
  /** Lines that say how to call the unlisted tools that a text names, if it names any. */
  toolHints(text: string): string[];
  /** Adds these lines to the text of a result. */
  addToolHints(result: CallToolResult): CallToolResult;
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
  ].filter(({ name }) => name !== RUN_OPERATION);
  const listed = new Set(tools.map(({ name }) => name));
  const reachable = new Set(callable.map(({ name }) => name));
  const unlisted = new Set([...known.keys()].filter(name => name !== RUN_OPERATION && !listed.has(name)));
  const missing = new Set([...unlisted].filter(name => !reachable.has(name)));

  function resolveRun(args: Args): ResolvedCall {
    const subject = known.get(RUN_OPERATION);
    const decision = subject && decide(subject, policy);
    if (decision?.kind === 'deny')
      throw new ServerError('policy_denied', {
        message: refusalText(RUN_OPERATION, decision),
        ...(decision.setting === 'surface' && { hint: hintToCall(toolRunBy(RUN_OPERATION, args), listed) }),
      });
    const inner = readRunArguments(unwrapArguments(args));
    if (known.has(inner.name) && inner.name !== RUN_OPERATION) return { ...inner, via: RUN_OPERATION };
    throw new ServerError('invalid_arguments', {
      message: `There is no tool ${quote(inner.name, 80)} to run; nothing was sent to AWS.`,
      hint: 'Find its name with find_operation, and call again.',
    });
  }

  function toolHints(text: string): string[] {
    const named = namesIn(text, unlisted);
    const viaRun = named.filter(name => !missing.has(name));
    const unserved = named.filter(name => missing.has(name));
    return [
      ...(viaRun.length > 0 ? [`Call through ${RUN_OPERATION}: ${viaRun.join(', ')}.`] : []),
      ...(unserved.length > 0 ? [`Not served by this configuration: ${unserved.join(', ')}.`] : []),
    ];
  }

  return {
    ...{ tools, callable, missing, toolHints },

    resolve(name, args) {
      if (name === RUN_OPERATION && known.has(RUN_OPERATION)) return resolveRun(args);
      if (known.has(name) && (listed.has(name) || !reachable.has(name)))
        return { name, args: unwrapArguments(args) };
      if (known.has(name))
        throw new ServerError('policy_denied', {
          message: `The setting surface does not serve ${name} by its own name. Nothing was sent to AWS.`,
          hint: `Call ${RUN_OPERATION} with tool: "${name}" and the same arguments.`,
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
