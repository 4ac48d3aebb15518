/** `approve_plan`: calls the tool of a question with the answer that a person gave on the plan's page. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { PersonAnswer } from '../call/authorize/confirmation.ts';
import type { AskedCall } from '../call/authorize/page-approval.ts';
import { ServerError } from '../errors.ts';

/**
 * @param call calls the tool
 * @throws ServerError invalid_arguments, and what the call throws
 */
export async function approvePlan(
  args: unknown,
  call: (asked: AskedCall, answer: PersonAnswer) => Promise<CallToolResult>,
): Promise<CallToolResult> {
  const { readApproval } = await import('../tools/approve-plan/index.ts');
  const { tool, arguments: given, approval: token, decision, name: typed } = readApproval(args);
  if ('confirmationToken' in given)
    throw new ServerError('invalid_arguments', {
      message: 'arguments: the call of the question has no confirmationToken. Nothing was sent to AWS.',
      hint: 'The page sends the arguments as the question has them.',
    });
  const action = decision === 'approve' ? 'accept' : 'decline';
  const asked = { tool, arguments: given };
  return call(asked, { method: 'page', token, asked, action, typed });
}
