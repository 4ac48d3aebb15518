/**
 * How long what a caller sends may be. AWS documents no bound of these members, so they are ours; a test demands one
 * of every text and list that a tool takes. They are not listed, which would cost too much in every tool list: whoever
 * exceeds one is told it.
 */
import { z } from 'zod';

const MOST_OF_A_NAME = 255;
const MOST_OF_A_TEXT = 20_000;
const MOST_OF_A_SCHEMA = 1_000_000;
const MOST_OF_A_LIST = 100;

/** An id or a name. */
export const nameText = () => z.string().max(MOST_OF_A_NAME);

/** Anything longer: a message, a URL, a key, a cursor. */
export const longText = () => z.string().max(MOST_OF_A_TEXT);

/** A GraphQL schema. */
export const schemaText = () => z.string().max(MOST_OF_A_SCHEMA);

/** A list of something. */
export const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).max(MOST_OF_A_LIST);

/** JSON of any kind; how much of it there may be is checked for all arguments together. */
export const anyObject = () => z.record(nameText(), z.unknown());

/** A name of a fixed form. @param error says the form, and `most` */
export const formedText = (pattern: RegExp, most: number, error: string) =>
  z.string().max(most, { error, abort: true }).regex(pattern, { error });

/** Of a secret that is sent as a text; said in the error that its member has. */
export const MOST_OF_A_SECRET = MOST_OF_A_TEXT;
