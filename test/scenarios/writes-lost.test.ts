/**
 * Lost answers in the sandbox, besides the table of all writes: a job of an earlier call, clocks that differ,
 * checks that fail, and a client that disconnects.
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

  it('is not confirmed by the job of an earlier call', async () => {
    const { request, caseOf, order, verdicts } = await prepareWrites();
    const { args } = caseOf('UpdateBackendAPI');
    const first = await request(update, args);
    await order('UpdateBackendAPI', 'timeout-before');
    const second = await request(update, args);
    expect(second.answer.jobId).not.toBe(first.answer.jobId);
    expect(await verdicts('UpdateBackendAPI')).toEqual(['ok', 'fault:timeout-before', 'ok']);
  });

  it.each([-200_000, 200_000])('is not sent twice with a clock that is off by %i ms', async ms => {
    const { request, caseOf, order, verdicts, skew } = await prepareWrites();
    skew(ms);
    await order('UpdateBackendAPI', 'timeout-after');
    await outcomeOf(request(update, caseOf('UpdateBackendAPI').args));
    expect(await verdicts('UpdateBackendAPI')).toEqual(['fault:timeout-after']);
  });

  it('is not checked further or sent again after the client disconnects', async () => {
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
    // Two environments in each of two checks.
    expect(await verdicts('ListBackendJobs')).toHaveLength(4);
  });

  it('stays unknown if the checks fail', async () => {
    const { request, caseOf, order, verdicts, waits } = await prepareWrites();
    await order('CloneBackend', 'timeout-before');
    await order('ListBackendJobs', 'server-error', { times: 100 });
    const outcome = await outcomeOf(request(clone, caseOf('CloneBackend').args));
    expect(outcome).toMatchObject({ code: 'outcome_unknown' });
    expect((outcome as ServerError).message).toContain('the read failed (service_unavailable)');
    expect(waits).toHaveLength(3);
    expect(await verdicts('CloneBackend')).toEqual(['fault:timeout-before']);
  });

  it('is not checked again after a permanent failure', async () => {
    const { request, caseOf, order, waits } = await prepareWrites();
    await order('CloneBackend', 'timeout-before');
    await order('ListBackendJobs', 'bad-request');
    const outcome = await outcomeOf(request(clone, caseOf('CloneBackend').args));
    expect((outcome as ServerError).message).toContain('the read failed (bad_request)');
    expect(waits).toEqual([]);
  });

  it('is found by a second check after a failed one', async () => {
    const { request, caseOf, order, verdicts } = await prepareWrites();
    await order('CloneBackend', 'timeout-after');
    await order('ListBackendJobs', 'server-error', { times: 3 });
    const { args, answer } = caseOf('CloneBackend');
    expect(await outcomeOf(request(clone, args))).toMatchObject({ answer });
    expect(await verdicts('CloneBackend')).toEqual(['fault:timeout-after']);
  });
});
