/** The past of a session's streams, in memory and bounded: what a client that lost a stream has missed. */
import type { EventStore, JSONRPCMessage } from '@modelcontextprotocol/server';

/** How many messages of a session are kept. */
const MOST_EVENTS = 500;

interface Event {
  readonly id: string;
  readonly streamId: string;
  readonly message: JSONRPCMessage;
}

/** Makes the store of one session. */
export function createEventStore(most: number = MOST_EVENTS): EventStore {
  const events: Event[] = [];
  let last = 0;
  return {
    async storeEvent(streamId, message) {
      last += 1;
      const id = `${streamId}/${last}`;
      events.push({ id, streamId, message });
      if (events.length > most) events.shift();
      return id;
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
