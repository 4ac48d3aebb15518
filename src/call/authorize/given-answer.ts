/** The answer that a call carries: its name in the audit, and the refusal of an answer that no question asked for. */
import { ServerError } from '../../errors.ts';
import { type GivenConfirmation, type PersonAnswer, refused } from './confirmation.ts';

/** How a call was confirmed, for the audit. */
export function reasonOf({ answer }: GivenConfirmation): string {
  if (!answer) return 'confirmed by token';
  return answer.method === 'page' ? 'approved on the page by a typed name' : 'confirmed by a typed name';
}

/**
 * Refuses a write that needs no confirmation any more, if it carries a person's refusal, or their approval of a plan that
 * did need one.
 */
export function refuseStrayAnswer(answer: PersonAnswer | undefined): void {
  if (!answer) return;
  if (answer.action !== 'accept') throw refused(answer.action);
  if (answer.method === 'page') throw new ServerError('confirmation_invalid');
}
