/** What an answer to the page's decision means: done, refused, unknown, changed or closed are different things. */
import { type Approval, answerIn, approvalOf, textIn } from '../answers.ts';
import type { ToolResult } from '../host.ts';
import { failure } from '../parts.ts';
import { type ApprovalAnswer, codeIn, type Stand, standOf } from './plan-stands.ts';

export type Decision = 'approve' | 'keep';

/** What is to be shown. */
export type Judgement =
  /** The call was made, and this is its answer. */
  | { readonly is: 'answered'; readonly result: ToolResult }
  /** Nothing was sent, and the question is open as before. */
  | { readonly is: 'refused'; readonly why: () => Node; readonly text?: string }
  /** There is another question. */
  | { readonly is: 'asked'; readonly again: Approval; readonly result: ToolResult }
  /** The question is over. */
  | { readonly is: 'closed'; readonly stand: Stand }
  /** Nobody knows whether it was sent. */
  | { readonly is: 'lost'; readonly words: string };

/** Asks the server how the question stands; undefined where it does not say. */
type Read = () => Promise<ApprovalAnswer | undefined>;

const NOT_SENT = 'Nothing was sent. You can decide again.';

function refusedBy(result: ToolResult): Judgement {
  const why = () => failure(answerIn(result), textIn(result));
  return { is: 'refused', why, text: textIn(result) };
}

export async function judgeAnswer(decision: Decision, result: ToolResult, read: Read): Promise<Judgement> {
  const again = approvalOf(result);
  if (again) return { is: 'asked', again, result };
  const code = codeIn(result);
  if (decision === 'keep' && code === 'confirmation_declined') return { is: 'closed', stand: 'kept' };
  if (decision === 'approve' && !result.isError) return { is: 'answered', result };
  const { state } = (await read()) ?? {};
  if (state === 'open' || (state === undefined && decision === 'keep')) return refusedBy(result);
  if (state === undefined || (state === 'approved' && decision === 'approve' && code !== 'confirmation_used'))
    return { is: 'answered', result };
  return { is: 'closed', stand: standOf(state) };
}

/** @param isAlone whether no host is between the page and its server, which could refuse the call by itself */
export async function judgeFailure(
  decision: Decision,
  thrown: unknown,
  isAlone: boolean,
  read: Read,
): Promise<Judgement> {
  const isRefusal = (thrown as { isRefusal?: unknown } | null)?.isRefusal === true;
  // What a lost answer may mean for a write is not true of a decision to keep.
  const isKept = decision === 'keep' && !isRefusal && isAlone;
  const words = isKept ? 'No answer came.' : thrown instanceof Error ? thrown.message : String(thrown);
  const refused: Judgement = { is: 'refused', why: () => failure({}, words, NOT_SENT) };
  if (isRefusal) return refused;
  const { state } = (await read()) ?? {};
  if (state === 'kept' || state === 'replaced' || state === 'expired')
    return { is: 'closed', stand: standOf(state) };
  // A decision to keep sends nothing, whatever became of it. An approval may still be on its way where no host refused it.
  const isOpen = decision === 'keep' ? state !== 'approved' : state === 'open' && !isAlone;
  if (isOpen) return refused;
  return decision === 'keep' ? { is: 'closed', stand: 'approved' } : { is: 'lost', words };
}
