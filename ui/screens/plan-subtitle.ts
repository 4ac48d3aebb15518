/** The line below a plan's title: the status of its question or its call. */
import { answerIn, type Decommission } from '../answers.ts';
import type { ToolResult } from '../host.ts';
import { nameText } from '../text.ts';
import type { JobAnswer } from './job.ts';
import { foundNothingToDelete, isUnknown, type QuestionStatus, SUBTITLES } from './plan-status.ts';

export interface PlanState {
  readonly status: QuestionStatus;
  readonly answered: ToolResult | undefined;
  /** Whether `answered` is the answer of the check after the job. */
  readonly isRecheck: boolean;
  /** Whether a job is still running. */
  readonly isOpen: boolean;
  /** How the first job ended. */
  readonly end: Partial<JobAnswer> | undefined;
}

export function planSubtitle({ status, answered, isRecheck, isOpen, end }: PlanState): string {
  const ended = end && `Approved: ${nameText(end.job?.state ?? 'ended')}`;
  // The answer was lost, but a job that was seen shows that the call was sent.
  if (status === 'lost') return isOpen ? 'Approved: AWS works on it' : (ended ?? SUBTITLES.lost);
  if (status !== 'answered' || !answered) return SUBTITLES[status];
  if (isOpen) return 'Approved: AWS works on it';
  if (isUnknown(answered) && !end) return 'Whether it was done is unknown';
  const answer = answerIn<Decommission>(answered);
  if (!isRecheck && foundNothingToDelete(answer)) return 'It was already gone: nothing was sent';
  if (answer.verdict !== undefined) return `Approved: ${nameText(answer.verdict)}`;
  return ended ?? (answered.isError ? 'The call failed' : SUBTITLES.answered);
}
