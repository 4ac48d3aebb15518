/** The ledger of writes: which write started a job, which wait for AWS, and the writes of other replicas. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  createWriteLedger,
  getWriteLedger,
  type KnownWrite,
  type SharedWrites,
} from '../../src/call/write-ledger.ts';
import { ServerError } from '../../src/errors.ts';

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

it('gives state and job of each other write', async () => {
  const ledger = createWriteLedger();
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

it('waits for a write that AWS has not answered yet, for a bounded time', async () => {
  const ledger = createWriteLedger();
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

it('counts a silent write as lost after some time, and forgets old ones', async () => {
  const ledger = createWriteLedger();
  const [one, two] = [ledger.begin('d1a', clone), ledger.begin('d1a', clone)];
  await one.sending();
  pass(1.6 * minute);
  expect((await two.others(never, undefined)).writes).toMatchObject([{ state: 'lost' }]);
  pass(11 * minute);
  expect((await two.others(never, undefined)).writes).toEqual([]);
});

it('counts a write as under way, and keeps it, for the declared times', async () => {
  const ledger = createWriteLedger();
  const [one, two] = [ledger.begin('d1a', clone), ledger.begin('d1a', clone)];
  await one.sending();
  pass(1.4 * minute);
  let waits = 0;
  const { writes } = await two.others(async () => {
    waits += 1;
  }, undefined);
  expect([writes, waits]).toMatchObject([[{ state: 'sending' }], 40]);
  pass(9.9 * minute);
  expect((await two.others(never, undefined)).writes).toMatchObject([{ state: 'lost' }]);
});

it('counts the age of a write from its last change', async () => {
  const ledger = createWriteLedger();
  const [one, two] = [ledger.begin('d1a', clone), ledger.begin('d1a', clone)];
  await one.sending();
  pass(9 * minute);
  await one.settled('j1');
  pass(18 * minute);
  const [write] = (await two.others(never, undefined)).writes;
  expect(write).toMatchObject({ state: 'settled', jobId: 'j1' });
  expect(Math.round(((write?.changedAt ?? 0) - (write?.sentAt ?? 0)) / minute)).toBe(9);
});

it('waits in steps of a quarter of a second, until its caller disconnects', async () => {
  const ledger = createWriteLedger();
  const [one, two] = [ledger.begin('d1a', clone), ledger.begin('d1a', clone)];
  await one.sending();
  const { signal } = new AbortController();
  const left = two.others(async (ms, given) => {
    expect([ms, given]).toEqual([250, signal]);
    throw new ServerError('cancelled');
  }, signal);
  await expect(left).rejects.toMatchObject({ code: 'cancelled' });
});

it('keeps the last thousand writes of an app, without a job if none started', async () => {
  const ledger = createWriteLedger();
  for (let count = 0; count < 1_100; count += 1) await ledger.begin('d1a', clone).settled(`j${count}`);
  await ledger.begin('d1b', clone).settled();
  const { writes } = await ledger.begin('d1a', clone).others(never, undefined);
  expect(writes.length).toBeLessThanOrEqual(1_001);
  expect(writes.at(-1)).toMatchObject({ jobId: 'j1099' });
  expect(writes.map(({ jobId }) => jobId)).toContain('j500');
  const [other] = (await ledger.begin('d1b', clone).others(never, undefined)).writes;
  expect(other).not.toHaveProperty('jobId');
});

it('is shared by all callers of a process, for each endpoint', () => {
  expect(getWriteLedger('http://127.0.0.1:1')).toBe(getWriteLedger('http://127.0.0.1:1'));
  expect(getWriteLedger('http://127.0.0.1:1')).not.toBe(getWriteLedger(undefined));
  expect(getWriteLedger('http://127.0.0.1:1')).not.toBe(getWriteLedger('http://127.0.0.1:2'));
});

describe('with replicas', () => {
  /** What is told of all writes, and whether anybody can be asked. */
  function share() {
    const told = new Map<string, KnownWrite>();
    const store = { isUp: true };
    const shared: SharedWrites = {
      publish: async (_, id, write) => void told.set(id, write),
      known: async () => {
        if (!store.isUp) throw new ServerError('store_unavailable');
        return told;
      },
    };
    return { shared, store, told };
  }

  it('has the writes of the others, by the system clock', async () => {
    const { shared, told } = share();
    const [here, there] = [createWriteLedger(shared), createWriteLedger(shared)];
    const [own, other] = [here.begin('d1a', clone), there.begin('d1a', clone)];
    await own.lost();
    await other.settled('j1');
    const { writes, isComplete } = await own.others(never, undefined);
    expect(writes).toMatchObject([{ ...clone, state: 'settled', jobId: 'j1' }]);
    expect(isComplete).toBe(true);
    const ages = [...told.values()].map(({ changedAt }) => Date.now() - changedAt);
    expect(Math.max(...ages.map(Math.abs))).toBeLessThan(5_000);
  });

  it('trusts its own state of its own writes', async () => {
    const { shared, told } = share();
    const ledger = createWriteLedger(shared);
    const [one, two] = [ledger.begin('d1a', clone), ledger.begin('d1a', clone)];
    await one.settled('j1');
    for (const [id, write] of told) told.set(id, { ...write, state: 'lost' });
    await two.lost();
    expect((await two.others(never, undefined)).writes).toMatchObject([{ state: 'settled', jobId: 'j1' }]);
  });

  it('converts their times to its own clock: old ones are old, silent ones are lost', async () => {
    const { shared, told } = share();
    const own = createWriteLedger(shared).begin('d1a', clone);
    const write = { ...clone, state: 'sending' as const };
    const ago = (ms: number) => ({ ...write, sentAt: Date.now() - ms, changedAt: Date.now() - ms });
    told.set('silent', ago(2 * minute)).set('old', ago(11 * minute));
    expect((await own.others(never, undefined)).writes).toMatchObject([{ state: 'lost' }]);
    // By a machine whose clock is an hour ahead of the monotonic one.
    const { now: machineNow } = Date;
    vi.spyOn(Date, 'now').mockImplementation(() => machineNow() + 60 * minute);
    expect((await own.others(never, undefined)).writes).toEqual([]);
    told.set('new', { ...ago(0), state: 'settled' });
    expect((await own.others(never, undefined)).writes).toMatchObject([{ state: 'settled' }]);
    await own.lost();
    expect(Math.abs((told.get([...told.keys()].at(-1) ?? '')?.sentAt ?? 0) - Date.now())).toBeLessThan(
      30 * minute,
    );
  });

  it('reports unreachable replicas, and still has its own writes', async () => {
    const { shared, store } = share();
    const ledger = createWriteLedger(shared);
    const [one, two] = [ledger.begin('d1a', clone), ledger.begin('d1a', clone)];
    await one.settled('j1');
    store.isUp = false;
    expect(await two.others(never, undefined)).toMatchObject({
      writes: [{ jobId: 'j1' }],
      isComplete: false,
    });
  });
});
