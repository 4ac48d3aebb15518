/**
 * Every fault of sending, on every write: how often the sandbox got it, and what the caller is told. A write
 * whose answer was lost is sent again only if its effect is certainly absent.
 */
import { describe, expect, it } from 'vitest';
import { ServerError } from '../../src/errors.ts';
import { operations } from '../../src/operations/index.ts';
import { membersOf } from '../../src/operations/wire.ts';
import type { FaultKind } from '../../src/sandbox/index.ts';
import { outcomeOf, setWrites, writes } from '../support/writes.ts';

const prepareWrites = setWrites();

it('exactly the writes declare evidence', () => {
  const declaring = operations.filter(({ evidence }) => evidence !== undefined).map(({ name }) => name);
  expect(declaring).toEqual(writes.map(({ name }) => name));
  expect(declaring).toHaveLength(22);
});

it('writes that start a job are checked by their job', () => {
  for (const { name, startsJob, evidence } of writes)
    expect(evidence?.includes('job') ?? false, name).toBe(startsJob);
});

const traceless = writes.filter(({ evidence }) => evidence?.length === 0).map(({ name }) => name);

it('only these writes have no evidence', () => {
  expect(traceless.sort()).toEqual(['CreateToken', 'RemoveBackendConfig', 'UpdateBackendConfig']);
});

/** The expected result of a fault: the verdicts in the sandbox's log, and an error code or an answer, perhaps with a note. */
interface Expected {
  readonly sent: readonly string[];
  readonly code?: string;
  readonly note?: RegExp;
}

const before: FaultKind[] = ['server-error', 'timeout-before', 'reset-before'];
const after: FaultKind[] = ['timeout-after', 'reset-after'];
const kinds: FaultKind[] = [
  'throttle',
  'bad-request',
  'pending-job',
  'slow',
  'error-in-200',
  ...before,
  ...after,
];

const sentAgain = /lost and nothing was found of it; it was sent again, once/;

function expected(operation: (typeof writes)[number], kind: FaultKind): Expected {
  const fault = `fault:${kind}`;
  const leavesTrace = !traceless.includes(operation.name);
  const unknown = { sent: [fault], code: 'outcome_unknown' };
  const again = leavesTrace ? { sent: [fault, 'ok'], note: sentAgain } : unknown;
  if (kind === 'throttle') return { sent: [fault, 'ok'] };
  if (kind === 'slow') return { sent: [fault] };
  if (kind === 'bad-request') return { sent: [fault], code: 'bad_request' };
  if (kind === 'pending-job') return { sent: [fault], code: 'pending_job' };
  if (kind === 'error-in-200') {
    // If AWS's model has no such member, the SDK drops it and the answer is empty.
    const hasError = membersOf(operation.sdkOutput)?.some(({ wireName }) => wireName === 'error');
    return hasError ? { sent: [fault], code: 'service_reported_error' } : again;
  }
  if (before.includes(kind)) return again;
  return leavesTrace ? { sent: [fault], note: /^The answer to \w+ was lost; / } : unknown;
}

describe.each(writes)('$name', operation => {
  const { name } = operation;

  it.each(kinds)('under %s is sent the right number of times, with its real outcome', async kind => {
    const world = await prepareWrites({ showsChanges: 'at-once' }, name);
    const { args, answer } = world.caseOf(name);
    await world.order(name, kind, kind === 'slow' ? { delayMs: 20 } : {});
    const outcome = await outcomeOf(world.request(operation, args));
    const { sent, code, note } = expected(operation, kind);
    expect(await world.verdicts(name)).toEqual(sent);
    if (outcome instanceof ServerError) {
      expect(`${outcome.code}: ${outcome.message}`).toMatch(new RegExp(`^${code}: `));
      return;
    }
    expect(code).toBeUndefined();
    expect(outcome.answer).toMatchObject(answer);
    if (operation.startsJob) expect(outcome.answer.jobId).toEqual(expect.any(String));
    expect(outcome.notes ?? []).toEqual(note ? [expect.stringMatching(note)] : []);
  });

  it('is never sent a third time', async () => {
    const world = await prepareWrites({ showsChanges: 'at-once' }, name);
    const { args } = world.caseOf(name);
    await world.order(name, 'server-error', { times: 5 });
    const outcome = await outcomeOf(world.request(operation, args));
    expect(outcome).toMatchObject({ code: 'outcome_unknown', retryable: false });
    expect(await world.verdicts(name)).toHaveLength(traceless.includes(name) ? 1 : 2);
  });

  it('is found after the answer to a second send was lost too', async () => {
    const world = await prepareWrites({ showsChanges: 'at-once' }, name);
    const { args, answer } = world.caseOf(name);
    await world.order(name, 'timeout-before');
    await world.order(name, 'timeout-after');
    const outcome = await outcomeOf(world.request(operation, args));
    if (traceless.includes(name)) {
      expect(outcome).toMatchObject({ code: 'outcome_unknown' });
      expect(await world.verdicts(name)).toEqual(['fault:timeout-before']);
    } else {
      expect(outcome).toMatchObject({ answer });
      expect(await world.verdicts(name)).toEqual(['fault:timeout-before', 'fault:timeout-after']);
    }
  });
});
