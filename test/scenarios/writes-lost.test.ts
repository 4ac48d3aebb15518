/**
 * Lost answers in the sandbox beside the table over all writes: the job of a call just before, clocks that differ,
 * looks that fail, and a client that goes away between two looks.
 */
import { describe, expect, it } from 'vitest';
import type { ServerError } from '../../src/errors.ts';
import { outcomeOf, setWrites, writes } from '../support/writes.ts';

const prepareWrites = setWrites();

function operationOf(name: string) {
  const operation = writes.find(write => write.name === name);
  if (!operation) throw new Error(`no ${name}`);
  return operation;
}

describe('a lost answer', () => {
  const clone = operationOf('CloneBackend');
  const update = operationOf('UpdateBackendAPI');

  it('the job of a call just before is not taken for that of a lost one', async () => {
    const { request, caseOf, order, verdicts } = await prepareWrites();
    const { args } = caseOf('UpdateBackendAPI');
    const first = await request(update, args);
    await order('UpdateBackendAPI', 'timeout-before');
    const second = await request(update, args);
    expect(second.answer.jobId).not.toBe(first.answer.jobId);
    expect(await verdicts('UpdateBackendAPI')).toEqual(['ok', 'fault:timeout-before', 'ok']);
  });

  it.each([-200_000, 200_000])('a clock off by %i ms never lets a write be done twice', async ms => {
    const { request, caseOf, order, verdicts, skew } = await prepareWrites();
    skew(ms);
    await order('UpdateBackendAPI', 'timeout-after');
    await outcomeOf(request(update, caseOf('UpdateBackendAPI').args));
    expect(await verdicts('UpdateBackendAPI')).toEqual(['fault:timeout-after']);
  });

  it('a client that goes away ends the looking, and nothing is sent again', async () => {
    const { request, caseOf, order, verdicts, onWait, waits } = await prepareWrites();
    const controller = new AbortController();
    onWait(count => {
      if (count === 2) controller.abort();
    });
    await order('CloneBackend', 'timeout-before');
    const outcome = await outcomeOf(request(clone, caseOf('CloneBackend').args, controller.signal));
    expect(outcome).toMatchObject({ code: 'cancelled' });
    expect(waits).toHaveLength(2);
    expect(await verdicts('CloneBackend')).toEqual(['fault:timeout-before']);
    // Two environments in each of two looks.
    expect(await verdicts('ListBackendJobs')).toHaveLength(4);
  });

  it('looks that fail leave it unknown, and say so', async () => {
    const { request, caseOf, order, verdicts, waits } = await prepareWrites();
    await order('CloneBackend', 'timeout-before');
    await order('ListBackendJobs', 'server-error', { times: 100 });
    const outcome = await outcomeOf(request(clone, caseOf('CloneBackend').args));
    expect(outcome).toMatchObject({ code: 'outcome_unknown' });
    expect((outcome as ServerError).message).toContain('the read failed (service_unavailable)');
    expect(waits).toHaveLength(3);
    expect(await verdicts('CloneBackend')).toEqual(['fault:timeout-before']);
  });

  it('a look that cannot be mended is not repeated', async () => {
    const { request, caseOf, order, waits } = await prepareWrites();
    await order('CloneBackend', 'timeout-before');
    await order('ListBackendJobs', 'bad-request');
    const outcome = await outcomeOf(request(clone, caseOf('CloneBackend').args));
    expect((outcome as ServerError).message).toContain('the read failed (bad_request)');
    expect(waits).toEqual([]);
  });

  it('a look that fails once is made good by the next', async () => {
    const { request, caseOf, order, verdicts } = await prepareWrites();
    await order('CloneBackend', 'timeout-after');
    await order('ListBackendJobs', 'server-error', { times: 3 });
    const { args, answer } = caseOf('CloneBackend');
    expect(await outcomeOf(request(clone, args))).toMatchObject({ answer });
    expect(await verdicts('CloneBackend')).toEqual(['fault:timeout-after']);
  });
});
