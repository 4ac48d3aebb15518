/**
 * Looks at what stands beside AmplifyBackend. Many identities may not do all of them: what could not be looked
 * at is told in a note, and everything else all the same.
 */
import { toServerError } from '../errors.ts';
import { findDenial } from '../lib/access-denial.ts';
import { quote } from '../lib/quote.ts';

/** What a look saw, an absence too; the look itself is undefined where nobody can tell. */
export interface Seen<T> {
  readonly value: T;
}

/** Looks once. @param what as a note names it @throws RegisteredError cancelled */
export type Look = <T>(
  what: string,
  iamAction: string,
  run: () => Promise<T>,
) => Promise<Seen<T> | undefined>;

/** Makes it. @param notes grows by what could not be looked at */
export function createLook(notes: string[]): Look {
  return async (what, iamAction, run) => {
    try {
      return { value: await run() };
    } catch (thrown) {
      const { code, message } = toServerError(thrown);
      if (code === 'cancelled') throw thrown;
      const denial = findDenial(message);
      const missing = denial
        ? `${iamAction} is denied by ${denial.by}`
        : `it takes the IAM action ${iamAction}`;
      const why = code === 'access_denied' ? missing : `${code} on ${iamAction}`;
      const note = `Not looked at: ${what} (${why}).`;
      if (!notes.includes(note)) notes.push(note);
      return undefined;
    }
  };
}

const LONGEST_WORDS = 400;

/** AWS's words as data inside a text of ours. */
export const quoted = (text: string) => quote(text, LONGEST_WORDS);

/** What a person reads of a time. */
export const minuteOf = (iso: string | undefined) =>
  iso === undefined ? 'an unknown time' : `${iso.slice(0, 16).replace('T', ' ')} UTC`;

/** Whether CloudFormation is at work on a stack or a resource of this status. */
export const isAtWork = ({ status }: { readonly status: string }) => status.endsWith('_IN_PROGRESS');

/** Whether the last work on a stack did not come to its end, or was taken back. */
export const wentWrong = ({ status }: { readonly status: string }) =>
  status.endsWith('_FAILED') || status.includes('ROLLBACK');
