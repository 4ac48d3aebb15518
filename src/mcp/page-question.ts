/**
 * The question to a person on the plan's page. The model sees the plan and learns who decides. The token that approves the
 * call is only in the result's `_meta`, which a host passes to the page and not to the model. The question is a successful
 * result, because hosts need not show a page for a failed one.
 */
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { ConfirmationRequired } from '../call/authorize/confirmation.ts';
import type { AskedCall } from '../call/authorize/page-approval.ts';
import { planText } from './plan-text.ts';

/** The member of a result's `_meta` that holds the question's data for the page. */
export const APPROVAL_META_KEY = 'amplify-backend-mcp/approval';

/** The data of a question, which the page sends back with `approve_plan`. */
export interface Approval extends AskedCall {
  /** The token, valid for one answer. */
  readonly approval: string;
  /** The name that the person types. */
  readonly type: string;
  /** Whether the plan took the place of one that was approved. */
  readonly hasChanged?: true;
  /** When the token ends, ISO 8601. */
  readonly expiresAt: string;
}

/** Comes before a plan that took the place of the one that was approved. */
export const CHANGED = 'What this would do has changed since the person approved it. ';

export const NOTHING_SENT = 'Nothing was sent to AWS yet. This is the plan:';

const HINT =
  'The person reads the plan on the page that their client shows beside this call, and approves or refuses it there. You cannot approve it: tell them to look at the page, and wait for what they say. If they see no page, the operator of this server can set confirmBy to token, or they can use a client that shows forms.';

/** What the answer of a tool that always asks has besides its plan: the facts that a refusal would have as well. */
export function questionFacts(required: ConfirmationRequired, nextStep: string) {
  const { app, environment, confirmation } = required.plan;
  return {
    ...(app && { appId: app.id }),
    ...(environment !== undefined && { environment }),
    confirmation: { isNeeded: true, type: confirmation?.type ?? '', nextStep },
    error: { ...required.facts(), hint: nextStep },
  };
}

/** The arguments without a token of an earlier question, which confirms nothing here. */
const withoutToken = ({ confirmationToken: _, ...args }: AskedCall['arguments']) => args;

/** @param remark comes before the plan */
export async function askOnPage(
  required: ConfirmationRequired,
  call: AskedCall,
  remark = '',
): Promise<CallToolResult> {
  const { plan, tokenFor, lifeMs, answerOptions } = required;
  const text = [`${remark}${NOTHING_SENT}`, planText(plan), `Next: ${HINT}`].join('\n');
  const expiresAt = new Date(Date.now() + lifeMs).toISOString();
  const asked = { tool: call.tool, arguments: withoutToken(call.arguments) };
  const approval: Approval = {
    ...asked,
    approval: await tokenFor('page', asked),
    type: plan.confirmation?.type ?? '',
    ...(answerOptions.hasChanged && { hasChanged: true as const }),
    expiresAt,
  };
  return {
    content: [{ type: 'text', text }],
    structuredContent: {
      summary: text,
      ...(answerOptions.isExpected
        ? questionFacts(required, HINT)
        : { error: { ...required.facts(), hint: HINT } }),
      plan,
    },
    _meta: { [APPROVAL_META_KEY]: approval },
  };
}
