/**
 * The past messages of the sessions' streams, from which a client that lost a stream gets what it missed, on any replica.
 * They are bounded for each session and for all together, by length as well as by number, because a client's requests
 * determine how long the answers are.
 */
import type { EventStore, JSONRPCMessage, RequestId } from '@modelcontextprotocol/server';
import type { SharedEvents, StoredEvent } from './shared-sessions.ts';

/** How many messages are kept. */
export interface EventStoreLimits {
  /** Messages of one session. */
  readonly events: number;
  /** Characters of one session's messages. */
  readonly length: number;
  /** Characters of all sessions' messages. */
  readonly totalLength: number;
}

/** How many messages of a session are kept, in this process and in Redis. */
export const MOST_EVENTS = 500;

const defaultEventLimits: EventStoreLimits = {
  events: MOST_EVENTS,
  length: 2_000_000,
  totalLength: 32_000_000,
};

/** Stores the past messages of one session. */
export interface SessionEventStore extends EventStore {
  /** Whether that event was the answer to a request, after which its stream has nothing more. */
  isAnswer(eventId: string): boolean;
  /** Discards all messages. */
  close(): void;
}

/** A message, kept as text so that its size is known. */
interface Event {
  readonly id: string;
  readonly isAnswer: boolean;
  readonly streamId: string;
  readonly text: string;
}

export interface EventStoreOptions {
  /** The messages of the session from the replica that had it before. */
  readonly before?: readonly StoredEvent[];
  readonly shared?: SharedEvents | undefined;
  /** The requests that the current message answers. */
  readonly requestIds?: () => readonly RequestId[] | undefined;
}

/** The requests that were not answered before their replica was gone, each with its stream. */
export function unanswered(events: readonly StoredEvent[]): { streamId: string; id: RequestId }[] {
  const answeredIds = new Set(
    events.flatMap(({ message }) => ('id' in message && !('method' in message) ? [message.id] : [])),
  );
  const streamById = new Map<RequestId, string>();
  // A request's stream is the one of its first message; a later message for it may be sent on another stream.
  for (const { streamId, asks = [] } of events)
    for (const id of asks) if (!streamById.has(id)) streamById.set(id, streamId);
  return [...streamById].flatMap(([id, streamId]) => (answeredIds.has(id) ? [] : [{ streamId, id }]));
}

const isAnswer = (message: JSONRPCMessage) => 'id' in message && !('method' in message);

/** The sequence number of a message within its session. */
export const numberOf = ({ id }: Pick<StoredEvent, 'id'>): number => Number(id.split('/').at(-1));

/** Returns the function that opens the event store of a session. All stores share the bound `totalLength`. */
export function createSessionEventStores(
  limits: EventStoreLimits = defaultEventLimits,
): (options?: EventStoreOptions) => SessionEventStore {
  /** All kept messages, the oldest first, each with the function that discards the oldest one of its session. */
  const all = new Map<Event, () => void>();
  let totalLength = 0;

  return ({ before = [], shared, requestIds } = {}) => {
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
      // The oldest message of all is also the oldest one of its session.
      for (const forget of all.values()) {
        if (totalLength <= limits.totalLength) break;
        forget();
      }
    }

    for (const { id, streamId, message } of before)
      keep({ id, streamId, isAnswer: isAnswer(message), text: JSON.stringify(message) });
    /** The streams of requests whose clients came back for them. */
    const resumed = new Set<string>();

    return {
      /**
       * The answer ends its request's stream. It is sent without an id, because some clients (Gemini CLI) resume a stream whose
       * last event has an id, again and again. In a resumed stream it has one, by which `isAnswer` recognizes a further resume.
       */
      async storeEvent(streamId, message) {
        last += 1;
        const id = `${streamId}/${last}`;
        // A call may end after its session has ended.
        if (isClosed) return id;
        const text = JSON.stringify(message);
        const ends = isAnswer(message);
        keep({ id, streamId, isAnswer: ends, text });
        if (text.length <= limits.length)
          await shared?.append({ id, streamId, message, asks: requestIds?.() });
        return ends && !resumed.has(streamId) ? '' : id;
      },

      isAnswer: eventId => events.find(({ id }) => id === eventId)?.isAnswer === true,

      async getStreamIdForEventId(eventId) {
        return events.find(({ id }) => id === eventId)?.streamId;
      },

      async replayEventsAfter(lastEventId, { send }) {
        const at = events.findIndex(({ id }) => id === lastEventId);
        const known = events[at];
        if (!known) throw new Error('the stream cannot be resumed from this event: it is no longer kept');
        resumed.add(known.streamId);
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
