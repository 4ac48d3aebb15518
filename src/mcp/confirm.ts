/**
 * Puts a confirmation before a person, in both protocol eras: as a form where the client can show one, else
 * as a plan with a token that the agent shows and sends back. And reads what comes back from the form.
 */
import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { RegisteredError } from '../errors.ts';
import type { ConfirmationRequired, FormAnswer } from '../execute/confirmation.ts';
import type { Plan } from '../execute/plan.ts';
import { toFailure } from './results.ts';

const QUESTION = 'confirmation';

/** Whether the client of this request can show a form to a person. */
function canAsk({ server }: McpServer, ctx: ServerContext): boolean {
  const { envelope } = ctx.mcpReq;
  const capabilities = envelope
    ? (envelope as Record<string, unknown>)[CLIENT_CAPABILITIES_META_KEY]
    : server.getClientCapabilities();
  const elicitation = (capabilities as { elicitation?: object } | undefined)?.elicitation;
  // A bare `elicitation: {}` means forms, as it did before there were modes.
  return elicitation !== undefined && (Object.keys(elicitation).length === 0 || 'form' in elicitation);
}

/** A plan as a person reads it. */
export function planText(plan: Plan): string {
  const { account, arn, region, target, request, confirmation, stays = [], remarks = [] } = plan;
  const where = `account ${account}, region ${region}${target ? `, target ${target}` : ''}${arn ? ` (${arn})` : ''}`;
  const goes = Object.entries(confirmation?.goes ?? {}).flatMap(([environment, resources]) => [
    `Environment ${environment}:`,
    ...resources.map(({ resource, service, holds, note, imported }) => {
      const what = holds.length > 0 ? `: ${holds.join(', ')}` : '';
      return `- ${resource} (${service})${what}${note === undefined ? '' : `; ${note}`}${imported ? ' — imported, stays' : ''}`;
    }),
  ]);
  return [
    `${request.operation} in ${where}`,
    ...(goes.length > 0 ? ['This goes, with its data:', ...goes] : []),
    ...(stays.length > 0 ? ['This stays:', ...stays.map(what => `- ${what}`)] : []),
    ...remarks,
  ].join('\n');
}

/** The answer to a question that an earlier round of this call asked; undefined on a first round. */
export function readForm(ctx: ServerContext): FormAnswer | undefined {
  const token = ctx.mcpReq.requestState();
  if (typeof token !== 'string') return undefined;
  const answer = inputResponse(ctx.mcpReq.inputResponses, QUESTION);
  if (answer.kind !== 'elicit') return { token, action: 'cancel' };
  const typed = answer.content?.name;
  return { token, action: answer.action, typed: typeof typed === 'string' ? typed : undefined };
}

/** Asks: with a form where the client can show one, else with the plan and a token. */
export async function askToConfirm(
  required: ConfirmationRequired,
  server: McpServer,
  ctx: ServerContext,
): Promise<CallToolResult | InputRequiredResult> {
  const { plan, tokenFor } = required;
  const name = plan.confirmation?.type ?? '';
  if (canAsk(server, ctx)) {
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
  return showPlan(required);
}

/** The plan, and the token that the agent sends back once a person has agreed to it. */
async function showPlan(required: ConfirmationRequired): Promise<CallToolResult> {
  const { plan, tokenFor } = required;
  const confirmationToken = await tokenFor('token');
  const text = `${required.message}\n${planText(plan)}\nNext: ${required.hint}\nconfirmationToken: ${confirmationToken}`;
  return {
    ...toFailure(required),
    content: [{ type: 'text', text }],
    structuredContent: { error: required.facts(), plan, confirmationToken },
  };
}

/** By its code, not its class: what throws it is loaded only by the first call. */
export function asksForConfirmation(thrown: unknown): thrown is ConfirmationRequired {
  return thrown instanceof RegisteredError && thrown.code === 'confirmation_required';
}

/** The result of a call that failed, where nobody can be asked any more: with the plan, if one is to be confirmed. */
export async function failureResult(thrown: unknown): Promise<CallToolResult> {
  return asksForConfirmation(thrown) ? showPlan(thrown) : toFailure(thrown);
}
