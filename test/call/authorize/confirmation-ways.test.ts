/**
 * The ways to confirm: a form, whose refusal that is too fast for a person does not count as one; the plan on a page; and
 * which of them a setting takes. On the test's own clock.
 */
import { randomBytes } from 'node:crypto';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type ConfirmedCall, createConfirmations } from '../../../src/call/authorize/confirmation.ts';
import { bond, setUp, sharedUses } from './confirmation-set-up.ts';

describe('a form', () => {
  it.each([
    ['decline', 'confirmation_declined'],
    ['cancel', 'confirmation_cancelled'],
  ] as const)('that ends with %s has its own error', async (action, code) => {
    const token = await setUp().ask('typed');
    await expect(
      createConfirmations().check(bond, { answer: { method: 'typed', token, action } }),
    ).rejects.toMatchObject({
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

describe('a setting', () => {
  it('form accepts no token, and says what it accepts', async () => {
    const { ask, codeOf } = setUp(undefined, 'form');
    const token = await ask('token');
    expect(await codeOf(bond, token)).toBe('confirmation_invalid');
    const shown = createConfirmations(undefined, undefined, 'form').check(bond, { token });
    await expect(shown).rejects.toMatchObject({
      ...{ message: expect.stringContaining('confirmBy'), hint: expect.stringContaining('without') },
    });
  });

  it.each([
    ['form-or-token', ['typed', 'token']],
    ['form', ['typed']],
    ['person', ['typed']],
    ['token', ['token']],
  ] as const)('%s asks by %j', async (confirmBy, methods) => {
    const { check } = setUp(undefined, confirmBy);
    await expect(check(undefined)).rejects.toMatchObject({ answerOptions: { methods } });
  });

  it.each([
    ['form-or-token', ['typed', 'page']],
    ['form', ['typed']],
    ['person', ['typed', 'page']],
    ['token', ['token']],
  ] as const)('%s asks a client that shows pages by %j', async (confirmBy, methods) => {
    const asked = createConfirmations(undefined, undefined, confirmBy).check(bond, { showsPages: true });
    await expect(asked).rejects.toMatchObject({ answerOptions: { methods } });
  });

  it('that takes no pages takes no approval that a process with another setting asked for', async () => {
    const key = [randomBytes(32)] as const;
    const shared = { keys: key, ...sharedUses() };
    const approval = await setUp(shared).ask('page');
    for (const confirmBy of ['form', 'token'] as const)
      expect(await setUp(shared, confirmBy).codeOf(bond, approval, 'dev', 'page')).toBe(
        'confirmation_invalid',
      );
    expect(await setUp(shared, 'person').codeOf(bond, approval, 'dev', 'page')).toBe('passed');
  });
});

describe('the plan on a page', () => {
  it('is approved once, by the typed name and the token of a page alone', async () => {
    const { ask, codeOf } = setUp();
    const approval = await ask('page');
    expect(await codeOf(bond, approval)).toBe('confirmation_invalid');
    expect(await codeOf(bond, approval, 'dev', 'typed')).toBe('confirmation_invalid');
    expect(await codeOf(bond, approval, 'prod', 'page')).toBe('confirmation_mismatch');
    expect(await codeOf(bond, approval, undefined, 'page')).toBe('confirmation_invalid');
    expect(await codeOf(bond, approval, ' dev ', 'page')).toBe('passed');
    expect(await codeOf(bond, approval, 'dev', 'page')).toBe('confirmation_invalid');
    for (const other of ['typed', 'token'] as const)
      expect(await codeOf(bond, await ask(other), 'dev', 'page')).toBe('confirmation_invalid');
  });

  it.each<[string, Partial<ConfirmedCall>]>([
    ['another caller', { caller: 'other' }],
    ['other arguments', { args: { ...bond.args, backendEnvironmentName: 'qa' } }],
    ['another tool', { tool: 'decommission_environment' }],
    ['another plan', { plan: { ...bond.plan, region: 'eu-west-1' } }],
  ])('is not approved for %s', async (_, other) => {
    const { ask, codeOf } = setUp();
    expect(await codeOf({ ...bond, ...other }, await ask('page'), 'dev', 'page')).toBe(
      'confirmation_invalid',
    );
  });

  it('is not approved after ten minutes', async () => {
    const { ask, codeOf, pass } = setUp();
    const [early, late] = [await ask('page'), await ask('page')];
    pass(10 * 60_000 - 1);
    expect(await codeOf(bond, early, 'dev', 'page')).toBe('passed');
    pass(1);
    expect(await codeOf(bond, late, 'dev', 'page')).toBe('confirmation_invalid');
  });
});
