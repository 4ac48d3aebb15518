/** Questions on plans' pages: what their tokens are good for, and how the questions stand, on the test's own clock. */
import { describe, expect, it } from 'vitest';
import { ConfirmationRequired, type ConfirmedCall } from '../../../src/call/authorize/confirmation.ts';
import type { PageApprovals } from '../../../src/call/authorize/page-approval.ts';
import { bond, setUp, sharedUses } from './confirmation-set-up.ts';

const asked = { tool: 'delete_backend', arguments: { appId: 'd1abc', backendEnvironmentName: 'dev' } };
const changed: ConfirmedCall = { ...bond, plan: { ...bond.plan, region: 'eu-west-1' } };
const MINUTE = 60_000;

function open() {
  const { check, approvals, pass } = setUp();
  const ask = async (what = asked) => {
    const thrown = await check(undefined).catch((error: unknown) => error);
    if (!(thrown instanceof ConfirmationRequired)) throw new Error('it did not ask');
    return { caller: bond.caller, asked: what, token: await thrown.tokenFor('page', what) };
  };
  type Question = Parameters<PageApprovals['open']>[0];
  const approve = async (question: Question, call = bond, typed = 'dev') => {
    const approval = await approvals.open(question);
    return check({ method: 'page', ...question, approval, action: 'accept', typed }, call);
  };
  return { ask, approve, approvals, pass };
}

describe('a question on a page', () => {
  it('can be answered for ten minutes, and says for how long', async () => {
    const { ask, approve, approvals, pass } = open();
    const question = await ask();
    expect(await approvals.read(question)).toEqual({ state: 'open', leftMs: 10 * MINUTE });
    pass(9 * MINUTE);
    expect(await approvals.read(question)).toEqual({ state: 'open', leftMs: MINUTE });
    pass(MINUTE);
    expect(await approvals.read(question)).toEqual({ state: 'expired' });
    for (const answer of [approve(question), approvals.keep(question)])
      await expect(answer).rejects.toMatchObject({
        code: 'confirmation_invalid',
        message: expect.stringContaining('time to answer'),
      });
  });

  it('whose uses may be forgotten is not said to be open, or answered', async () => {
    const { ask, approvals, pass } = open();
    const question = await ask();
    pass(13 * 60 * MINUTE);
    await expect(approvals.read(question)).rejects.toMatchObject({ code: 'confirmation_invalid' });
  });

  it.each(['approved', 'kept', 'replaced'] as const)(
    'that was %s says so, also after its time',
    async how => {
      const { ask, approve, approvals, pass } = open();
      const question = await ask();
      if (how === 'approved') await approve(question);
      else if (how === 'kept') await approvals.keep(question);
      else await expect(approve(question, changed)).rejects.toMatchObject({ code: 'confirmation_required' });
      for (const after of [0, 20 * MINUTE]) {
        pass(after);
        expect(await approvals.read(question)).toEqual({ state: how });
        for (const answer of [approve(question), approve(question, changed), approvals.keep(question)])
          await expect(answer).rejects.toMatchObject({ code: 'confirmation_used' });
      }
    },
  );

  it('stays open after a wrong name', async () => {
    const { ask, approve, approvals } = open();
    const question = await ask();
    await expect(approve(question, bond, 'prod')).rejects.toMatchObject({ code: 'confirmation_mismatch' });
    expect(await approvals.read(question)).toMatchObject({ state: 'open' });
    await approve(question, bond, ' dev ');
  });

  it('is used once where both answers come at the same moment', async () => {
    const { ask, approve, approvals } = open();
    const question = await ask();
    const ends = await Promise.allSettled([approve(question), approvals.keep(question), approve(question)]);
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is unknown to another caller, of another call, and where halves of two tokens are put together', async () => {
    const { ask, approvals } = open();
    const [one, two] = [await ask(), await ask()];
    const [forCall] = one.token.split('.');
    const [, forPlan] = two.token.split('.');
    for (const other of [
      { ...one, caller: 'other' },
      { ...one, asked: { ...asked, tool: 'delete_backend_api' } },
      { ...one, asked: { ...asked, arguments: {} } },
      { ...one, token: `${forCall}.${forPlan}` },
      { ...one, token: `${forPlan}.${forPlan}` },
      { ...one, token: 'forged' },
      { ...one, token: '' },
    ])
      for (const look of [approvals.read(other), approvals.keep(other), approvals.open(other)])
        await expect(look).rejects.toMatchObject({ code: 'confirmation_invalid' });
    expect(await approvals.read(one)).toMatchObject({ state: 'open' });
  });

  it('whose use was recorded without a word is not called kept', async () => {
    const shared = { keys: [new Uint8Array(32).fill(7)] as const, ...sharedUses() };
    const { check, approvals } = setUp({ ...shared, findUse: async () => 'unknown' });
    const thrown = await check(undefined).catch((error: unknown) => error);
    const token = await (thrown as ConfirmationRequired).tokenFor('page', asked);
    await expect(approvals.keep({ caller: bond.caller, asked, token })).rejects.toMatchObject({
      code: 'confirmation_used',
      message: expect.stringContaining('may have been made'),
    });
  });
});
