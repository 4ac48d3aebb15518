/** One call to confirm, and confirmations on the test's own clock. */
import {
  ConfirmationRequired,
  type ConfirmedCall,
  createConfirmations,
  type FormAnswer,
  type PageAnswer,
} from '../../../src/call/authorize/confirmation.ts';
import type { SharedConfirmations, Use } from '../../../src/call/authorize/confirmation-store.ts';
import type { ConfirmationMethod } from '../../../src/call/authorize/confirmation-token.ts';
import { ServerError } from '../../../src/errors.ts';
import type { ConfirmBy } from '../../../src/policy/decide.ts';

export const bond: ConfirmedCall = {
  tool: 'delete_backend',
  args: { appId: 'd1abc', backendEnvironmentName: 'dev' },
  caller: 'stdio',
  plan: {
    account: '123456789012',
    region: 'us-east-1',
    request: { operation: 'DeleteBackend', method: 'POST', path: '/', body: {} },
    policy: 'allowed after a person has confirmed it',
    confirmation: { type: 'dev', goes: { dev: [] } },
  },
};

/** Uses of tokens that several processes share. */
export function sharedUses(): Pick<SharedConfirmations, 'claim' | 'findUse'> {
  const used = new Map<string, Use>();
  return {
    async claim(name, _lifeMs, use = 'approved') {
      if (used.has(name)) return false;
      used.set(name, use);
      return true;
    },
    findUse: async name => used.get(name),
  };
}

/** Confirmations on a clock of their own. */
export function setUp(shared?: SharedConfirmations, confirmBy?: ConfirmBy) {
  let now = 0;
  const open = shared && (async () => shared);
  const confirmations = createConfirmations(open, () => now, confirmBy);
  const codeOf = async (
    asked: ConfirmedCall,
    token?: string,
    typed?: string,
    way: 'typed' | 'page' = 'typed',
  ) => {
    const accepted = { method: way, token: token ?? '', action: 'accept' as const, typed };
    const answer = typed === undefined ? undefined : accepted;
    try {
      await confirmations.check(asked, answer ? { answer } : { token });
      return 'passed';
    } catch (thrown) {
      if (thrown instanceof ServerError) return thrown.code;
      throw thrown;
    }
  };
  const ask = async (way: ConfirmationMethod, asked = bond) => {
    const thrown = await confirmations.check(asked, {}).catch((error: unknown) => error);
    if (!(thrown instanceof ConfirmationRequired)) throw new Error('it did not ask');
    return thrown.tokenFor(way);
  };
  const pass = (ms: number) => {
    now += ms;
  };
  const check = (given: Omit<FormAnswer, 'method'> | PageAnswer | undefined, asked = bond) =>
    confirmations.check(asked, given ? { answer: { method: 'typed', ...given } } : {});
  return { ask, codeOf, check, pass, approvals: confirmations.approvals };
}
