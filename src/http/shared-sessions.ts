/** What replicas know of each other's sessions of the 2025 era. Types only. */
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/server';

/** A session, as all replicas know it. */
export interface SessionRecord {
  readonly callerKey: string;
  /** The message that opened it. */
  readonly initialize: unknown;
  /** The resources that its client follows. */
  readonly subscriptions: readonly string[];
  /** The replica that has it. */
  readonly owner: string;
  /** Where that one can be reached, by its own word; undefined where it is gone. */
  readonly url: string | undefined;
}

/** What a mark is for: one caller's request in one session. */
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
  /** @throws RegisteredError store_unavailable */
  all(): Promise<StoredEvent[]>;
}

/** The sessions of all replicas. What is told of a session reaches the others as soon as they can be reached. */
export interface SharedSessions {
  /** Marks a request that is sent on to another replica, and no other one. */
  mark(owner: string, request: MarkedRequest): string;
  /** Whether another replica has marked this request for this one. */
  isMarked(mark: unknown, request: MarkedRequest): boolean;
  add(id: string, session: Pick<SessionRecord, 'callerKey' | 'initialize'>): void;
  /** @throws RegisteredError store_unavailable where nobody can tell */
  find(id: string): Promise<SessionRecord | undefined>;
  /** Takes it over. @returns whether that replica still had it @throws RegisteredError store_unavailable */
  adopt(id: string, from: string): Promise<boolean>;
  /** Its client begins or ends to follow a resource. */
  subscribed(id: string, uri: string, isOn: boolean): void;
  /** Somebody uses it. */
  used(id: string, idleMs: number): void;
  /** It has ended. */
  remove(id: string): void;
  /** Whoever is asked for it next may have it. */
  release(id: string): Promise<void>;
  events(id: string): SharedEvents;
  /** Calls back when another replica has taken one over. */
  onTaken(run: (id: string) => void): void;
}
