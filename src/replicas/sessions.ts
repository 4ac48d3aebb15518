/**
 * The sessions of the 2025 era in Redis: who has which, what it takes to go on with one, and its past messages. All of
 * it is sealed: a caller's token goes where a replica says that it can be reached, and what is read of a session is
 * said again in its caller's name.
 */
import { createHash, randomUUID } from 'node:crypto';
import { MOST_EVENTS, numberOf } from '../http/events.ts';
import type { MarkedRequest, SessionRecord, SharedSessions, StoredEvent } from '../http/shared-sessions.ts';
import type { Bus } from './bus.ts';
import type { Connection } from './connection.ts';
import type { Envelopes } from './envelopes.ts';

/** Without a sign of life for so long, a replica is dead. */
const ALIVE_MS = 15_000;
const BEAT_MS = 5_000;
/** Until somebody uses it, and its own limit holds. */
const FIRST_MS = 3_600_000;
const TAKEN = 'session-taken';
/** By how much the clocks of replicas may differ. */
const SKEW_MS = 60_000;
/** Redis forgets a session when it has ended; one that somebody put back is none of another caller's. */
const RECORD_MS = 365 * 24 * 3_600_000;

const digestOf = (text: string) => createHash('sha256').update(text).digest('base64url');

/** Takes a session over if nobody else has meanwhile. KEYS: the session. ARGV: from whom, by whom. */
const ADOPT = `
if redis.call('hget', KEYS[1], 'owner') ~= ARGV[1] then return 0 end
redis.call('hset', KEYS[1], 'owner', ARGV[2])
return 1`;

/** The sessions, and this replica among those that have them. */
export interface FleetSessions extends SharedSessions {
  /** Says where the others can reach this one, from now on. */
  announce(url: string): void;
  close(): Promise<void>;
}

/** Opens them. */
export function openSessions(
  connection: Connection,
  bus: Bus,
  envelopes: Envelopes,
  prefix: string,
): FleetSessions {
  const self = randomUUID();
  const keyOf = (id: string) => `${prefix}:session:${id}`;
  const subscriptionsOf = (id: string) => `${keyOf(id)}:subscriptions`;
  const eventsOf = (id: string) => `${keyOf(id)}:events`;
  const keysOf = (id: string) => [keyOf(id), subscriptionsOf(id), eventsOf(id)];
  const replicaOf = (owner: string) => `${prefix}:replica:${owner}`;

  /** Tells Redis; a session about which it could not be told ends with its replica. */
  const tell = (run: (redis: Connection['redis']) => Promise<unknown>) =>
    connection.ask(run).then(
      () => undefined,
      () => undefined,
    );

  let url: string | undefined;
  const beat = () => {
    const at = url;
    if (at === undefined) return;
    const sealed = envelopes.seal(['replica', self], at, ALIVE_MS + SKEW_MS);
    void tell(redis => redis.set(replicaOf(self), sealed, 'PX', ALIVE_MS));
  };
  connection.onUp(beat);
  const beating = setInterval(beat, BEAT_MS).unref();
  const expire = async (redis: Connection['redis'], id: string, ms: number) => {
    for (const key of keysOf(id)) await redis.pexpire(key, ms);
  };

  /** A mark is for one replica, and for one caller's requests in one session. */
  const aboutMark = (owner: string, { sessionId = '', authorization = '' }: MarkedRequest) =>
    ['forwarded', owner, sessionId, digestOf(authorization)] as const;

  return {
    mark: (owner, request) => envelopes.seal(aboutMark(owner, request), '', SKEW_MS),
    isMarked: (mark, request) =>
      envelopes.open(aboutMark(self, request), typeof mark === 'string' ? mark : undefined) !== undefined,

    add(id, record) {
      const opened = envelopes.seal(['session', id], JSON.stringify(record), RECORD_MS);
      void tell(async redis => {
        await redis.hset(keyOf(id), { opened, owner: self });
        await redis.pexpire(keyOf(id), FIRST_MS);
      });
    },

    async find(id) {
      const [{ opened, owner }, followed] = await connection.ask(redis =>
        Promise.all([redis.hgetall(keyOf(id)), redis.hgetall(subscriptionsOf(id))]),
      );
      const record = envelopes.open(['session', id], opened);
      if (record === undefined || owner === undefined) return undefined;
      const sealed = owner === self ? undefined : await connection.ask(redis => redis.get(replicaOf(owner)));
      const subscriptions = Object.entries(followed).flatMap(
        ([name, text]) => envelopes.open(['subscription', id, name], text) ?? [],
      );
      const { callerKey, initialize } = JSON.parse(record) as Pick<SessionRecord, 'callerKey' | 'initialize'>;
      const url = envelopes.open(['replica', owner], sealed);
      return { callerKey, initialize, subscriptions, owner, url };
    },

    async adopt(id, from) {
      const isOurs = (await connection.ask(redis => redis.eval(ADOPT, 1, keyOf(id), from, self))) === 1;
      if (isOurs) bus.publish(TAKEN, self, id);
      return isOurs;
    },

    subscribed(id, uri, isOn) {
      const name = digestOf(uri);
      const sealed = envelopes.seal(['subscription', id, name], uri, RECORD_MS);
      void tell(redis =>
        isOn ? redis.hset(subscriptionsOf(id), name, sealed) : redis.hdel(subscriptionsOf(id), name),
      );
    },

    used: (id, idleMs) => void tell(redis => expire(redis, id, Math.max(idleMs, ALIVE_MS))),
    remove: id => void tell(redis => redis.del(...keysOf(id))),
    release: id => tell(redis => redis.eval(ADOPT, 1, keyOf(id), self, 'nobody')),

    events: id => ({
      append: event =>
        tell(redis =>
          redis
            .multi()
            .rpush(eventsOf(id), envelopes.seal(['event', id], JSON.stringify(event), RECORD_MS))
            .ltrim(eventsOf(id), -MOST_EVENTS, -1)
            .exec(),
        ),
      async all() {
        const sealed = await connection.ask(redis => redis.lrange(eventsOf(id), 0, -1));
        const events = sealed.flatMap(one => {
          const text = envelopes.open(['event', id], one);
          return text === undefined ? [] : [JSON.parse(text) as StoredEvent];
        });
        // Each once and in its order, however they stand there.
        const byId = new Map(events.map(event => [event.id, event]));
        return [...byId.values()].sort((one, other) => numberOf(one) - numberOf(other));
      },
    }),

    onTaken: run => void bus.follow(TAKEN, self, id => run(String(id))),

    announce(at) {
      url = at;
      beat();
    },

    async close() {
      clearInterval(beating);
      await tell(redis => redis.del(replicaOf(self)));
    },
  };
}
