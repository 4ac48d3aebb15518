/**
 * The connection to Redis (or Valkey). While it is away, whoever asks learns so at once and does without; it comes
 * back by itself. Operators are told of both, once each.
 */
import { Redis, type RedisOptions } from 'ioredis';
import { ServerError } from '../errors.ts';

/** The connection. */
export interface Connection {
  /** For commands; they fail at once while it is away. */
  readonly redis: Redis;
  /** A further connection, for what blocks or listens; it waits until Redis is back. */
  open(options?: Pick<RedisOptions, 'enableOfflineQueue' | 'maxRetriesPerRequest'>): Redis;
  readonly isUp: boolean;
  /** Calls back whenever it is there again. */
  onUp(run: () => void): void;
  /** Rejects when it goes away. */
  lost(signal: AbortSignal): Promise<never>;
  /** Runs commands. @throws RegisteredError store_unavailable */
  ask<Answer>(run: (redis: Redis) => Promise<Answer>): Promise<Answer>;
  close(): Promise<void>;
}

/** Tells those who run the server. */
export type Tell = (level: 'info' | 'warn', what: string) => void;

const COMMAND_MS = 2_000;
const FIRST_MS = 2_000;
const LONGEST_PAUSE_MS = 2_000;

const retryStrategy = (times: number) => Math.min(100 * times, LONGEST_PAUSE_MS);

const unavailable = (cause?: unknown) => new ServerError('store_unavailable', { cause });

/** Connects; where that takes long, goes on without. @param url `redis://` or `rediss://` */
export async function connect(url: string, tell: Tell): Promise<Connection> {
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
  // Told by what follows from it; the error itself may name the address with its password.
  redis.on('error', () => undefined);
  redis.on('ready', () => {
    isUp = true;
    tell('info', 'Redis is there: replicas share jobs, sessions, limits and confirmations');
    for (const run of whenUp) run();
  });
  redis.on('close', () => {
    if (isUp) tell('warn', 'Redis is away: this replica polls by itself, and confirmations have to wait');
    isUp = false;
    for (const run of [...whenLost]) run();
  });
  await new Promise<void>(resolve => {
    const timer = setTimeout(() => {
      tell('warn', 'Redis cannot be reached yet: this replica begins without it');
      resolve();
    }, FIRST_MS);
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
