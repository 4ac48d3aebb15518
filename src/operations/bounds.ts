/**
 * How long what a caller sends may be. AWS documents no bound of these members, so they are ours; a test demands one
 * of every text and list that a tool takes. They are not listed, which would cost too much in every tool list: whoever
 * exceeds one is told it.
 */
import { z } from 'zod';

/** In characters, and in items. */
export const bounds = { name: 255, text: 20_000, schema: 1_000_000, list: 100 } as const;

/** An id or a name. */
export const nameText = () => z.string().max(bounds.name);

/** Anything longer: a message, a URL, a key, a cursor. */
export const longText = () => z.string().max(bounds.text);

/** A GraphQL schema. */
export const schemaText = () => z.string().max(bounds.schema);

/** A list of something. */
export const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).max(bounds.list);

/** JSON of any kind; how much of it there may be is checked for all arguments together. */
export const anyObject = () => z.record(nameText(), z.unknown());

/** A name of a fixed form. @param error says the form with its bound; the pattern is not asked about what exceeds it */
export const formedText = (pattern: RegExp, most: number, error: string) =>
  z.string().max(most, { error, abort: true }).regex(pattern, { error });
