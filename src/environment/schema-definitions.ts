/** The definitions of a GraphQL schema by name, for a reader who wants one of them. */
import { print } from 'graphql';
import { readDefinitions } from './schema.ts';
import { nameOf } from './schema-types.ts';

/** The text of each definition; extensions stand after what they extend. Undefined where the schema cannot be read. */
export async function definitionsOf(schema: string): Promise<ReadonlyMap<string, string> | undefined> {
  const texts = new Map<string, string[]>();
  const unreadable = await readDefinitions(schema, node => {
    const name = nameOf(node);
    texts.set(name, [...(texts.get(name) ?? []), print(node)]);
  });
  return unreadable === undefined
    ? new Map([...texts].map(([name, parts]) => [name, parts.join('\n')]))
    : undefined;
}
