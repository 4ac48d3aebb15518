/** The stored messages of sessions: which are kept, and within which bounds. */
import { expect, it } from 'vitest';
import { createSessionEventStores, type SessionEventStore } from '../../src/http/events.ts';

const limits = { events: 3, length: 1_000, totalLength: 1_500 };
const message = (length: number) => ({ jsonrpc: '2.0' as const, method: 'x'.repeat(length) });
/** The ids among these from which a stream can still be resumed. */
const kept = async (store: SessionEventStore, ids: readonly string[]) => {
  const streams = await Promise.all(ids.map(id => store.getStreamIdForEventId?.(id)));
  return ids.filter((_, at) => streams[at] !== undefined);
};

it('keeps the newest messages of a session, by number and by length', async () => {
  const store = createSessionEventStores(limits)();
  const ids: string[] = [];
  for (const length of [10, 10, 10, 10]) ids.push(await store.storeEvent('one', message(length)));
  expect(await kept(store, ids)).toEqual(ids.slice(1));
  ids.push(await store.storeEvent('one', message(950)));
  expect(await kept(store, ids)).toEqual(ids.slice(4));
});

it('keeps no message that is longer than the bound of a session', async () => {
  const store = createSessionEventStores(limits)();
  const id = await store.storeEvent('one', message(2_000));
  expect(await kept(store, [id])).toEqual([]);
});

it('drops the oldest messages of all sessions above the total bound, and has room again when a session ends', async () => {
  const open = createSessionEventStores(limits);
  const [one, two] = [open(), open()];
  const ids = [await one.storeEvent('one', message(400)), await one.storeEvent('one', message(400))];
  const others = [await two.storeEvent('two', message(400)), await two.storeEvent('two', message(400))];
  expect(await kept(one, ids)).toEqual(ids.slice(1));
  expect(await kept(two, others)).toEqual(others);
  two.close();
  ids.push(await one.storeEvent('one', message(400)));
  expect(await kept(one, ids)).toEqual(ids.slice(1));
  others.push(await two.storeEvent('two', message(1)));
  expect(await kept(two, others)).toEqual([]);
});

it('replays the missed messages of one stream unchanged', async () => {
  const store = createSessionEventStores(limits)();
  const first = await store.storeEvent('one', message(1));
  await store.storeEvent('two', message(2));
  await store.storeEvent('one', message(3));
  const sent: unknown[] = [];
  await store.replayEventsAfter(first, { send: async (_, missed) => void sent.push(missed) });
  expect(sent).toEqual([message(3)]);
  await expect(store.replayEventsAfter('one/9', { send: async () => undefined })).rejects.toThrow('resumed');
});
