/**
 * Bounds on the length of arguments. AWS documents none for these members, so they are ours; a test demands a bound for
 * every text and list that a tool takes. The tool list leaves them out to stay short; the error for an excess names them.
 */
import { z } from 'zod';

/** Characters of texts, items of lists. */
export const bounds = { name: 255, text: 20_000, schema: 1_000_000, list: 100 } as const;

/** An id or a name. */
export const nameText = () => z.string().max(bounds.name);

/** Anything longer: a message, a URL, a key, a cursor. */
export const longText = () => z.string().max(bounds.text);

/** A GraphQL schema. */
export const schemaText = () => z.string().max(bounds.schema);

/** A list of something. */
export const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).max(bounds.list);

/** JSON of any kind; its size is bounded together with all other arguments. */
export const anyObject = () => z.record(nameText(), z.unknown());

/** A name of a fixed form. @param error describes the form and its bound; a text that is too long is not matched */
export const formedText = (pattern: RegExp, most: number, error: string) =>
  z.string().max(most, { error, abort: true }).regex(pattern, { error });
