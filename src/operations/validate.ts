/** Checks the arguments of a tool against its declaration; the error says what to correct in each member. */
import { z } from 'zod';
import { ServerError } from '../errors.ts';
import { issueWords } from '../lib/issue-words.ts';
import { quote, quoteName } from '../lib/quote.ts';
import { excessOf } from './excess.ts';
import { memberMeant } from './normalize.ts';

/** The declaration that arguments are checked against: an operation, or a tool with several steps. */
export interface ValidatedTool<In extends z.ZodObject = z.ZodObject> {
  readonly toolName: string;
  readonly toolInput: In;
}

/** Checked arguments: those that the tool declares, and a target where several are configured. */
export type ArgumentsOf<In extends z.ZodObject> = z.output<
  z.ZodObject<In['shape'] & { readonly target: z.ZodOptional<z.ZodString> }>
>;

const MAX_ISSUES = 8;
const MAX_ISSUE_LENGTH = 320;
const MAX_NAME_LENGTH = 60;

/** The problem in words. Names of members come from the caller, everything else from this server. */
function wordsOf(issue: z.core.$ZodIssue, toolInput: z.ZodObject): string {
  // Some schemas have a message of their own instead of Zod's.
  const isOfKeys = issue.code === 'unrecognized_keys' && issue.message.startsWith('Unrecognized key');
  if (!isOfKeys) return issue.message.slice(0, MAX_ISSUE_LENGTH);
  const { keys } = issue;
  const more = keys.length > MAX_ISSUES ? ` and ${keys.length - MAX_ISSUES} more` : '';
  const shown = keys.slice(0, MAX_ISSUES).map(key => {
    const meant = memberMeant(toolInput, issue.path, key);
    return `${quote(key, MAX_NAME_LENGTH)}${meant === undefined ? '' : ` (write ${meant})`}`;
  });
  return `Unrecognized key${keys.length === 1 ? '' : 's'}: ${shown.join(', ')}${more}`;
}

/** The words about one member, and about the tool's own members where an argument of another name was sent. */
function describe(issue: z.core.$ZodIssue, toolInput: z.ZodObject): string {
  const known =
    issue.code === 'unrecognized_keys' && issue.path.length === 0
      ? ` (this tool takes ${Object.keys(toolInput.shape).join(', ') || 'no arguments'})`
      : '';
  return wordsOf(issue, toolInput) + known;
}

/** A line for each member, which names it and the fix, but never the value. */
function linesOf(issues: readonly z.core.$ZodIssue[], toolInput: z.ZodObject): string[] {
  const byMember = new Map<string, Map<string, string>>();
  for (const issue of issues) {
    const path = issue.path.map(String).join('.');
    const words = byMember.get(path) ?? new Map<string, string>();
    // Of several bounds of the same kind, such as that of any whole number and the member's own, the last is the narrowest.
    byMember.set(path, words.set(issue.code, describe(issue, toolInput)));
  }
  const lines = [...byMember].map(([path, words]) => {
    const member = path === '' ? '' : `${quoteName(path)}: `;
    // For a value of the wrong type, the bounds do not matter.
    const shown = words.get('invalid_type') ?? [...new Set(words.values())].join('; ');
    return `- ${member}${shown}`;
  });
  const more = lines.length - MAX_ISSUES;
  return more > 0 ? [...lines.slice(0, MAX_ISSUES), `- and ${more} more`] : lines;
}

/** The schemas with the member `target`, kept because Zod compiles each new schema. */
const choosing = new WeakMap<readonly string[], WeakMap<z.ZodObject, z.ZodObject>>();

function withTarget(toolInput: z.ZodObject, targets: readonly string[]): z.ZodObject {
  const made = choosing.get(targets) ?? new WeakMap<z.ZodObject, z.ZodObject>();
  const schema = made.get(toolInput) ?? toolInput.extend({ target: z.enum(targets) });
  choosing.set(targets, made.set(toolInput, schema));
  return schema;
}

/**
 * The checked arguments, including `target` if two or more targets are configured.
 * @throws invalid_arguments naming each member that does not fit
 */
export function validateArguments<In extends z.ZodObject>(
  tool: ValidatedTool<In>,
  args: unknown,
  targets: readonly string[] = [],
): ArgumentsOf<In> {
  const { toolInput } = tool;
  const excess = excessOf(args);
  if (excess !== undefined)
    throw new ServerError('invalid_arguments', {
      message: `The arguments of ${tool.toolName} ${excess}; nothing was sent to AWS.`,
      hint: 'Call the tool again with smaller arguments.',
    });
  const schema = targets.length > 1 ? withTarget(toolInput, targets) : toolInput;
  const parsed = schema.safeParse(args ?? {}, { error: issueWords });
  // Zod's types cannot express `extend` on a type parameter.
  if (parsed.success) return parsed.data as ArgumentsOf<In>;
  const lines = linesOf(parsed.error.issues, schema);
  throw new ServerError('invalid_arguments', {
    message: `The arguments do not fit ${tool.toolName}; nothing was sent to AWS:\n${lines.join('\n')}`,
  });
}
