/**
 * The token of a plan's page. It has two parts: one for the call as it was asked about, which is checked before anything of
 * the call runs, and one for the plan, which is checked once the plan was read again.
 */
import { digestOf } from '../../secrets/digest.ts';
import type { TokenSealer } from './confirmation-token.ts';

/** A call as the client made it. */
export interface AskedCall {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

const BETWEEN = '.';

const bindingOf = (caller: string, { tool, arguments: args }: AskedCall) =>
  digestOf({ caller, tool, arguments: args });

/** @param forPlan the token for the plan */
export const sealForPage = (sealer: TokenSealer, caller: string, asked: AskedCall, forPlan: string): string =>
  `${sealer.seal('page', bindingOf(caller, asked))}${BETWEEN}${forPlan}`;

/** The token for the plan; undefined where the token is of another call, forged or too old. */
export function openForPage(
  sealer: TokenSealer,
  caller: string,
  asked: AskedCall,
  token: string,
): string | undefined {
  const [forCall = '', forPlan] = token.split(BETWEEN);
  const opened = sealer.open(forCall, 'page', bindingOf(caller, asked));
  return opened && !opened.isExpired ? forPlan : undefined;
}
