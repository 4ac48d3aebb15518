/**
 * Zod to the JSON Schema that a tool list carries: inlined, and only with the keywords that every common
 * host takes (VS Code, Claude Desktop, Cursor and Gemini drop or refuse `$ref`, `$defs`, root unions and
 * rarer keywords). What the schema leaves out, such as patterns, is still checked when the tool is called.
 */
import { z } from 'zod';

/** A JSON Schema object in a tool list. */
export type JsonSchema = { [keyword: string]: unknown };

/** Keywords of an input schema; anything else that Zod writes is left out. */
const inputKeywords = ['type', 'description', 'enum', 'minimum', 'maximum', 'required'];

function prune(schema: JsonSchema): JsonSchema {
  const pruned: JsonSchema = {};
  for (const keyword of inputKeywords) if (schema[keyword] !== undefined) pruned[keyword] = schema[keyword];
  // A text or a reference to a secret: hosts refuse unions, and a reference may be sent as a text.
  if (schema.secret) pruned.type = 'string';
  if (schema.properties && !schema.brief) {
    const members = Object.entries(schema.properties as Record<string, JsonSchema>);
    pruned.properties = Object.fromEntries(
      members.filter(([, inner]) => !inner.unlisted).map(([name, inner]) => [name, prune(inner)] as const),
    );
  }
  if (schema.items) pruned.items = prune(schema.items as JsonSchema);
  return pruned;
}

const convert = (schema: z.ZodObject) =>
  z.toJSONSchema(schema, { io: 'input', reused: 'inline' }) as JsonSchema;

/**
 * The schema of a tool's arguments. A member whose Zod schema has the meta `brief` is listed without its
 * inner members, one with the meta `unlisted` is left out. Every level is strict; only the root says so, to save the
 * reader's tokens.
 */
export function inputJsonSchema(schema: z.ZodObject): JsonSchema {
  return { ...prune(convert(schema)), additionalProperties: false };
}

/**
 * The members of a tool's structured result, each with its type alone: models read the result, not its schema, which would
 * cost more tokens than the arguments. Nothing is required and no values are listed, since a host validates results with
 * it, and what is new or missing in AWS's answer must not hide that answer from its reader.
 */
export function outputProperties(schema: z.ZodObject): Record<string, JsonSchema> {
  const members = Object.entries(convert(schema).properties as Record<string, JsonSchema>);
  return Object.fromEntries(
    members.filter(([, member]) => !member.unlisted).map(([name, { type }]) => [name, { type }]),
  );
}
