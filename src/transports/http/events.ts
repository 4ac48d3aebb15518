/** The past of a session's streams, bounded: what a client that lost a stream has missed, on any replica. */
import type { EventStore, RequestId } from '@modelcontextprotocol/server';
import type { SharedEvents, StoredEvent } from './shared-sessions.ts';

/** How many messages of a session are kept. */
export const MOST_EVENTS = 500;

/** What a store of one session begins with. */
export interface EventStoreOptions {
  readonly most?: number;
  readonly events?: readonly StoredEvent[];
  readonly shared?: SharedEvents | undefined;
  /** The requests that are being answered. */
  readonly asks?: () => readonly RequestId[] | undefined;
}

/** The requests of streams to which no answer came: whoever worked on them is gone. */
export function unanswered(events: readonly StoredEvent[]): { streamId: string; id: RequestId }[] {
  const answered = new Set(
    events.flatMap(({ message }) => ('id' in message && !('method' in message) ? [message.id] : [])),
  );
  const asked = new Map<RequestId, string>();
  // The first message of a stream opens it; what is sent later on behalf of a request may go elsewhere.
  for (const { streamId, asks = [] } of events)
    for (const id of asks) if (!asked.has(id)) asked.set(id, streamId);
  return [...asked].flatMap(([id, streamId]) => (answered.has(id) ? [] : [{ streamId, id }]));
}

/** Makes the store of one session. */
export function createEventStore({
  most = MOST_EVENTS,
  events: before = [],
  shared,
  asks,
}: EventStoreOptions = {}): EventStore {
  const events = [...before];
  let last = before.length === 0 ? 0 : Math.max(...before.map(({ id }) => Number(id.split('/').at(-1))));
  return {
    async storeEvent(streamId, message) {
      last += 1;
      const event = { id: `${streamId}/${last}`, streamId, message, asks: asks?.() };
      events.push(event);
      if (events.length > most) events.shift();
      await shared?.append(event);
      return event.id;
    },

    async getStreamIdForEventId(eventId) {
      return events.find(({ id }) => id === eventId)?.streamId;
    },

    async replayEventsAfter(lastEventId, { send }) {
      const at = events.findIndex(({ id }) => id === lastEventId);
      const known = events[at];
      if (!known) throw new Error('the stream cannot be resumed from there');
      const missed = events.slice(at + 1).filter(({ streamId }) => streamId === known.streamId);
      for (const { id, message } of missed) await send(id, message);
      return known.streamId;
    },
  };
}
