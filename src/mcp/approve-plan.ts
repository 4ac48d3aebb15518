/** The tools of the plan's page: `read_approval` reads the state of its question, `approve_plan` takes a person's answer. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { PersonAnswer } from '../call/authorize/confirmation.ts';
import type { AskedCall } from '../call/authorize/page-approval.ts';
import type { CallContext } from '../call/call-operation.ts';
import { ServerError } from '../errors.ts';
import type { PlanQuestions } from '../tools/approve-plan/questions.ts';
import { toFailure, toResult } from './results.ts';

/** What the tools of the page need from the server. */
export interface PlanPageCalls {
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
  { questions, check, call }: PlanPageCalls,
  context: CallContext,
): Promise<CallToolResult> {
  const { readAnswer } = await import('../tools/approve-plan/index.ts');
  const { tool, arguments: toolArgs, approval: token, decision, name: typed } = readAnswer(args);
  refuseToken(toolArgs);
  const asked = { tool, arguments: toolArgs };
  if (decision === 'approve') return call(asked, { method: 'page', token, asked, action: 'accept', typed });
  check(asked);
  await questions.close({ caller: context.caller ?? 'unknown', asked, token }, context);
  return toFailure(new ServerError('confirmation_declined'), context.serverRequestId);
}

const stateTexts: Readonly<Record<string, string>> = {
  open: 'The question is open: a person can answer it on the page.',
  expired: 'The time to answer the question has passed. Nothing was sent to AWS.',
};

/** Runs `read_approval`. @throws ServerError invalid_arguments, confirmation_invalid */
export async function readApproval(
  args: unknown,
  { questions, check }: Pick<PlanPageCalls, 'questions' | 'check'>,
  context: CallContext,
): Promise<CallToolResult> {
  const { readQuestion } = await import('../tools/approve-plan/index.ts');
  const { tool, arguments: toolArgs, approval: token } = readQuestion(args);
  const asked = { tool, arguments: toolArgs };
  check(asked);
  const state = await questions.read({ caller: context.caller ?? 'unknown', asked, token }, context);
  const text = stateTexts[state.state] ?? `The question was answered before: ${state.state}.`;
  return toResult({ answer: { ...state }, text, isTextWhole: true, notes: [] });
}
