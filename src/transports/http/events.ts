/**
 * The past of the sessions' streams, in memory: what a client that lost a stream has missed. Bounded for a session
 * and for all, by what it takes and not only by number: a client decides how long the answers to it are.
 */
import type { EventStore, JSONRPCMessage } from '@modelcontextprotocol/server';

/** How much is kept. */
export interface PastLimits {
  /** Messages of a session. */
  readonly events: number;
  /** Of the text of a session's messages, in characters. */
  readonly length: number;
  /** Of that of all sessions. */
  readonly totalLength: number;
}

const defaultPast: PastLimits = { events: 500, length: 2_000_000, totalLength: 32_000_000 };

/** The past of one session. */
export interface Past extends EventStore {
  /** Forgets it. */
  close(): void;
}

/** As text, so that what it takes is known; a message may share its parts with others, or not. */
interface Event {
  readonly id: string;
  readonly streamId: string;
  readonly text: string;
}

/** Makes what opens the past of each session. */
export function createPasts(limits: PastLimits = defaultPast): () => Past {
  /** All that is kept, the oldest first, with what forgets it. */
  const all = new Map<Event, () => void>();
  let totalLength = 0;

  return () => {
    const events: Event[] = [];
    let last = 0;
    let length = 0;
    let isClosed = false;

    function forgetOldest(): void {
      const event = events.shift();
      if (!event) return;
      all.delete(event);
      length -= event.text.length;
      totalLength -= event.text.length;
    }

    function keep(event: Event): void {
      events.push(event);
      all.set(event, forgetOldest);
      length += event.text.length;
      totalLength += event.text.length;
      while (events.length > limits.events || length > limits.length) forgetOldest();
      // The oldest of all is the oldest of its session.
      for (const forget of all.values()) {
        if (totalLength <= limits.totalLength) break;
        forget();
      }
    }

    return {
      async storeEvent(streamId, message) {
        last += 1;
        const id = `${streamId}/${last}`;
        // A call may end after its session did.
        if (!isClosed) keep({ id, streamId, text: JSON.stringify(message) });
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
        for (const { id, text } of missed) await send(id, JSON.parse(text) as JSONRPCMessage);
        return known.streamId;
      },

      close() {
        isClosed = true;
        while (events.length > 0) forgetOldest();
      },
    };
  };
}
