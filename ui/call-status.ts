/** The status of calls in the background, in the few words that the navigation shows. They claim only what is known. */
import type { ErrorCode } from '../src/errors.ts';
import { answerIn, approvalOf, type Planned } from './answers.ts';
import type { ToolResult } from './host.ts';
import { PlanScreen } from './screens/plan.ts';
import { isUnknown, SUBTITLES } from './screens/plan-status.ts';
import type { Visit } from './visits.ts';

/** Failures of a call that did nothing, so that it can be corrected and sent again. */
const REFUSALS: ReadonlySet<unknown> = new Set<ErrorCode>([
  'invalid_arguments',
  'not_found',
  'policy_denied',
]);

export const UNKNOWN_END = 'unknown whether it was done';
export const NOT_DONE = 'was not done';

export const isRefused = (result: ToolResult): boolean => REFUSALS.has(answerIn<Planned>(result).error?.code);

/** How a call failed; undefined for a success and for a question. */
export function refusalOf(result: ToolResult): string | undefined {
  if (!result.isError || approvalOf(result)) return undefined;
  const { code } = answerIn<Planned>(result).error ?? {};
  if (code === 'job_failed') return 'failed';
  return isRefused(result) ? 'was refused' : isUnknown(result) ? UNKNOWN_END : NOT_DONE;
}

/** What the navigation says of a plan with one of these subtitles: nothing was sent, or it is unknown. */
const PLAN_ENDS: Readonly<Record<string, string>> = {
  [SUBTITLES.asked]: 'its plan waits for you',
  [SUBTITLES.kept]: 'kept, nothing was sent',
  [SUBTITLES.expired]: 'the time to answer has passed, nothing was sent',
  [SUBTITLES.replaced]: 'was asked about anew',
  [SUBTITLES.closed]: 'its question is over',
  [SUBTITLES.lost]: UNKNOWN_END,
};

/** How the call of a visit ended, as far as the page knows. */
export function endText({ screen, refusal }: Visit): string {
  const { subtitle } = screen instanceof PlanScreen ? screen.render() : {};
  return refusal ?? PLAN_ENDS[String(subtitle)] ?? 'has ended';
}

/** The status of a visit's call. A deletion on this page always waits for its plan first. */
export function statusText({ end, isAsking, place }: Visit): string {
  const isPlan = isAsking && place.call?.tool === 'decommission_environment';
  return end ?? (isPlan ? 'its plan is being made' : 'goes on');
}
