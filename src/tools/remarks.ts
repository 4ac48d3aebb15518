/** What a workflow adds to the plan of the step that asks or that is only planned, before a person sees it. */
import { ConfirmationRequired } from '../call/authorize/confirmation.ts';
import type { Plan } from '../call/authorize/plan.ts';
import type { Outcome } from '../call/dispatch.ts';

/**
 * Runs the step.
 * @param remarks a sentence each, before those that the plan has itself
 * @throws as it does; a question with the remarks in its plan
 */
export async function withRemarks(
  remarks: readonly string[],
  step: () => Promise<Outcome>,
): Promise<Outcome> {
  const richer = (plan: Plan): Plan => ({
    ...plan,
    remarks: [...remarks, ...(plan.remarks ?? [])],
  });
  try {
    const outcome = await step();
    const { plan, ...answer } = outcome.answer;
    return plan ? { ...outcome, answer: { ...answer, plan: richer(plan as Plan) } } : outcome;
  } catch (thrown) {
    if (thrown instanceof ConfirmationRequired)
      throw new ConfirmationRequired(richer(thrown.plan), thrown.tokenFor, thrown.answerOptions);
    throw thrown;
  }
}
