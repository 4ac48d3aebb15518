/** The tools of the plan's page: how its question stands, and the answer that a person gives there. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { PersonAnswer } from '../call/authorize/confirmation.ts';
import type { AskedCall } from '../call/authorize/page-approval.ts';
import type { CallContext } from '../call/dispatch.ts';
import { ServerError } from '../errors.ts';
import type { PlanQuestions } from '../tools/approve-plan/questions.ts';
import { toFailure, toResult } from './results.ts';

/** What an answer on the page does. */
export interface PlanAnswers {
  readonly questions: PlanQuestions;
  /** Refuses a call of a tool that is not served. @throws ServerError, ProtocolError */
  check(asked: AskedCall): void;
  /** Calls the tool. @throws ServerError */
  call(asked: AskedCall, answer: PersonAnswer): Promise<CallToolResult>;
}

function refuseToken(args: AskedCall['arguments']): void {
  if ('confirmationToken' in args)
    throw new ServerError('invalid_arguments', {
      message: 'arguments: the call of the question has no confirmationToken. Nothing was sent to AWS.',
      hint: 'The page sends the arguments as the question has them.',
    });
}

/** Runs `approve_plan`. @throws ServerError invalid_arguments, and what the answer throws */
export async function approvePlan(
  args: unknown,
  { questions, check, call }: PlanAnswers,
  context: CallContext,
): Promise<CallToolResult> {
  const { readAnswer } = await import('../tools/approve-plan/index.ts');
  const { tool, arguments: given, approval: token, decision, name: typed } = readAnswer(args);
  refuseToken(given);
  const asked = { tool, arguments: given };
  if (decision === 'approve') return call(asked, { method: 'page', token, asked, action: 'accept', typed });
  check(asked);
  await questions.keep({ caller: context.caller ?? 'unknown', asked, token }, context);
  return toFailure(new ServerError('confirmation_declined'), context.serverRequestId);
}

const LEFT: Readonly<Record<string, string>> = {
  open: 'The question is open: a person can answer it on the page.',
  expired: 'The time to answer the question is over. Nothing was sent to AWS.',
};

/** Runs `read_approval`. @throws ServerError invalid_arguments, confirmation_invalid */
export async function readApproval(
  args: unknown,
  { questions, check }: Pick<PlanAnswers, 'questions' | 'check'>,
  context: CallContext,
): Promise<CallToolResult> {
  const { readQuestion } = await import('../tools/approve-plan/index.ts');
  const { tool, arguments: given, approval: token } = readQuestion(args);
  const asked = { tool, arguments: given };
  check(asked);
  const state = await questions.read({ caller: context.caller ?? 'unknown', asked, token }, context);
  const text = LEFT[state.state] ?? `The question was answered before: ${state.state}.`;
  return toResult({ answer: { ...state }, text, isTextWhole: true, notes: [] });
}
