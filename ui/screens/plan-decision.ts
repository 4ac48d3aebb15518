/** Interprets the answer to a person's decision: whether the call was made, refused or lost, or the question changed or closed. */
import { type Approval, answerIn, approvalOf, textIn } from '../answers.ts';
import type { ToolResult } from '../host.ts';
import { failure } from '../parts.ts';
import { type ApprovalAnswer, codeIn, type QuestionStatus, statusOf } from './plan-status.ts';

export type Decision = 'approve' | 'keep';

/** What became of a decision. */
export type DecisionResult =
  /** The call was made, and this is its answer. */
  | { readonly is: 'answered'; readonly result: ToolResult }
  /** Nothing was sent, and the question is open as before. */
  | { readonly is: 'refused'; readonly why: () => Node; readonly text?: string }
  /** The server asks another question. */
  | { readonly is: 'asked'; readonly again: Approval; readonly result: ToolResult }
  /** The question can no longer be answered. */
  | { readonly is: 'closed'; readonly status: QuestionStatus }
  /** Nobody knows whether it was sent. */
  | { readonly is: 'lost'; readonly words: string };

/** Reads the state of the question from the server; undefined if it does not say. */
type Read = () => Promise<ApprovalAnswer | undefined>;

const NOT_SENT = 'Nothing was sent. You can decide again.';

function refusedBy(result: ToolResult): DecisionResult {
  const why = () => failure(answerIn(result), textIn(result));
  return { is: 'refused', why, text: textIn(result) };
}

export async function interpretAnswer(
  decision: Decision,
  result: ToolResult,
  read: Read,
): Promise<DecisionResult> {
  const again = approvalOf(result);
  if (again) return { is: 'asked', again, result };
  const code = codeIn(result);
  if (decision === 'keep' && code === 'confirmation_declined') return { is: 'closed', status: 'kept' };
  if (decision === 'approve' && !result.isError) return { is: 'answered', result };
  const { state } = (await read()) ?? {};
  if (state === 'open' || (state === undefined && decision === 'keep')) return refusedBy(result);
  if (state === undefined || (state === 'approved' && decision === 'approve' && code !== 'confirmation_used'))
    return { is: 'answered', result };
  return { is: 'closed', status: statusOf(state) };
}

/** @param isAlone whether no host is between the page and its server, which could refuse the call by itself */
export async function interpretFailure(
  decision: Decision,
  thrown: unknown,
  isAlone: boolean,
  read: Read,
): Promise<DecisionResult> {
  const isRefusal = (thrown as { isRefusal?: unknown } | null)?.isRefusal === true;
  // Nothing was to be sent, so the message about a lost write would be wrong here.
  const isKept = decision === 'keep' && !isRefusal && isAlone;
  const words = isKept ? 'No answer came.' : thrown instanceof Error ? thrown.message : String(thrown);
  const refused: DecisionResult = { is: 'refused', why: () => failure({}, words, NOT_SENT) };
  if (isRefusal) return refused;
  const { state } = (await read()) ?? {};
  if (state === 'kept' || state === 'replaced' || state === 'expired')
    return { is: 'closed', status: statusOf(state) };
  // A decision to keep sends nothing in any case. An approval may still be on its way, unless a host could refuse it.
  const isOpen = decision === 'keep' ? state !== 'approved' : state === 'open' && !isAlone;
  if (isOpen) return refused;
  return decision === 'keep' ? { is: 'closed', status: 'approved' } : { is: 'lost', words };
}
