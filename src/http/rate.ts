/** The rate limit of each caller, so that one busy caller does not starve the others. */
import type { FastifyReply } from 'fastify';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

/** Counts a request. @returns whether it may proceed; if not, the reply was sent and says when to retry */
export type Meter = (callerKey: string, reply: FastifyReply) => Promise<boolean>;

/** Answers 429 with the time to wait. */
export async function tooMany(reply: FastifyReply, ms: number): Promise<void> {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  await reply
    .code(429)
    .header('retry-after', String(seconds))
    .send({ error: 'too_many_requests', error_description: `Too many requests. Try again in ${seconds} s` });
}

/** @param perMinute requests of one caller @param redis where replicas count together */
export function createMeter(perMinute: number, redis?: unknown): Meter {
  const allowance = { points: perMinute, duration: 60 };
  // Each replica also counts on its own: Redis may be unavailable, and a count there can be reset by others who can write to it.
  const alone = new RateLimiterMemory(allowance);
  const together =
    redis === undefined
      ? undefined
      : new RateLimiterRedis({
          ...{ ...allowance, storeClient: redis, keyPrefix: 'amplify-backend-mcp:rate' },
          insuranceLimiter: new RateLimiterMemory(allowance),
        });
  return async (callerKey, reply) => {
    try {
      await alone.consume(callerKey);
      await together?.consume(callerKey);
      return true;
    } catch (thrown) {
      if (!(thrown instanceof RateLimiterRes)) throw thrown;
      await tooMany(reply, thrown.msBeforeNext);
      return false;
    }
  };
}
