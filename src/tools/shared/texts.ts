/** AWS's words, counts, times and statuses in the texts of several tools. */
import { quote, quoteName } from '../../lib/quote.ts';

const LONGEST_QUOTE = 400;

/** AWS's words as data inside a text. */
export const quoted = (text: string) => quote(text, LONGEST_QUOTE);

/** A number with its noun: "1 job", "2 jobs". */
export const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** A foreign name in a cell of a Markdown table; nothing for an empty one. @param longest in characters */
export const nameCell = (name: string, longest: number) =>
  name === '' ? '' : quoteName(name, longest).replaceAll('|', '\\|');

/** A time to the minute. */
export const minuteOf = (iso: string | undefined) =>
  iso === undefined ? 'an unknown time' : `${iso.slice(0, 16).replace('T', ' ')} UTC`;

/** Whether CloudFormation is at work on a stack or a resource of this status. */
export const isAtWork = ({ status }: { readonly status: string }) => status.endsWith('_IN_PROGRESS');

/** Whether the last work on a stack failed or was rolled back. */
export const wentWrong = ({ status }: { readonly status: string }) =>
  status.endsWith('_FAILED') || status.includes('ROLLBACK');
