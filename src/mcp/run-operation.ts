/** The arguments of `run_operation`, which names a tool and has that tool's arguments. */
import { ServerError } from '../errors.ts';
import { quote } from '../lib/quote.ts';
import { structureOf } from './messages.ts';

export type Args = Readonly<Record<string, unknown>> | undefined;

export const RUN_OPERATION = 'run_operation';

/** Removes the `{"arguments": {…}}` that some models put around a call's arguments. */
export function unwrapArguments(args: Args): Args {
  if (args === undefined || !Object.hasOwn(args, 'arguments') || Object.keys(args).length > 1) return args;
  return structureOf(args.arguments) ?? args;
}

const runMembers: Readonly<Record<string, readonly string[]>> = {
  tool: ['operation', 'operationname', 'toolname', 'name'],
  arguments: ['args', 'argument', 'parameters', 'params', 'input'],
};

/** How many members a refusal names, and the characters shown of each. */
const [MOST_SHOWN, LONGEST_SHOWN] = [5, 60];

/** What to do about a member that `run_operation` does not have. */
function runMemberAdvice(name: string): string {
  const spelled = name.replace(/[_-]/g, '').toLowerCase();
  const [meant] = Object.entries(runMembers).find(([own, names]) => [own, ...names].includes(spelled)) ?? [];
  const advice = meant === undefined ? 'belongs inside arguments' : `write ${meant}`;
  return `${quote(name, LONGEST_SHOWN)} (${advice})`;
}

/** Reads the arguments of `run_operation`. They are checked by hand, because loading Zod would slow the start down. */
export function readRunArguments(args: Args = {}): { readonly name: string; readonly args: Args } {
  const { tool, arguments: inner, ...unknown } = args;
  const isAbsent = inner === undefined || inner === null || inner === '';
  const innerArgs = isAbsent ? {} : structureOf(inner);
  const unknownNames = Object.keys(unknown);
  if (typeof tool === 'string' && innerArgs && unknownNames.length === 0)
    return { name: tool.trim(), args: unwrapArguments(innerArgs) };
  const more = unknownNames.length > MOST_SHOWN ? ` and ${unknownNames.length - MOST_SHOWN} more` : '';
  const found = [
    ...(unknownNames.length > 0
      ? [`It does not take ${unknownNames.slice(0, MOST_SHOWN).map(runMemberAdvice).join(', ')}${more}.`]
      : []),
    ...(innerArgs ? [] : ['arguments is no object.']),
  ];
  throw new ServerError('invalid_arguments', {
    message: [
      `The arguments do not fit ${RUN_OPERATION}; nothing was sent to AWS.`,
      ...found,
      "It takes tool (the tool's name) and arguments (an object with that tool's arguments).",
    ].join(' '),
  });
}

/** The name of the tool that a call runs. For `run_operation` that is the tool in its arguments, which may not exist. */
export function toolRunBy(name: unknown, args: unknown): string {
  if (name !== RUN_OPERATION) return String(name);
  const { tool } = unwrapArguments(structureOf(args)) ?? {};
  return String(tool).trim();
}

/** What to do instead of `run_operation`, where tools are served by their own names. @param listed the served tools */
export const hintToCall = (name: string, listed: ReadonlySet<string>): string =>
  listed.has(name)
    ? `Call ${name} by its own name, with the same arguments.`
    : 'Call the tool by its own name. find_operation finds it.';
