/** Finds names of tools in texts, and removes sentences that name a tool that is not served. */
import type { JsonSchema } from './json-schema.ts';

/** A name in snake_case that may be a tool's. */
const NAME = /\b[a-z]+(?:_[a-z0-9]+)+\b/g;

/** The tools that a text names, each once. */
export function namesIn(text: string, known: ReadonlySet<string>): string[] {
  // Usually all tools are served; a long answer of AWS is then not searched.
  if (known.size === 0) return [];
  return [...new Set(text.match(NAME) ?? [])].filter(name => known.has(name));
}

/** The text without the sentences that name one of the missing tools. */
export function withoutMissing(text: string, missing: ReadonlySet<string>): string {
  const sentences = text.replace(/([.!?;])\s+/g, '$1\0').split('\0');
  return sentences.filter(sentence => namesIn(sentence, missing).length === 0).join(' ');
}

/** A JSON Schema whose descriptions name none of the missing tools. */
export function schemaWithoutMissing(schema: JsonSchema, missing: ReadonlySet<string>): JsonSchema {
  const kept = Object.entries(schema).flatMap(([keyword, value]): [string, unknown][] => {
    if (keyword === 'description' && typeof value === 'string') {
      const text = withoutMissing(value, missing);
      return text === '' ? [] : [[keyword, text]];
    }
    const isSchema = value !== null && typeof value === 'object' && !Array.isArray(value);
    return [[keyword, isSchema ? schemaWithoutMissing(value as JsonSchema, missing) : value]];
  });
  return Object.fromEntries(kept);
}
