/** Reads for which many identities lack the permission. A failed read becomes a note, and the rest of the answer is complete. */
import { toServerError } from '../errors.ts';
import { findDenial } from '../lib/access-denial.ts';

/** The result of a successful read, which may have found nothing. A failed read has no result. */
export interface ReadValue<T> {
  readonly value: T;
}

/**
 * Reads, or notes why the read failed.
 * @param what names it in the note
 * @param iamAction the action that the identity needs
 * @throws ServerError cancelled
 */
export type TryRead = <T>(
  what: string,
  iamAction: string,
  run: () => Promise<T>,
) => Promise<ReadValue<T> | undefined>;

/** @param notes grows by a sentence for each read that failed */
export function createTryRead(notes: string[]): TryRead {
  return async (what, iamAction, run) => {
    try {
      return { value: await run() };
    } catch (thrown) {
      const { code, message } = toServerError(thrown);
      if (code === 'cancelled') throw thrown;
      const denial = findDenial(message);
      const denied = denial
        ? `${iamAction} is denied by ${denial.by}`
        : `it needs the IAM action ${iamAction}`;
      const why = code === 'access_denied' ? denied : `${code} on ${iamAction}`;
      const note = `Not checked: ${what} (${why}).`;
      if (!notes.includes(note)) notes.push(note);
      return undefined;
    }
  };
}
