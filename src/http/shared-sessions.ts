/** The sessions of the 2025 era as the replicas share them. Types only. */
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/server';

/** A session as all replicas see it. */
export interface SessionRecord {
  readonly callerKey: string;
  /** The message that opened the session. */
  readonly initialize: unknown;
  /** The resources to which its client is subscribed. */
  readonly subscriptions: readonly string[];
  /** The replica that has the session. */
  readonly owner: string;
  /** The address that the owner published; undefined if the owner is gone or is this replica. */
  readonly url: string | undefined;
}

/** The request that a mark is valid for: one caller's, in one session. */
export interface MarkedRequest {
  readonly sessionId: string | undefined;
  readonly authorization: string | undefined;
}

/** A message of a session's stream. */
export interface StoredEvent {
  readonly id: string;
  readonly streamId: string;
  readonly message: JSONRPCMessage;
  /** The requests that the stream answers. */
  readonly asks?: readonly RequestId[] | undefined;
}

/** The past messages of one session. */
export interface SharedEvents {
  append(event: StoredEvent): Promise<void>;
  /** @throws ServerError store_unavailable */
  all(): Promise<StoredEvent[]>;
}

/** The sessions of all replicas. Changes are written to Redis in the background. */
export interface SharedSessions {
  /** Creates the mark of a request that is forwarded to that replica; it is valid for no other. */
  mark(owner: string, request: MarkedRequest): string;
  /** Whether another replica has marked this request for this replica. */
  isMarked(mark: unknown, request: MarkedRequest): boolean;
  add(id: string, session: Pick<SessionRecord, 'callerKey' | 'initialize'>): void;
  /** @throws ServerError store_unavailable */
  find(id: string): Promise<SessionRecord | undefined>;
  /** Takes a session over. @returns whether the replica `from` still owned it @throws ServerError store_unavailable */
  adopt(id: string, from: string): Promise<boolean>;
  /** Records that the session's client subscribes to a resource, or unsubscribes. */
  subscribed(id: string, uri: string, isOn: boolean): void;
  /** Records a use of the session, which keeps it for this long. */
  used(id: string, idleMs: number): void;
  /** Removes a session that has ended. */
  remove(id: string): void;
  /** Gives the session up: the next replica that gets a request for it takes it over. */
  release(id: string): Promise<void>;
  events(id: string): SharedEvents;
  /** Calls back when another replica has taken a session over. */
  onTaken(run: (id: string) => void): void;
}
