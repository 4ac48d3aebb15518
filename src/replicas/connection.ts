/**
 * The connection to Redis (or Valkey). While Redis is unavailable, commands fail at once; the connection is restored
 * automatically. Each loss and each return is logged once.
 */
import { Redis, type RedisOptions } from 'ioredis';
import { ServerError } from '../errors.ts';

export interface Connection {
  /** Runs commands, which fail at once while Redis is unavailable. */
  readonly redis: Redis;
  /** Opens another connection, for blocking commands and subscriptions; it waits until Redis is available again. */
  open(options?: Pick<RedisOptions, 'enableOfflineQueue' | 'maxRetriesPerRequest'>): Redis;
  readonly isUp: boolean;
  /** Calls back whenever Redis becomes available. */
  onUp(run: () => void): void;
  /** Rejects when Redis becomes unavailable. */
  lost(signal: AbortSignal): Promise<never>;
  /** Runs commands. @throws ServerError store_unavailable */
  ask<Answer>(run: (redis: Redis) => Promise<Answer>): Promise<Answer>;
  close(): Promise<void>;
}

/** Writes a line to the server's log. */
export type Log = (level: 'info' | 'warn', what: string) => void;

const COMMAND_MS = 2_000;
/** How long a start waits for Redis. */
const START_WAIT_MS = 2_000;
const LONGEST_PAUSE_MS = 2_000;

const retryStrategy = (times: number) => Math.min(100 * times, LONGEST_PAUSE_MS);

const unavailable = (cause?: unknown) => new ServerError('store_unavailable', { cause });

/** Connects. If that takes longer than 2 s, the replica starts without Redis. @param url `redis://` or `rediss://` */
export async function connect(url: string, log: Log): Promise<Connection> {
  const common = { retryStrategy, connectTimeout: COMMAND_MS };
  const redis = new Redis(url, {
    ...common,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_MS,
  });
  const others: Redis[] = [];
  const whenUp = new Set<() => void>();
  const whenLost = new Set<() => void>();
  let isUp = false;
  // The loss itself is logged below; the error may contain the address with its password.
  redis.on('error', () => undefined);
  redis.on('ready', () => {
    isUp = true;
    log('info', 'Redis is available: replicas share jobs, sessions, limits and confirmations');
    for (const run of whenUp) run();
  });
  redis.on('close', () => {
    if (isUp)
      log(
        'warn',
        'Redis is unavailable: this replica polls on its own, and confirmations wait until it is back',
      );
    isUp = false;
    for (const run of [...whenLost]) run();
  });
  await new Promise<void>(resolve => {
    const timer = setTimeout(() => {
      log('warn', 'Redis cannot be reached yet: this replica starts without it');
      resolve();
    }, START_WAIT_MS);
    redis.once('ready', () => {
      clearTimeout(timer);
      resolve();
    });
  });

  return {
    redis,
    get isUp() {
      return isUp;
    },
    open(options = {}) {
      const other = new Redis(url, { ...common, maxRetriesPerRequest: null, ...options });
      other.on('error', () => undefined);
      others.push(other);
      return other;
    },
    onUp: run => void whenUp.add(run),
    lost: signal =>
      new Promise((_, reject) => {
        const fail = () => reject(unavailable());
        whenLost.add(fail);
        signal.addEventListener('abort', () => whenLost.delete(fail), { once: true });
      }),
    async ask(run) {
      if (!isUp) throw unavailable();
      try {
        return await run(redis);
      } catch (thrown) {
        throw unavailable(thrown);
      }
    },
    async close() {
      for (const one of [...others, redis]) one.disconnect();
    },
  };
}
