/** One call to confirm, and confirmations on the test's own clock. */
import {
  ConfirmationRequired,
  type ConfirmedCall,
  createConfirmations,
  type FormAnswer,
  type SharedConfirmations,
} from '../../../src/call/authorize/confirmation.ts';
import { ServerError } from '../../../src/errors.ts';

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

/** Confirmations on a clock of their own. */
export function setUp(shared?: SharedConfirmations, confirmBy?: 'form-or-token' | 'form' | 'token') {
  let now = 0;
  const open = shared && (async () => shared);
  const confirmations = createConfirmations(open, () => now, confirmBy);
  const codeOf = async (asked: ConfirmedCall, token?: string, typed?: string) => {
    const form = typed === undefined ? undefined : { token: token ?? '', action: 'accept' as const, typed };
    try {
      await confirmations.check(asked, form, form ? undefined : token);
      return 'passed';
    } catch (thrown) {
      if (thrown instanceof ServerError) return thrown.code;
      throw thrown;
    }
  };
  const ask = async (way: 'typed' | 'token', asked = bond) => {
    const thrown = await confirmations.check(asked, undefined, undefined).catch((error: unknown) => error);
    if (!(thrown instanceof ConfirmationRequired)) throw new Error('it did not ask');
    return thrown.tokenFor(way);
  };
  const pass = (ms: number) => {
    now += ms;
  };
  const check = (form: FormAnswer | undefined, asked = bond) => confirmations.check(asked, form, undefined);
  return { ask, codeOf, check, pass };
}
