/** Checks the arguments of a tool against its declaration and says, member by member, what to correct. */
import { z } from 'zod';
import { ServerError } from '../errors.ts';
import { quote, quoteName } from '../lib/quote.ts';

/** What arguments are checked against: an operation, or a tool of several steps. */
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

/** What is wrong; the names of members are the caller's own words, all else is ours. */
function wordsOf(issue: z.core.$ZodIssue): string {
  // A message of ours may stand in place of Zod's.
  const isOfKeys = issue.code === 'unrecognized_keys' && issue.message.startsWith('Unrecognized key');
  if (!isOfKeys) return issue.message.slice(0, MAX_ISSUE_LENGTH);
  const { keys } = issue;
  const more = keys.length > MAX_ISSUES ? ` and ${keys.length - MAX_ISSUES} more` : '';
  const shown = keys.slice(0, MAX_ISSUES).map(key => quote(key, MAX_NAME_LENGTH));
  return `Unrecognized key${keys.length === 1 ? '' : 's'}: ${shown.join(', ')}${more}`;
}

/** One issue as a line that names the member and the fix; never the value that was sent. */
function describe(issue: z.core.$ZodIssue, members: readonly string[]): string {
  const member = issue.path.length === 0 ? '' : `${quoteName(issue.path.map(String).join('.'))}: `;
  const known =
    issue.code === 'unrecognized_keys' && issue.path.length === 0
      ? ` (this tool takes ${members.join(', ')})`
      : '';
  return member + wordsOf(issue) + known;
}

/** The schemas that ask for one of these targets as well: a new one would be compiled anew. */
const choosing = new WeakMap<readonly string[], WeakMap<z.ZodObject, z.ZodObject>>();

function withTarget(toolInput: z.ZodObject, targets: readonly string[]): z.ZodObject {
  const made = choosing.get(targets) ?? new WeakMap<z.ZodObject, z.ZodObject>();
  const schema = made.get(toolInput) ?? toolInput.extend({ target: z.enum(targets) });
  choosing.set(targets, made.set(toolInput, schema));
  return schema;
}

/** All arguments of a call together: what no member of a schema bounds is bounded by these. */
const MOST_VALUES = 20_000;
const MOST_CHARACTERS = 2_000_000;
const MOST_LEVELS = 50;

/** What the arguments have too much of; undefined where they do not. Goes into nothing that is beyond a bound. */
function excessOf(args: unknown): string | undefined {
  const waiting = [{ value: args, level: 0 }];
  let [values, characters] = [0, 0];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value, level } = next;
    values += 1;
    if (typeof value === 'string') characters += value.length;
    if (value === null || typeof value !== 'object') continue;
    if (level === MOST_LEVELS) return `nest deeper than ${MOST_LEVELS} levels`;
    // Not by entries: of a hundred thousand members, only so many are looked at as there may be.
    for (const name in value) {
      if (values + waiting.length === MOST_VALUES) return `have more than ${MOST_VALUES} values`;
      characters += name.length;
      waiting.push({ value: (value as Record<string, unknown>)[name], level: level + 1 });
    }
    if (characters > MOST_CHARACTERS) break;
  }
  return characters > MOST_CHARACTERS ? `have more than ${MOST_CHARACTERS} characters` : undefined;
}

/**
 * The arguments as the tool declares them, with a `target` where there are two or more to choose from.
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
      hint: 'Send less at once, and call the tool again.',
    });
  const schema = targets.length > 1 ? withTarget(toolInput, targets) : toolInput;
  const parsed = schema.safeParse(args ?? {});
  // Zod's types do not follow `extend` through a type parameter.
  if (parsed.success) return parsed.data as ArgumentsOf<In>;
  const { issues } = parsed.error;
  const members = Object.keys(schema.shape);
  const lines = [...new Set(issues.slice(0, MAX_ISSUES).map(issue => `- ${describe(issue, members)}`))];
  if (issues.length > MAX_ISSUES) lines.push(`- and ${issues.length - MAX_ISSUES} more`);
  throw new ServerError('invalid_arguments', {
    message: `The arguments do not fit ${tool.toolName}; nothing was sent to AWS:\n${lines.join('\n')}`,
  });
}
