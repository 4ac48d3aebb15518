/**
 * The past of the sessions' streams: what a client that lost a stream has missed, on any replica. Bounded for a
 * session and for all, by what it takes and not only by number: a client decides how long the answers to it are.
 */
import type { EventStore, JSONRPCMessage, RequestId } from '@modelcontextprotocol/server';
import type { SharedEvents, StoredEvent } from './shared-sessions.ts';

/** How much is kept. */
export interface PastLimits {
  /** Messages of a session. */
  readonly events: number;
  /** Of the text of a session's messages, in characters. */
  readonly length: number;
  /** Of that of all sessions. */
  readonly totalLength: number;
}

/** Messages of a session that are kept, here and for other replicas. */
export const MOST_EVENTS = 500;

const defaultPast: PastLimits = { events: MOST_EVENTS, length: 2_000_000, totalLength: 32_000_000 };

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

/** What a past begins with. */
export interface PastOptions {
  /** What was said on another replica. */
  readonly before?: readonly StoredEvent[];
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

/** The number of a message among those of its session. */
export const numberOf = ({ id }: Pick<StoredEvent, 'id'>): number => Number(id.split('/').at(-1));

/** Makes what opens the past of each session. */
export function createPasts(limits: PastLimits = defaultPast): (options?: PastOptions) => Past {
  /** All that is kept, the oldest first, with what forgets it. */
  const all = new Map<Event, () => void>();
  let totalLength = 0;

  return ({ before = [], shared, asks } = {}) => {
    const events: Event[] = [];
    let last = Math.max(0, ...before.map(numberOf));
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

    for (const { id, streamId, message } of before) keep({ id, streamId, text: JSON.stringify(message) });

    return {
      async storeEvent(streamId, message) {
        last += 1;
        const id = `${streamId}/${last}`;
        // A call may end after its session did.
        if (isClosed) return id;
        const text = JSON.stringify(message);
        keep({ id, streamId, text });
        if (text.length <= limits.length) await shared?.append({ id, streamId, message, asks: asks?.() });
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
