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

/**
 * Keywords of an output schema. Neither `required` nor `enum` is passed on: a host validates results with
 * it, and a new value or a missing member in AWS's answer must not hide that answer from its reader.
 */
const outputKeywords = ['type'];

function prune(schema: JsonSchema, keywords: readonly string[]): JsonSchema {
  const pruned: JsonSchema = {};
  for (const keyword of keywords) if (schema[keyword] !== undefined) pruned[keyword] = schema[keyword];
  if (schema.properties && !schema.brief) {
    const members = Object.entries(schema.properties as Record<string, JsonSchema>);
    pruned.properties = Object.fromEntries(
      members
        .filter(([, inner]) => !inner.unlisted)
        .map(([name, inner]) => [name, prune(inner, keywords)] as const),
    );
  }
  if (schema.items) pruned.items = prune(schema.items as JsonSchema, keywords);
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
  return { ...prune(convert(schema), inputKeywords), additionalProperties: false };
}

/** The properties of a tool's structured result. */
export function outputProperties(schema: z.ZodObject): Record<string, JsonSchema> {
  return prune(convert(schema), outputKeywords).properties as Record<string, JsonSchema>;
}
