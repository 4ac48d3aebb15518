/**
 * Zod to the JSON Schema that a tool list carries: inlined, and only with the keywords that every common
 * host takes (VS Code, Claude Desktop, Cursor and Gemini drop or refuse `$ref`, `$defs`, root unions and
 * rarer keywords). What the schema leaves out, such as patterns, is still checked when the tool is called.
 */
import { z } from 'zod';

/** A JSON Schema object in a tool list. */
export type JsonSchema = { [keyword: string]: unknown };

/** The type of a member that can have any value: hosts require every member to have a type. */
export const anyType = ['object', 'array', 'string', 'number', 'boolean', 'null'];

/** The keywords that are listed, besides members and items, by what the schema is used for. */
const keywords = {
  arguments: ['type', 'description', 'enum', 'minimum', 'maximum', 'required'],
  /** Nothing is required: hosts refuse a result that does not fit, and a failure has none of the members. */
  result: ['type', 'description', 'enum'],
  /** AWS may add values to its enums, and a new one must not hide the answer that has it. */
  awsResult: ['type', 'description'],
} as const;

function prune(schema: JsonSchema, use: keyof typeof keywords): JsonSchema {
  const pruned: JsonSchema = { type: anyType };
  for (const keyword of keywords[use]) if (schema[keyword] !== undefined) pruned[keyword] = schema[keyword];
  // A secret is a string or a reference. It is listed as a string: hosts refuse unions, and a reference may be sent as a string.
  if (schema.secret) pruned.type = 'string';
  if (use === 'awsResult' && Array.isArray(schema.enum)) {
    const known = schema.enum.join(', ');
    pruned.description = schema.description === undefined ? known : `${schema.description}: ${known}`;
  }
  if (schema.properties && schema.listedBy === undefined) {
    const members = Object.entries(schema.properties as Record<string, JsonSchema>);
    pruned.properties = Object.fromEntries(
      members.filter(([, inner]) => !inner.unlisted).map(([name, inner]) => [name, prune(inner, use)]),
    );
  }
  if (schema.items) pruned.items = prune(schema.items as JsonSchema, use);
  return pruned;
}

const convert = (schema: z.ZodType) =>
  z.toJSONSchema(schema, { io: 'input', reused: 'inline' }) as JsonSchema;

/**
 * The schema of a tool's arguments, without the members whose Zod schema has the meta `unlisted`. A structure with the meta
 * `listedBy` is listed without its members: its description names the tool that lists the same ones. Every level is
 * strict; only the root says so, to save the reader's tokens.
 */
export function inputJsonSchema(schema: z.ZodObject): JsonSchema {
  return { ...prune(convert(schema), 'arguments'), additionalProperties: false };
}

/** The members of a result. @param isAws whether AWS answers them */
export function outputProperties(schema: z.ZodObject, isAws = false): Record<string, JsonSchema> {
  return prune(convert(schema), isAws ? 'awsResult' : 'result').properties as Record<string, JsonSchema>;
}
