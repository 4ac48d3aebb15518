/**
 * Asks a person for a confirmation, in both protocol eras: with a form if the client can show one, else on the plan's page
 * if it shows pages, else with a plan and a token that the agent sends back once a person has agreed. Also reads the answer
 * of the form.
 */
import {
  type CallToolResult,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { AutomaticAnswer, ConfirmationRequired, PersonAnswer } from '../call/authorize/confirmation.ts';
import type { AskedCall } from '../call/authorize/page-approval.ts';
import { ServerError } from '../errors.ts';
import { quoteName } from '../lib/quote.ts';
import { clientCapabilitiesOf } from './origin.ts';
import { askOnPage, NOTHING_SENT, questionFacts } from './page-question.ts';
import { planText } from './plan-text.ts';
import { failureText, toFailure } from './results.ts';

const QUESTION = 'confirmation';

/** Whether the client of this request can show a form to a person. */
function canShowForm({ server }: McpServer, ctx: ServerContext): boolean {
  const elicitation = (clientCapabilitiesOf(server, ctx) as { elicitation?: object } | undefined)
    ?.elicitation;
  // A bare `elicitation: {}` means forms, as in protocol versions before elicitation had modes.
  return elicitation !== undefined && (Object.keys(elicitation).length === 0 || 'form' in elicitation);
}

/** The answer to a question that an earlier round of this call asked; undefined on a first round. */
export function readForm(ctx: ServerContext): PersonAnswer | undefined {
  const token = ctx.mcpReq.requestState();
  if (typeof token !== 'string') return undefined;
  const arrivedAt = performance.now();
  const answer = inputResponse(ctx.mcpReq.inputResponses, QUESTION);
  if (answer.kind !== 'elicit') return { method: 'typed', token, action: 'cancel', arrivedAt };
  const { action, content } = answer;
  const typed = typeof content?.name === 'string' ? content.name : undefined;
  return { method: 'typed', token, action, typed, arrivedAt };
}

/**
 * Asks with a form if the policy accepts one and the client can show it, else on the page or with a token, whichever the
 * methods have. @param call what the client called
 */
export async function askToConfirm(
  required: ConfirmationRequired,
  server: McpServer,
  ctx: ServerContext,
  call: AskedCall,
): Promise<CallToolResult | InputRequiredResult> {
  const { plan, tokenFor, answerOptions } = required;
  const name = quoteName(plan.confirmation?.type ?? '');
  const { methods, automaticAnswer } = answerOptions;
  if (!methods.includes('typed') || !canShowForm(server, ctx))
    return methods.includes('page')
      ? askOnPage(required, call, automaticAnswer && answeredText(automaticAnswer))
      : showPlan(required);
  return inputRequired({
    inputRequests: {
      [QUESTION]: inputRequired.elicit({
        message: `${planText(plan)}\nType ${name} to confirm.`,
        requestedSchema: {
          type: 'object',
          properties: { name: { type: 'string', title: `Type ${name} to confirm` } },
          required: ['name'],
        },
      }),
    },
    requestState: await tokenFor('typed'),
  });
}

const answeredText = ({ action, afterMs }: AutomaticAnswer) =>
  `Your client answered the question with ${action} by itself, within ${afterMs} ms: nobody was asked. `;

/** The failure if only a form is accepted, and the client cannot show one or answered it without a person. */
function confirmationUnavailable({ answerOptions: { automaticAnswer } }: ConfirmationRequired): ServerError {
  const failure = new ServerError('confirmation_unavailable');
  if (!automaticAnswer) return failure;
  return new ServerError(failure.code, { message: `${answeredText(automaticAnswer)}${failure.message}` });
}

/** The result of a tool that always asks: the plan is the answer, not a failure. */
function planAsAnswer(required: ConfirmationRequired, confirmationToken: string): CallToolResult {
  const { plan, hint } = required;
  const text = [
    NOTHING_SENT,
    planText(plan),
    `Next: ${hint}`,
    `confirmationToken: ${confirmationToken}`,
  ].join('\n');
  return {
    content: [{ type: 'text', text }],
    structuredContent: { summary: text, ...questionFacts(required, hint), plan, confirmationToken },
  };
}

/** The plan with a token that the agent sends back once a person has agreed to it, or the reason for its absence. */
async function showPlan(required: ConfirmationRequired): Promise<CallToolResult> {
  const { plan, tokenFor, answerOptions } = required;
  const { methods, automaticAnswer } = answerOptions;
  const takesToken = methods.includes('token');
  const failure = takesToken ? required : confirmationUnavailable(required);
  const prefix = takesToken && automaticAnswer ? answeredText(automaticAnswer) : '';
  const confirmationToken = takesToken ? await tokenFor('token') : undefined;
  if (answerOptions.isExpected && confirmationToken !== undefined && !automaticAnswer)
    return planAsAnswer(required, confirmationToken);
  const facts = failure.facts();
  const text = [
    `${prefix}${failure.message}`,
    planText(plan),
    `Next: ${failure.hint}`,
    ...(confirmationToken === undefined ? [] : [`confirmationToken: ${confirmationToken}`]),
  ].join('\n');
  return {
    isError: true,
    content: [{ type: 'text', text }],
    structuredContent: {
      summary: text,
      error: { ...facts, message: `${prefix}${facts.message}` },
      plan,
      ...(confirmationToken !== undefined && { confirmationToken }),
    },
  };
}

/** Checks the code instead of the class, because the class's module is loaded only by the first call. */
export function asksForConfirmation(thrown: unknown): thrown is ConfirmationRequired {
  return thrown instanceof ServerError && thrown.code === 'confirmation_required';
}

/** The result of a workflow that needs a confirmation by form while it runs without its caller. */
function confirmByNewCall({ plan }: ConfirmationRequired): CallToolResult {
  const failure = new ServerError('confirmation_required', {
    hint: 'Call the same tool again with the same arguments: it continues from what exists, and asks the person then.',
  });
  const text = `${failureText(failure)}\n${planText(plan)}`;
  return {
    isError: true,
    content: [{ type: 'text', text }],
    structuredContent: { summary: text, error: failure.facts(), plan },
  };
}

/** The result of a failed call whose caller has gone: with the plan, if a confirmation is missing. */
export async function failureResult(thrown: unknown): Promise<CallToolResult> {
  if (!asksForConfirmation(thrown)) return toFailure(thrown);
  if (!thrown.answerOptions.methods.includes('token')) return confirmByNewCall(thrown);
  return showPlan(thrown).catch(failure => toFailure(failure));
}
