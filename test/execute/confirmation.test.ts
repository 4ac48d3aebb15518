/**
 * Confirmations by themselves: a token opens its own door, once, for ten minutes; anything else that is shown
 * opens nothing. The clock is the test's.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RegisteredError } from '../../src/errors.ts';
import { type Bond, ConfirmationRequired, createConfirmations } from '../../src/execute/confirmation.ts';

const bond: Bond = {
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

function setUp() {
  let now = 0;
  const confirmations = createConfirmations(undefined, () => now);
  const codeOf = async (asked: Bond, token?: string, typed?: string) => {
    const form = typed === undefined ? undefined : { token: token ?? '', action: 'accept' as const, typed };
    try {
      await confirmations.check(asked, form, form ? undefined : token);
      return 'passed';
    } catch (thrown) {
      if (thrown instanceof RegisteredError) return thrown.code;
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
  return { ask, codeOf, pass };
}

describe('a token', () => {
  it('opens its own door, once', async () => {
    const { ask, codeOf } = setUp();
    const token = await ask('token');
    expect(await codeOf(bond, token)).toBe('passed');
    expect(await codeOf(bond, token)).toBe('confirmation_invalid');
  });

  it('is used up however it is spelled', async () => {
    const { ask, codeOf } = setUp();
    const token = await ask('token');
    // The last character carries four bits that mean nothing: these two spell the same token.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(token.at(-1) ?? '');
    const respelled = token.slice(0, -1) + alphabet[last ^ 1];
    expect(isOther(token, respelled)).toBe(false);
    expect(await codeOf(bond, token)).toBe('passed');
    expect(await codeOf(bond, respelled)).toBe('confirmation_invalid');
  });

  it('lives for ten minutes', async () => {
    const { ask, codeOf, pass } = setUp();
    const early = await ask('token');
    pass(9 * 60_000);
    expect(await codeOf(bond, early)).toBe('passed');
    const late = await ask('token');
    pass(10 * 60_000);
    expect(await codeOf(bond, late)).toBe('confirmation_invalid');
  });

  it('that waits for a typed name is no approval by itself, nor the other way round', async () => {
    const { ask, codeOf } = setUp();
    expect(await codeOf(bond, await ask('typed'))).toBe('confirmation_invalid');
    expect(await codeOf(bond, await ask('token'), 'dev')).toBe('confirmation_invalid');
    expect(await codeOf(bond, await ask('typed'), 'prod')).toBe('confirmation_mismatch');
    expect(await codeOf(bond, await ask('typed'), ' dev ')).toBe('passed');
  });

  it.each<[string, Bond]>([
    ['tool', { ...bond, tool: 'delete_backend_auth' }],
    ['arguments', { ...bond, args: { ...bond.args, backendEnvironmentName: 'prod' } }],
    ['caller', { ...bond, caller: 'somebody else' }],
    ['account', { ...bond, plan: { ...bond.plan, account: '210987654321' } }],
    ['region', { ...bond, plan: { ...bond.plan, region: 'eu-west-1' } }],
    [
      'inventory',
      { ...bond, plan: { ...bond.plan, confirmation: { type: 'dev', goes: { dev: [], qa: [] } } } },
    ],
  ])('opens nothing under another %s', async (_, other) => {
    const { ask, codeOf } = setUp();
    const token = await ask('token');
    expect(await codeOf(other, token)).toBe('confirmation_invalid');
    expect(await codeOf(bond, token)).toBe('passed');
  });

  it('of another process opens nothing', async () => {
    const token = await setUp().ask('token');
    expect(await setUp().codeOf(bond, token)).toBe('confirmation_invalid');
  });

  it('cannot be guessed or bent: whatever else is shown opens nothing', async () => {
    const { ask, codeOf } = setUp();
    const token = await ask('token');
    const bent = fc
      .tuple(fc.nat(token.length - 1), fc.constantFrom(...'ABCDabcd0123-_.'))
      .map(([at, character]) => token.slice(0, at) + character + token.slice(at + 1))
      .filter(text => text !== token && isOther(token, text));
    await fc.assert(
      fc.asyncProperty(fc.oneof(bent, fc.string(), fc.constant(`${token}.x`)), async shown => {
        expect(await codeOf(bond, shown)).toBe('confirmation_invalid');
      }),
    );
    expect(await codeOf(bond, token)).toBe('passed');
  });
});

/** Whether two tokens differ in what they decode to: the last character of a part carries unused bits. */
function isOther(token: string, text: string): boolean {
  const bytes = (value: string) =>
    value.split('.').map(part => Buffer.from(part, 'base64url').toString('hex'));
  return JSON.stringify(bytes(token)) !== JSON.stringify(bytes(text));
}

describe('a form', () => {
  it.each([
    ['decline', 'confirmation_declined'],
    ['cancel', 'confirmation_cancelled'],
  ] as const)('that ends in %s says so', async (action, code) => {
    const token = await setUp().ask('typed');
    await expect(createConfirmations().check(bond, { token, action }, undefined)).rejects.toMatchObject({
      code,
    });
  });
});
