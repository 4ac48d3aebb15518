/**
 * Confirmations: a token is valid for one call, once, for ten minutes; other texts are refused; a refusal
 * that is too fast for a person does not count as one. On the test's own clock.
 */
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  ConfirmationRequired,
  type ConfirmedCall,
  createConfirmations,
  type FormAnswer,
  type SharedConfirmations,
} from '../../../src/call/authorize/confirmation.ts';
import { ServerError } from '../../../src/errors.ts';

const bond: ConfirmedCall = {
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

function setUp(shared?: SharedConfirmations, confirmBy?: 'form-or-token' | 'form' | 'token') {
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

describe('a form', () => {
  it.each([
    ['decline', 'confirmation_declined'],
    ['cancel', 'confirmation_cancelled'],
  ] as const)('that ends with %s has its own error', async (action, code) => {
    const token = await setUp().ask('typed');
    await expect(createConfirmations().check(bond, { token, action }, undefined)).rejects.toMatchObject({
      code,
    });
  });

  const answer = async (afterMs: number, confirmBy?: 'form', readingMs = 0) => {
    const { ask, check, pass } = setUp(undefined, confirmBy);
    const token = await ask('typed');
    pass(afterMs + readingMs);
    // The test's clock stands still meanwhile, so must the other one.
    const stopped = performance.now();
    vi.spyOn(performance, 'now').mockReturnValue(stopped);
    onTestFinished(() => void vi.restoreAllMocks());
    const arrivedAt = stopped - readingMs;
    return check({ token, action: 'decline', arrivedAt }).catch((thrown: unknown) => thrown);
  };

  it.each([0, 12, 998])('that is declined within %i ms counts as answered by the client', async afterMs => {
    expect(await answer(afterMs)).toMatchObject({
      code: 'confirmation_required',
      answerOptions: { methods: ['token'], automaticAnswer: { action: 'decline', afterMs } },
    });
    expect(await answer(afterMs, 'form')).toMatchObject({ answerOptions: { methods: [] } });
  });

  it('that is declined later counts as declined by a person', async () => {
    expect(await answer(1_000)).toMatchObject({ code: 'confirmation_declined' });
  });

  it('is timed by the arrival of the answer, not by later reads', async () => {
    expect(await answer(12, undefined, 5_000)).toMatchObject({ code: 'confirmation_required' });
  });

  it('with a forged state, or that of another question, is declined by a person', async () => {
    const { ask, check } = setUp();
    const other = await ask('typed', { ...bond, tool: 'delete_backend_auth' });
    for (const token of [other, 'forged', await ask('token')])
      await expect(check({ token, action: 'cancel' })).rejects.toMatchObject({
        code: 'confirmation_cancelled',
      });
  });
});

describe('a form', () => {
  it('is timed from its display', async () => {
    const { ask, check, pass } = setUp();
    pass(5_000);
    const token = await ask('typed');
    pass(300);
    await expect(check({ token, action: 'decline' })).rejects.toMatchObject({
      answerOptions: { automaticAnswer: { action: 'decline' } },
    });
    pass(1_200);
    await expect(check({ token, action: 'decline' })).rejects.toMatchObject({
      code: 'confirmation_declined',
    });
  });

  it('that is accepted without a name confirms nothing', async () => {
    const { ask, check } = setUp();
    const token = await ask('typed');
    for (const typed of [undefined, '', 'prod'])
      await expect(check({ token, action: 'accept', typed })).rejects.toMatchObject({
        code: 'confirmation_mismatch',
      });
    await expect(check({ token, action: 'accept', typed: ' dev ' })).resolves.toBeUndefined();
  });
});

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
    const thrown = await check(bond, undefined, undefined).catch((error: unknown) => error);
    return (thrown as ConfirmationRequired).tokenFor('token');
  };
  const [early, late] = [await ask(), await ask()];
  await expect(check(bond, undefined, early)).resolves.toBeUndefined();
  stepped.mockImplementation(() => now.call(performance) + 10 * 60_000 + 1);
  await expect(check(bond, undefined, late)).rejects.toMatchObject({ code: 'confirmation_invalid' });
});

describe('a setting', () => {
  it('form accepts no token, and says what it accepts', async () => {
    const { ask, codeOf } = setUp(undefined, 'form');
    const token = await ask('token');
    expect(await codeOf(bond, token)).toBe('confirmation_invalid');
    const shown = createConfirmations(undefined, undefined, 'form').check(bond, undefined, token);
    await expect(shown).rejects.toMatchObject({
      ...{ message: expect.stringContaining('confirmBy'), hint: expect.stringContaining('without') },
    });
  });

  it.each([
    ['form-or-token', ['typed', 'token']],
    ['form', ['typed']],
    ['token', ['token']],
  ] as const)('%s asks by %j', async (confirmBy, methods) => {
    const { check } = setUp(undefined, confirmBy);
    await expect(check(undefined)).rejects.toMatchObject({ answerOptions: { methods } });
  });
});

describe('state that processes share', () => {
  /** A store that every process opens, on a clock of its own. */
  function share() {
    const used = new Set<string>();
    const keys = [new Uint8Array(32).fill(7)] as const;
    const claim = async (name: string) => used.size < used.add(name).size;
    let steady = 0;
    const clock = { name: 'shared', now: async () => steady };
    const wait = (ms: number) => {
      steady += ms;
    };
    return { keys, claim, clock, wait };
  }

  it('makes a token valid in each of them, once', async () => {
    const shared = share();
    const token = await setUp(shared).ask('token');
    expect(await setUp(shared).codeOf(bond, token)).toBe('passed');
    for (const process of [setUp(shared), setUp(shared)])
      expect(await process.codeOf(bond, token)).toBe('confirmation_invalid');
  });

  it('separates the tokens of two callers', async () => {
    const shared = share();
    const token = await setUp(shared).ask('token', { ...bond, caller: 'ann' });
    expect(await setUp(shared).codeOf({ ...bond, caller: 'ben' }, token)).toBe('confirmation_invalid');
    expect(await setUp(shared).codeOf({ ...bond, caller: 'ann' }, token)).toBe('passed');
  });

  it('opens tokens of an older key', async () => {
    const {
      keys: [old],
      ...rest
    } = share();
    const token = await setUp({ ...rest, keys: [old] }).ask('token');
    expect(await setUp({ ...rest, keys: [new Uint8Array(32)] }).codeOf(bond, token)).toBe(
      'confirmation_invalid',
    );
    expect(await setUp({ ...rest, keys: [new Uint8Array(32), old] }).codeOf(bond, token)).toBe('passed');
  });

  it('recognizes a client that answers by itself, in any process', async () => {
    const shared = share();
    const decline = { token: await setUp(shared).ask('typed'), action: 'decline' as const };
    shared.wait(12);
    await expect(setUp(shared).check(decline)).rejects.toMatchObject({
      answerOptions: { methods: ['token'] },
    });
    shared.wait(1_000);
    await expect(setUp(shared).check(decline)).rejects.toMatchObject({ code: 'confirmation_declined' });
  });

  it("ignores times of another process's clock", async () => {
    const { keys, claim } = share();
    const decline = { token: await setUp({ keys, claim }).ask('typed'), action: 'decline' as const };
    await expect(setUp({ keys, claim }).check(decline)).rejects.toMatchObject({
      code: 'confirmation_declined',
    });
  });

  it('remembers used tokens for far longer than they are valid', async () => {
    const lives: number[] = [];
    const claim = async (_: string, lifeMs: number) => lives.push(lifeMs) > 0;
    const { ask, codeOf } = setUp({ ...share(), claim });
    expect(await codeOf(bond, await ask('token'))).toBe('passed');
    expect(lives).toEqual([24 * 3_600_000]);
  });

  it("asks without the shared clock, and then counts a refusal as a person's", async () => {
    const silent = { name: 'shared', now: () => Promise.reject(new Error('away')) };
    const { ask, check, codeOf } = setUp({ ...share(), clock: silent });
    const token = await ask('typed');
    await expect(check({ token, action: 'decline' })).rejects.toMatchObject({
      code: 'confirmation_declined',
    });
    expect(await codeOf(bond, token, 'dev')).toBe('passed');
  });

  it('is opened again after a failure', async () => {
    const shared = share();
    let isThere = false;
    const confirmations = createConfirmations(async () => {
      if (!isThere) throw new ServerError('seal_key_unusable');
      return shared;
    });
    const question = await confirmations.check(bond, undefined, undefined).catch((thrown: unknown) => thrown);
    if (!(question instanceof ConfirmationRequired)) throw new Error('it did not ask');
    await expect(question.tokenFor('token')).rejects.toMatchObject({ code: 'seal_key_unusable' });
    isThere = true;
    await expect(question.tokenFor('token')).resolves.toEqual(expect.any(String));
  });
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
