/** The answer that a call carries: how the audit names it, and what is refused where nothing asks for it. */
import { ServerError } from '../../errors.ts';
import { type GivenConfirmation, type PersonAnswer, refused } from './confirmation.ts';

/** How a call was confirmed, for the audit. */
export function reasonOf({ answer }: GivenConfirmation): string {
  if (!answer) return 'confirmed by token';
  return answer.method === 'page' ? 'approved on the page by a typed name' : 'confirmed by a typed name';
}

/**
 * Refuses a write that needs no confirmation any more, and carries a person's answer that does not fit it: a refusal, or
 * the approval of a plan that needed one.
 */
export function refuseStrayAnswer(answer: PersonAnswer | undefined): void {
  if (!answer) return;
  if (answer.action !== 'accept') throw refused(answer.action);
  if (answer.method === 'page') throw new ServerError('confirmation_invalid');
}
