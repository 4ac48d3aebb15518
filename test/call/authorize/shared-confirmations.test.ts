/** Confirmations of several processes that share state: keys, used tokens and a clock. */
import { describe, expect, it } from 'vitest';
import { ConfirmationRequired, createConfirmations } from '../../../src/call/authorize/confirmation.ts';
import { ServerError } from '../../../src/errors.ts';
import { bond, setUp, sharedUses } from './confirmation-set-up.ts';

describe('state that processes share', () => {
  /** A store that every process opens, on a clock of its own. */
  function share() {
    const keys = [new Uint8Array(32).fill(7)] as const;
    let steady = 0;
    const clock = { name: 'shared', now: async () => steady };
    const wait = (ms: number) => {
      steady += ms;
    };
    return { keys, ...sharedUses(), clock, wait };
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
    // What this process is busy with meanwhile is taken off.
    shared.wait(30_000);
    await expect(setUp(shared).check(decline)).rejects.toMatchObject({ code: 'confirmation_declined' });
  });

  it("ignores times of another process's clock", async () => {
    const { clock: _, ...shared } = share();
    const decline = { token: await setUp(shared).ask('typed'), action: 'decline' as const };
    await expect(setUp(shared).check(decline)).rejects.toMatchObject({
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
    const question = await confirmations.check(bond, {}).catch((thrown: unknown) => thrown);
    if (!(question instanceof ConfirmationRequired)) throw new Error('it did not ask');
    await expect(question.tokenFor('token')).rejects.toMatchObject({ code: 'seal_key_unusable' });
    isThere = true;
    await expect(question.tokenFor('token')).resolves.toEqual(expect.any(String));
  });
});
