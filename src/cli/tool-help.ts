/** What a tool takes, from its input schema, for a person who types a call. */
import type { Tool } from '@modelcontextprotocol/client';
import { z } from 'zod';
import type { Print } from './printer.ts';

/** The parts of a JSON Schema that help shows; anything else is left to the tool's own errors. */
const schemaPart = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  default: z.unknown().optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  $ref: z.string().optional(),
});
type Part = z.infer<typeof schemaPart>;

/** Members of members are shown this deep. */
const MOST_DEPTH = 4;

interface Context {
  readonly print: Print;
  readonly definitions: Readonly<Record<string, unknown>>;
}

const parse = (value: unknown): Part => schemaPart.safeParse(value).data ?? {};

/** The part itself, or what it refers to. */
function partOf(value: unknown, definitions: Context['definitions']): Part {
  const part = parse(value);
  const name = part.$ref?.split('/').at(-1);
  if (name === undefined || !Object.hasOwn(definitions, name)) return part;
  return { ...parse(definitions[name]), ...(part.description && { description: part.description }) };
}

/** The type in a word or two: `text`, `list of text`, `one of dev, qa`. */
function typeText(part: Part, definitions: Context['definitions']): string {
  if (part.enum) return `one of ${part.enum.map(String).join(', ')}`;
  if (part.const !== undefined) return String(part.const);
  const choices = part.anyOf ?? part.oneOf;
  if (choices)
    return [...new Set(choices.map(choice => typeText(partOf(choice, definitions), definitions)))].join(
      ' | ',
    );
  if (part.type === 'array') return `list of ${typeText(partOf(part.items, definitions), definitions)}`;
  return part.type === undefined ? 'any' : [part.type].flat().join(' | ');
}

/** The part whose members are shown below: the object itself, or the items of a list. */
function membersOf(part: Part, definitions: Context['definitions']): Part {
  const inner = part.type === 'array' ? partOf(part.items, definitions) : part;
  const choice = (inner.anyOf ?? inner.oneOf ?? [])
    .map(one => partOf(one, definitions))
    .find(one => one.properties);
  return choice ?? inner;
}

function printMembers(context: Context, { properties = {}, required = [] }: Part, depth: number): void {
  const { print, definitions } = context;
  const margin = '  '.repeat(depth);
  const isRequired = (name: string) => required.includes(name);
  const names = Object.keys(properties).sort((a, b) => Number(isRequired(b)) - Number(isRequired(a)));
  for (const name of names) {
    const part = partOf(properties[name], definitions);
    const notes = [
      typeText(part, definitions),
      isRequired(name) ? 'required' : 'optional',
      ...(part.default === undefined ? [] : [`default ${JSON.stringify(part.default)}`]),
    ];
    print(`${margin}${name}  (${notes.join('; ')})`, {
      style: 'command',
      length: margin.length + name.length,
    });
    if (part.description) print(`${margin}    ${part.description}`);
    if (depth < MOST_DEPTH) printMembers(context, membersOf(part, definitions), depth + 1);
  }
}

/** A value of the type, to show where to type. */
function sampleOf({ type, enum: choices }: Part): unknown {
  const samples: Readonly<Record<string, unknown>> = {
    object: {},
    array: [],
    boolean: true,
    integer: 1,
    number: 1,
  };
  return choices?.[0] ?? samples[[type].flat()[0] ?? ''] ?? '…';
}

/** Prints name, purpose, and every argument with its type. */
export function printToolHelp(print: Print, { name, title, description, inputSchema }: Tool): void {
  const root = schemaPart.parse(inputSchema);
  const { $defs = {} } = inputSchema as { $defs?: Record<string, unknown> };
  const sample = Object.fromEntries(
    (root.required ?? []).map(member => [member, sampleOf(partOf(root.properties?.[member], $defs))]),
  );
  print(`Usage: amplify-backend-mcp call ${name} '${JSON.stringify(sample)}'`, { isVerbatim: true });
  print('');
  print(title ?? name, { style: 'strong' });
  if (description) print(description);
  print('');
  print(Object.keys(root.properties ?? {}).length === 0 ? 'It takes no arguments.' : 'Arguments:', {
    style: 'strong',
  });
  printMembers({ print, definitions: $defs }, root, 1);
  print('');
  print('The settings that every call takes: amplify-backend-mcp call --help');
}
