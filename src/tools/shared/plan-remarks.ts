/** Adds a tool's remarks to the plan of one of its steps, before a person reads it. */
import { ConfirmationRequired } from '../../call/authorize/confirmation.ts';
import type { Plan } from '../../call/authorize/plan.ts';
import type { Outcome } from '../../call/call-operation.ts';

/** The plan of a dry run. */
export const planOf = ({ answer }: Outcome) => answer.plan as Plan | undefined;

/** The same question with more remarks in its plan. */
export const questionWithRemarks = (
  { plan, tokenFor, answerOptions }: ConfirmationRequired,
  remarks: (own: readonly string[]) => readonly string[],
) => new ConfirmationRequired({ ...plan, remarks: remarks(plan.remarks ?? []) }, tokenFor, answerOptions);

/** Runs a step and marks its question to a person as expected: the tool is called in order to ask it. @throws what the step throws */
export async function expectQuestion<Result>(step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (thrown) {
    if (!(thrown instanceof ConfirmationRequired)) throw thrown;
    const { plan, tokenFor, answerOptions } = thrown;
    throw new ConfirmationRequired(plan, tokenFor, { ...answerOptions, isExpected: true });
  }
}

/**
 * Runs a step with remarks in its plan: in the answer of a dry run, and in the question to a person.
 * @param remarks a sentence each; they come before the plan's own
 * @throws what the step throws
 */
export async function withRemarks(
  remarks: readonly string[],
  step: () => Promise<Outcome>,
): Promise<Outcome> {
  try {
    const outcome = await step();
    const plan = planOf(outcome);
    if (!plan) return outcome;
    const richer = { ...plan, remarks: [...remarks, ...(plan.remarks ?? [])] };
    return { ...outcome, answer: { ...outcome.answer, plan: richer } };
  } catch (thrown) {
    if (thrown instanceof ConfirmationRequired)
      throw questionWithRemarks(thrown, own => [...remarks, ...own]);
    throw thrown;
  }
}
