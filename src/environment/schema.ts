/** Reading of GraphQL schemas. */
import { type DefinitionNode, parse } from 'graphql';

/** What was read; or why it could not be: what the schema does or is, as in "the schema does not parse". */
export type SchemaReading<Value> = { readonly value: Value } | { readonly unreadable: string };

const MOST_TOKENS = 300_000;

/**
 * Reads a schema.
 * @param value is what the definitions are put into by `take`, one after the other, in the schema's order
 */
export async function readDefinitions<Value>(
  text: string,
  value: Value,
  take: (value: Value, definition: DefinitionNode) => void,
): Promise<SchemaReading<Value>> {
  try {
    const { definitions } = parse(text, { noLocation: true, maxTokens: MOST_TOKENS });
    for (const definition of definitions) take(value, definition);
    return { value };
  } catch {
    return { unreadable: 'does not parse as GraphQL' };
  }
}
