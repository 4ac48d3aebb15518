/** The sessions of the 2025 era in Redis: who has which, what it takes to go on with one, and its past messages. */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { SealerOptions } from '../execute/seal.ts';
import { MOST_EVENTS } from '../transports/http/events.ts';
import type { SharedSessions, StoredEvent } from '../transports/http/shared-sessions.ts';
import type { Bus } from './bus.ts';
import type { Connection } from './connection.ts';

/** Without a sign of life for so long, a replica is dead. */
const ALIVE_MS = 15_000;
const BEAT_MS = 5_000;
/** Until somebody uses it, and its own limit holds. */
const FIRST_MS = 3_600_000;
const TAKEN = 'session-taken';

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
  prefix: string,
  keys: SealerOptions['keys'],
): FleetSessions {
  const marks = keys.map(key => createHmac('sha256', key).update('forwarded').digest());
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
    if (at !== undefined) void tell(redis => redis.set(replicaOf(self), at, 'PX', ALIVE_MS));
  };
  connection.onUp(beat);
  const beating = setInterval(beat, BEAT_MS).unref();
  const expire = async (redis: Connection['redis'], id: string, ms: number) => {
    for (const key of keysOf(id)) await redis.pexpire(key, ms);
  };

  return {
    mark: marks[0]?.toString('base64url') ?? '',
    isMark(value) {
      const shown = Buffer.from(typeof value === 'string' ? value : '', 'base64url');
      return marks.some(mark => mark.length === shown.length && timingSafeEqual(mark, shown));
    },

    add(id, { callerKey, initialize }) {
      void tell(async redis => {
        await redis.hset(keyOf(id), { callerKey, initialize: JSON.stringify(initialize), owner: self });
        await redis.pexpire(keyOf(id), FIRST_MS);
      });
    },

    async find(id) {
      const [facts, subscriptions] = await connection.ask(redis =>
        Promise.all([redis.hgetall(keyOf(id)), redis.smembers(subscriptionsOf(id))]),
      );
      const { callerKey, initialize, owner } = facts;
      if (callerKey === undefined || initialize === undefined || owner === undefined) return undefined;
      const at = owner === self ? null : await connection.ask(redis => redis.get(replicaOf(owner)));
      return { callerKey, initialize: JSON.parse(initialize), subscriptions, owner, url: at ?? undefined };
    },

    async adopt(id, from) {
      const isOurs = (await connection.ask(redis => redis.eval(ADOPT, 1, keyOf(id), from, self))) === 1;
      if (isOurs) bus.tell(TAKEN, self, id);
      return isOurs;
    },

    subscribed(id, uri, isOn) {
      void tell(redis =>
        isOn ? redis.sadd(subscriptionsOf(id), uri) : redis.srem(subscriptionsOf(id), uri),
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
            .rpush(eventsOf(id), JSON.stringify(event))
            .ltrim(eventsOf(id), -MOST_EVENTS, -1)
            .exec(),
        ),
      async all() {
        const texts = await connection.ask(redis => redis.lrange(eventsOf(id), 0, -1));
        return texts.map(text => JSON.parse(text) as StoredEvent);
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
