/** `approve_plan`: calls the tool of a question with the answer that a person gave on the plan's page. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { PersonAnswer } from '../call/authorize/confirmation.ts';
import type { AskedCall } from '../call/authorize/page-approval.ts';

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
  const action = decision === 'approve' ? 'accept' : 'decline';
  const asked = { tool, arguments: given };
  return call(asked, { method: 'page', token, asked, action, typed });
}
