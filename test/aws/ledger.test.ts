/** The writes that a process knows: whose a job is, who still waits for AWS, and what replicas tell and cannot tell. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLedger, type KnownWrite, ledgerOf, type SharedWrites } from '../../src/aws/ledger.ts';
import { RegisteredError } from '../../src/errors.ts';

const clone = { operation: 'CloneBackend', environment: 'qa' };
const minute = 60_000;

afterEach(() => void vi.restoreAllMocks());

const { now } = performance;

/** Moves the monotonic clock ahead of its own time. */
function pass(ms: number): void {
  vi.spyOn(performance, 'now').mockImplementation(() => now.call(performance) + ms);
}

const never = async () => {
  throw new Error('nobody is to be waited for');
};

it('knows of each write how it stands and which job it started, and of its own nothing', async () => {
  const ledger = createLedger();
  const [one, two] = [ledger.begin('d1a', clone), ledger.begin('d1a', clone)];
  await one.sending();
  await one.settled('j1');
  await two.sending();
  expect(await two.others(never, undefined)).toMatchObject({
    writes: [{ ...clone, state: 'settled', jobId: 'j1' }],
    isComplete: true,
  });
  await two.lost();
  expect((await one.others(never, undefined)).writes).toMatchObject([{ state: 'lost' }]);
  expect((await ledger.begin('d1b', clone).others(never, undefined)).writes).toEqual([]);
});

it('waits for a write that AWS has not answered yet, but not for good', async () => {
  const ledger = createLedger();
  const [one, two] = [ledger.begin('d1a', clone), ledger.begin('d1a', clone)];
  await one.sending();
  await two.lost();
  let waits = 0;
  const answered = two.others(async () => {
    waits += 1;
    if (waits === 3) await one.settled('j1');
  }, undefined);
  expect((await answered).writes).toMatchObject([{ state: 'settled', jobId: 'j1' }]);
  expect(waits).toBe(3);
  await one.sending();
  const still = await two.others(async () => {
    waits += 1;
  }, undefined);
  expect(still.writes).toMatchObject([{ state: 'sending' }]);
  expect(waits).toBe(40);
  // All that it waits for over its life.
  await two.others(never, undefined);
});

it('takes a write that nobody has heard of for long for lost, and forgets what is old', async () => {
  const ledger = createLedger();
  const [one, two] = [ledger.begin('d1a', clone), ledger.begin('d1a', clone)];
  await one.sending();
  pass(1.6 * minute);
  expect((await two.others(never, undefined)).writes).toMatchObject([{ state: 'lost' }]);
  pass(11 * minute);
  expect((await two.others(never, undefined)).writes).toEqual([]);
});

it('is one for all callers of a process, for each AWS', () => {
  expect(ledgerOf('http://127.0.0.1:1')).toBe(ledgerOf('http://127.0.0.1:1'));
  expect(ledgerOf('http://127.0.0.1:1')).not.toBe(ledgerOf(undefined));
});

describe('with replicas', () => {
  /** What is told of all writes, and whether anybody can be asked. */
  function share() {
    const told = new Map<string, KnownWrite>();
    const store = { isUp: true };
    const shared: SharedWrites = {
      tell: async (_, id, write) => void told.set(id, write),
      known: async () => {
        if (!store.isUp) throw new RegisteredError('store_unavailable');
        return told;
      },
    };
    return { shared, store, told };
  }

  it('knows the writes of the others, by clocks that replicas share', async () => {
    const { shared, told } = share();
    const [here, there] = [createLedger(shared), createLedger(shared)];
    const [own, other] = [here.begin('d1a', clone), there.begin('d1a', clone)];
    await own.lost();
    await other.settled('j1');
    const { writes, isComplete } = await own.others(never, undefined);
    expect(writes).toMatchObject([{ ...clone, state: 'settled', jobId: 'j1' }]);
    expect(isComplete).toBe(true);
    const ages = [...told.values()].map(({ changedAt }) => Date.now() - changedAt);
    expect(Math.max(...ages.map(Math.abs))).toBeLessThan(5_000);
  });

  it('says so where they cannot be asked, and still knows its own', async () => {
    const { shared, store } = share();
    const ledger = createLedger(shared);
    const [one, two] = [ledger.begin('d1a', clone), ledger.begin('d1a', clone)];
    await one.settled('j1');
    store.isUp = false;
    expect(await two.others(never, undefined)).toMatchObject({
      writes: [{ jobId: 'j1' }],
      isComplete: false,
    });
  });
});
