/** How a call stands that a person does not watch, for the navigation: in a few words, and no word more than is known. */
import type { ErrorCode } from '../src/errors.ts';
import { answerIn, approvalOf, type Planned } from './answers.ts';
import type { ToolResult } from './host.ts';
import { PlanScreen } from './screens/plan.ts';
import { HEADS, isUnknown } from './screens/plan-stands.ts';
import type { Visit } from './visits.ts';

/** Failures of a call that was refused as it stands, so that it can be changed and sent again. */
const REFUSALS: ReadonlySet<unknown> = new Set<ErrorCode>([
  'invalid_arguments',
  'not_found',
  'policy_denied',
]);

export const UNKNOWN_END = 'unknown whether it was done';
export const NOT_DONE = 'was not done';

export const isRefused = (result: ToolResult): boolean => REFUSALS.has(answerIn<Planned>(result).error?.code);

/** How a call failed; undefined for one that did not, and for a question. */
export function refusalOf(result: ToolResult): string | undefined {
  if (!result.isError || approvalOf(result)) return undefined;
  const { code } = answerIn<Planned>(result).error ?? {};
  if (code === 'job_failed') return 'failed';
  return isRefused(result) ? 'was refused' : isUnknown(result) ? UNKNOWN_END : NOT_DONE;
}

/** Heads of a plan by which nothing was sent, or nobody knows. */
const PLAN_ENDS: Readonly<Record<string, string>> = {
  [HEADS.asked]: 'its plan waits for you',
  [HEADS.kept]: 'kept, nothing was sent',
  [HEADS.expired]: 'the time to answer is over, nothing was sent',
  [HEADS.replaced]: 'was asked about anew',
  [HEADS.closed]: 'its question is over',
  [HEADS.lost]: UNKNOWN_END,
};

/** How it ended, as far as the page knows. */
export function endOf({ screen, refusal }: Visit): string {
  const { subtitle } = screen instanceof PlanScreen ? screen.look() : {};
  return refusal ?? PLAN_ENDS[String(subtitle)] ?? 'has ended';
}

/** How it stands. What waits for the answer to a deletion on this page waits for its plan. */
export function standOf({ end, isAsking, place }: Visit): string {
  const isPlan = isAsking && place.call?.tool === 'decommission_environment';
  return end ?? (isPlan ? 'its plan is being made' : 'goes on');
}
