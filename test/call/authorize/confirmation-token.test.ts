/** A confirmation's token is valid for one call, once, for ten minutes; other texts are refused. On the test's own clock. */
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  type ConfirmationRequired,
  type ConfirmedCall,
  createConfirmations,
} from '../../../src/call/authorize/confirmation.ts';
import { bond, setUp } from './confirmation-set-up.ts';

describe('a token', () => {
  it('confirms its own call, once', async () => {
    const { ask, codeOf } = setUp();
    const token = await ask('token');
    expect(await codeOf(bond, token)).toBe('passed');
    expect(await codeOf(bond, token)).toBe('confirmation_invalid');
  });

  it('is used up in every spelling', async () => {
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

  it('is valid for ten minutes', async () => {
    const { ask, codeOf, pass } = setUp();
    const early = await ask('token');
    pass(9 * 60_000);
    expect(await codeOf(bond, early)).toBe('passed');
    const late = await ask('token');
    pass(10 * 60_000);
    expect(await codeOf(bond, late)).toBe('confirmation_invalid');
  });

  it('of a form is not valid as an approval by token, nor the reverse', async () => {
    const { ask, codeOf } = setUp();
    expect(await codeOf(bond, await ask('typed'))).toBe('confirmation_invalid');
    expect(await codeOf(bond, await ask('token'), 'dev')).toBe('confirmation_invalid');
    expect(await codeOf(bond, await ask('typed'), 'prod')).toBe('confirmation_mismatch');
    expect(await codeOf(bond, await ask('typed'), ' dev ')).toBe('passed');
  });

  it.each<[string, ConfirmedCall]>([
    ['tool', { ...bond, tool: 'delete_backend_auth' }],
    ['arguments', { ...bond, args: { ...bond.args, backendEnvironmentName: 'prod' } }],
    ['caller', { ...bond, caller: 'somebody else' }],
    ['account', { ...bond, plan: { ...bond.plan, account: '210987654321' } }],
    ['region', { ...bond, plan: { ...bond.plan, region: 'eu-west-1' } }],
    [
      'inventory',
      { ...bond, plan: { ...bond.plan, confirmation: { type: 'dev', goes: { dev: [], qa: [] } } } },
    ],
  ])('is not valid for another %s', async (_, other) => {
    const { ask, codeOf } = setUp();
    const token = await ask('token');
    expect(await codeOf(other, token)).toBe('confirmation_invalid');
    expect(await codeOf(bond, token)).toBe('passed');
  });

  it("is bound to the state and the inventory, in any order of AWS's lists", async () => {
    const { ask, codeOf } = setUp();
    const listing = (order: <Item>(items: Item[]) => Item[], after = ['a', 'b']): ConfirmedCall => {
      const dev = order(['auth', 'api']).map(resource => ({
        ...{ resource, service: 'x', holds: order(['one', 'other']) },
      }));
      const before = order([{ mode: 'A', list: order([1, 2]) }, { mode: 'B' }]);
      const confirmation = { type: 'dev', goes: { dev }, notItemized: order(['qa', 'prod']) };
      return { ...bond, plan: { ...bond.plan, confirmation, changes: [{ path: 'p', before, after }] } };
    };
    const asListed = listing(items => items);
    const otherwise = listing(items => [...items].reverse());
    expect(await codeOf(otherwise, await ask('token', asListed))).toBe('passed');
    expect(
      await codeOf(
        listing(items => items.slice(1)),
        await ask('token', asListed),
      ),
    ).toBe('confirmation_invalid');
    const sentOtherwise = { ...asListed, args: { ...bond.args, list: ['b', 'a'] } };
    const sent = { ...asListed, args: { ...bond.args, list: ['a', 'b'] } };
    expect(await codeOf(sentOtherwise, await ask('token', sent))).toBe('confirmation_invalid');
  });

  it('of another process is not valid', async () => {
    const token = await setUp().ask('token');
    expect(await setUp().codeOf(bond, token)).toBe('confirmation_invalid');
  });

  it('cannot be guessed or altered', async () => {
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

describe('a text that only looks like a token', () => {
  it.each([
    ['with a sign at its end', (token: string) => `${token}=`],
    ['with a line at its end', (token: string) => `${token}\n`],
    ['with a blank before it', (token: string) => ` ${token}`],
    ['that is empty', () => ''],
    ['that is cut', (token: string) => token.slice(0, 20)],
    ['that is nothing but a beginning', () => Buffer.from([1, 2]).toString('base64url')],
    ['that is long', (token: string) => token.repeat(50)],
  ])('%s is refused', async (_, change) => {
    const { ask, codeOf } = setUp();
    const token = await ask('token');
    expect(await codeOf(bond, change(token))).toBe('confirmation_invalid');
    expect(await codeOf(bond, token)).toBe('passed');
  });
});

it('the clock of the process is the monotonic one', async () => {
  const { now } = performance;
  const stepped = vi.spyOn(performance, 'now');
  onTestFinished(() => void vi.restoreAllMocks());
  const confirmations = createConfirmations();
  const check: typeof confirmations.check = (...call) => confirmations.check(...call);
  const ask = async () => {
    const thrown = await check(bond, {}).catch((error: unknown) => error);
    return (thrown as ConfirmationRequired).tokenFor('token');
  };
  const [early, late] = [await ask(), await ask()];
  await expect(check(bond, { token: early })).resolves.toBeUndefined();
  stepped.mockImplementation(() => now.call(performance) + 10 * 60_000 + 1);
  await expect(check(bond, { token: late })).rejects.toMatchObject({ code: 'confirmation_invalid' });
});

it('a token is short, and reveals nothing', async () => {
  const token = await setUp().ask('token');
  expect(token).toMatch(/^[\w-]{1,80}$/);
  const bytes = Buffer.from(token, 'base64url').toString('latin1');
  for (const word of ['delete', 'dev', 'd1abc', 'stdio', '1234']) expect(bytes).not.toContain(word);
});

it('a question shows the first deletions and changes, and a token is bound to all of them', async () => {
  const many = (last: string) => ({
    ...bond,
    plan: {
      ...bond.plan,
      confirmation: {
        type: 'dev',
        goes: { dev: [{ resource: 'api/shop', service: 'AppSync', holds: [...Array(500).fill('t'), last] }] },
      },
    },
  });
  const { ask, codeOf, check } = setUp();
  await expect(check(undefined, many('last'))).rejects.toMatchObject({
    plan: { confirmation: { goes: { dev: [{ more: 481, holds: expect.any(Array) }] } } },
  });
  const token = await ask('token', many('last'));
  expect(await codeOf(many('another'), token)).toBe('confirmation_invalid');
  expect(await codeOf(many('last'), token)).toBe('passed');
});
