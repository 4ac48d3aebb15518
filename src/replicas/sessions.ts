/**
 * The sessions of the 2025 era in Redis: which replica has each session, what another replica needs to continue it, and
 * its past messages. All of it is sealed, because a caller's token is sent to the address that a replica publishes, and
 * a session's messages are replayed in its caller's name.
 */
import { createHash, randomUUID } from 'node:crypto';
import { MOST_EVENTS, numberOf } from '../http/events.ts';
import type {
  MarkedRequest,
  SessionRecord,
  SharedEvents,
  SharedSessions,
  StoredEvent,
} from '../http/shared-sessions.ts';
import type { Bus } from './bus.ts';
import type { Connection } from './connection.ts';
import type { Envelopes } from './envelopes.ts';

/** After this time without a renewal of its address, a replica counts as dead. */
const ALIVE_MS = 15_000;
const BEAT_MS = 5_000;
/** How long a new session is kept; once it is used, its own idle limit applies. */
const FIRST_MS = 3_600_000;
const TAKEN = 'session-taken';
/** How much the clocks of replicas may differ. */
const SKEW_MS = 60_000;
/** A seal only has to outlive its session; Redis deletes the session's data when the session ends. */
const RECORD_MS = 365 * 24 * 3_600_000;

const digestOf = (text: string) => createHash('sha256').update(text).digest('base64url');

/** Takes a session over, unless another replica already has. KEYS: the session. ARGV: the old owner, the new owner. */
const ADOPT = `
if redis.call('hget', KEYS[1], 'owner') ~= ARGV[1] then return 0 end
redis.call('hset', KEYS[1], 'owner', ARGV[2])
return 1`;

/** A mark is valid for one replica, and for one caller's requests in one session. */
const aboutMark = (owner: string, { sessionId = '', authorization = '' }: MarkedRequest) =>
  ['forwarded', owner, sessionId, digestOf(authorization)] as const;

type Redis = Connection['redis'];

/** The sessions of all replicas, as this replica reads and writes them. */
export class ReplicaSessions implements SharedSessions {
  readonly #connection: Connection;
  readonly #bus: Bus;
  readonly #envelopes: Envelopes;
  readonly #prefix: string;
  readonly #self = randomUUID();
  readonly #heartbeat: NodeJS.Timeout;
  /** Where the other replicas can reach this one. */
  #url: string | undefined;

  constructor(connection: Connection, bus: Bus, envelopes: Envelopes, prefix: string) {
    this.#connection = connection;
    this.#bus = bus;
    this.#envelopes = envelopes;
    this.#prefix = prefix;
    connection.onUp(() => this.#beat());
    this.#heartbeat = setInterval(() => this.#beat(), BEAT_MS).unref();
  }

  /** Publishes where the other replicas can reach this one, from now on. */
  announce(url: string): void {
    this.#url = url;
    this.#beat();
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#write(redis => redis.del(this.#replicaKey(this.#self)));
  }

  mark(owner: string, request: MarkedRequest): string {
    return this.#envelopes.seal(aboutMark(owner, request), '', SKEW_MS);
  }

  isMarked(mark: unknown, request: MarkedRequest): boolean {
    const sealed = typeof mark === 'string' ? mark : undefined;
    return this.#envelopes.open(aboutMark(this.#self, request), sealed) !== undefined;
  }

  add(id: string, session: Pick<SessionRecord, 'callerKey' | 'initialize'>): void {
    const opened = this.#envelopes.seal(['session', id], JSON.stringify(session), RECORD_MS);
    void this.#write(async redis => {
      await redis.hset(this.#key(id), { opened, owner: this.#self });
      await redis.pexpire(this.#key(id), FIRST_MS);
    });
  }

  async find(id: string): Promise<SessionRecord | undefined> {
    const [{ opened, owner }, followed] = await this.#connection.ask(redis =>
      Promise.all([redis.hgetall(this.#key(id)), redis.hgetall(this.#subscriptionsKey(id))]),
    );
    const record = this.#envelopes.open(['session', id], opened);
    if (record === undefined || owner === undefined) return undefined;
    const sealed =
      owner === this.#self
        ? undefined
        : await this.#connection.ask(redis => redis.get(this.#replicaKey(owner)));
    const subscriptions = Object.entries(followed).flatMap(
      ([name, text]) => this.#envelopes.open(['subscription', id, name], text) ?? [],
    );
    const { callerKey, initialize } = JSON.parse(record) as Pick<SessionRecord, 'callerKey' | 'initialize'>;
    const url = this.#envelopes.open(['replica', owner], sealed);
    return { callerKey, initialize, subscriptions, owner, url };
  }

  async adopt(id: string, from: string): Promise<boolean> {
    const adopted = await this.#connection.ask(redis =>
      redis.eval(ADOPT, 1, this.#key(id), from, this.#self),
    );
    if (adopted === 1) this.#bus.publish(TAKEN, this.#self, id);
    return adopted === 1;
  }

  subscribed(id: string, uri: string, isOn: boolean): void {
    const name = digestOf(uri);
    const sealed = this.#envelopes.seal(['subscription', id, name], uri, RECORD_MS);
    const key = this.#subscriptionsKey(id);
    void this.#write(redis => (isOn ? redis.hset(key, name, sealed) : redis.hdel(key, name)));
  }

  used(id: string, idleMs: number): void {
    const ms = Math.max(idleMs, ALIVE_MS);
    void this.#write(async redis => {
      for (const key of this.#keys(id)) await redis.pexpire(key, ms);
    });
  }

  remove(id: string): void {
    void this.#write(redis => redis.del(...this.#keys(id)));
  }

  release(id: string): Promise<void> {
    return this.#write(redis => redis.eval(ADOPT, 1, this.#key(id), this.#self, 'nobody'));
  }

  events(id: string): SharedEvents {
    const key = this.#eventsKey(id);
    return {
      append: event => {
        const sealed = this.#envelopes.seal(['event', id], JSON.stringify(event), RECORD_MS);
        return this.#write(redis => redis.multi().rpush(key, sealed).ltrim(key, -MOST_EVENTS, -1).exec());
      },
      all: async () => {
        const sealed = await this.#connection.ask(redis => redis.lrange(key, 0, -1));
        const events = sealed.flatMap(one => {
          const text = this.#envelopes.open(['event', id], one);
          return text === undefined ? [] : [JSON.parse(text) as StoredEvent];
        });
        // Somebody else may have written to the list: each event is used once, in order.
        const byId = new Map(events.map(event => [event.id, event]));
        return [...byId.values()].sort((one, other) => numberOf(one) - numberOf(other));
      },
    };
  }

  onTaken(run: (id: string) => void): void {
    this.#bus.follow(TAKEN, this.#self, id => run(String(id)));
  }

  #key(id: string): string {
    return `${this.#prefix}:session:${id}`;
  }

  #subscriptionsKey(id: string): string {
    return `${this.#key(id)}:subscriptions`;
  }

  #eventsKey(id: string): string {
    return `${this.#key(id)}:events`;
  }

  #keys(id: string): string[] {
    return [this.#key(id), this.#subscriptionsKey(id), this.#eventsKey(id)];
  }

  #replicaKey(owner: string): string {
    return `${this.#prefix}:replica:${owner}`;
  }

  #beat(): void {
    const url = this.#url;
    if (url === undefined) return;
    const sealed = this.#envelopes.seal(['replica', this.#self], url, ALIVE_MS + SKEW_MS);
    void this.#write(redis => redis.set(this.#replicaKey(this.#self), sealed, 'PX', ALIVE_MS));
  }

  /** Writes to Redis. A failed write is lost: the session then ends with its replica. */
  #write(run: (redis: Redis) => Promise<unknown>): Promise<void> {
    return this.#connection.ask(run).then(
      () => undefined,
      () => undefined,
    );
  }
}
