/** Questions on plans' pages: what their tokens are good for, and how the questions stand, on the test's own clock. */
import { describe, expect, it } from 'vitest';
import { ConfirmationRequired, type ConfirmedCall } from '../../../src/call/authorize/confirmation.ts';
import type { SharedConfirmations } from '../../../src/call/authorize/confirmation-store.ts';
import type { PageApprovals } from '../../../src/call/authorize/page-approval.ts';
import { bond, setUp, sharedUses } from './confirmation-set-up.ts';

const asked = { tool: 'delete_backend', arguments: { appId: 'd1abc', backendEnvironmentName: 'dev' } };
const changed: ConfirmedCall = { ...bond, plan: { ...bond.plan, region: 'eu-west-1' } };
const MINUTE = 60_000;

function open(shared?: SharedConfirmations) {
  const { check, approvals, pass } = setUp(shared);
  const ask = async (what = asked) => {
    const thrown = await check(undefined).catch((error: unknown) => error);
    if (!(thrown instanceof ConfirmationRequired)) throw new Error('it did not ask');
    return { caller: bond.caller, asked: what, token: await thrown.tokenFor('page', what) };
  };
  type Question = Parameters<PageApprovals['open']>[0];
  /** @param whileRead what happens after the answer was opened, while the plan is read again */
  const approve = async (question: Question, call = bond, typed = 'dev', whileRead = async () => {}) => {
    const approval = await approvals.open(question);
    await whileRead();
    return check({ method: 'page', ...question, approval, action: 'accept', typed }, call);
  };
  return { ask, approve, approvals, pass };
}

/** Keys and uses that several processes share. */
const share = () => ({ keys: [new Uint8Array(32).fill(7)] as const, ...sharedUses() });

describe('a question on a page', () => {
  it('can be answered for ten minutes, and says for how long', async () => {
    const { ask, approve, approvals, pass } = open();
    const question = await ask();
    expect(await approvals.read(question)).toEqual({ state: 'open', leftMs: 10 * MINUTE });
    pass(9 * MINUTE);
    expect(await approvals.read(question)).toEqual({ state: 'open', leftMs: MINUTE });
    pass(MINUTE);
    expect(await approvals.read(question)).toEqual({ state: 'expired' });
    for (const answer of [approve(question), approvals.close(question)])
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

  it('whose time ends while the plan is read again approves nothing, and is not used', async () => {
    const { ask, approve, approvals, pass } = open();
    const question = await ask();
    pass(10 * MINUTE - 1);
    await expect(approve(question, bond, 'dev', async () => pass(1))).rejects.toMatchObject({
      code: 'confirmation_invalid',
      message: expect.stringContaining('time to answer'),
    });
    expect(await approvals.read(question)).toEqual({ state: 'expired' });
  });

  it('of a plan that has changed is asked anew, and says that it has changed', async () => {
    const { ask, approve } = open();
    await expect(approve(await ask(), changed)).rejects.toMatchObject({
      plan: { region: 'eu-west-1' },
      answerOptions: { methods: ['typed', 'token'], hasChanged: true },
    });
  });

  it.each([
    ['approved', 'the call was made'],
    ['kept', 'already decided against this'],
    ['replaced', 'a new question replaces this one'],
  ] as const)('that was %s says so, also after its time', async (how, message) => {
    const { ask, approve, approvals, pass } = open();
    const question = await ask();
    if (how === 'approved') await approve(question);
    else if (how === 'kept') await approvals.close(question);
    else await expect(approve(question, changed)).rejects.toMatchObject({ code: 'confirmation_required' });
    for (const after of [0, 20 * MINUTE]) {
      pass(after);
      expect(await approvals.read(question)).toEqual({ state: how });
      for (const answer of [approve(question), approve(question, changed), approvals.close(question)])
        await expect(answer).rejects.toMatchObject({
          code: 'confirmation_used',
          message: expect.stringContaining(message),
        });
    }
  });

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
    const ends = await Promise.allSettled([approve(question), approvals.close(question), approve(question)]);
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
      for (const look of [approvals.read(other), approvals.close(other), approvals.open(other)])
        await expect(look).rejects.toMatchObject({ code: 'confirmation_invalid' });
    expect(await approvals.read(one)).toMatchObject({ state: 'open' });
  });

  it('that another answer closes while the plan is read again says how it was closed', async () => {
    const { ask, approve, approvals } = open();
    const question = await ask();
    const answer = approve(question, bond, 'dev', () => approvals.close(question));
    await expect(answer).rejects.toMatchObject({
      code: 'confirmation_used',
      message: expect.stringContaining('already decided against this'),
    });
  });

  it('has the same state in every process that shares the used confirmations', async () => {
    const shared = share();
    const [asking, other] = [open(shared), open(shared)];
    const [one, two] = [await asking.ask(), await asking.ask()];
    expect(await other.approvals.read(one)).toEqual({ state: 'open', leftMs: 10 * MINUTE });
    await asking.approve(one);
    await other.approvals.close(two);
    expect(await other.approvals.read(one)).toEqual({ state: 'approved' });
    expect(await asking.approvals.read(two)).toEqual({ state: 'kept' });
  });

  it.each(['', 'of another version'])('whose use was recorded as %j is not called kept', async recorded => {
    const { ask, approve, approvals } = open({ ...share(), findUse: async () => recorded });
    const question = await ask();
    expect(await approvals.read(question)).toEqual({ state: 'unknown' });
    for (const answer of [approve(question), approvals.close(question)])
      await expect(answer).rejects.toMatchObject({
        code: 'confirmation_used',
        message: expect.stringMatching(
          /^This question has already been answered: the call may have been made/,
        ),
      });
  });

  it('whose record is gone when its use is refused is not called kept', async () => {
    const { ask, approve } = open({ ...share(), claim: async () => false });
    await expect(approve(await ask())).rejects.toMatchObject({
      code: 'confirmation_used',
      message: expect.stringMatching(/^This question has already been answered: the call may have been made/),
    });
  });
});
