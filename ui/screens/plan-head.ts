/** The line below a plan's title: how far it is. */
import { answerIn, type Decommission } from '../answers.ts';
import type { ToolResult } from '../host.ts';
import { nameText } from '../text.ts';
import type { JobAnswer } from './job.ts';
import { HEADS, isUnknown, type Stand, wasGone } from './plan-stands.ts';

export interface PlanState {
  readonly stand: Stand;
  readonly answered: ToolResult | undefined;
  /** Whether the answer is of a check after the job's end. */
  readonly isLater: boolean;
  /** Whether a job goes on. */
  readonly isOpen: boolean;
  /** How the first job ended. */
  readonly end: Partial<JobAnswer> | undefined;
}

export function planHead({ stand, answered, isLater, isOpen, end }: PlanState): string {
  const ended = end && `Approved: ${nameText(end.job?.state ?? 'ended')}`;
  // A job that was seen says more than the answer that was lost.
  if (stand === 'lost') return isOpen ? 'Approved: AWS works on it' : (ended ?? HEADS.lost);
  if (stand !== 'answered' || !answered) return HEADS[stand];
  if (isOpen) return 'Approved: AWS works on it';
  if (isUnknown(answered) && !end) return 'Whether it was done is unknown';
  const answer = answerIn<Decommission>(answered);
  if (!isLater && wasGone(answer)) return 'It was gone already: nothing was sent';
  if (answer.verdict !== undefined) return `Approved: ${nameText(answer.verdict)}`;
  return ended ?? (answered.isError ? 'The call failed' : HEADS.answered);
}
