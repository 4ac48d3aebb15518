/** The rate limit of each caller, so that one busy caller does not starve the others. */
import type { FastifyReply } from 'fastify';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

/** Counts a request. @returns whether it may proceed. If not, it was answered with 429 and the time to wait */
export type RateLimit = (callerKey: string, reply: FastifyReply) => Promise<boolean>;

/** Answers 429 with the time to wait. */
export async function sendTooManyRequests(reply: FastifyReply, ms: number): Promise<void> {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  await reply
    .code(429)
    .header('retry-after', String(seconds))
    .send({ error: 'too_many_requests', error_description: `Too many requests. Try again in ${seconds} s` });
}

/** @param perMinute requests of one caller @param redis in which all replicas count together */
export function createRateLimit(perMinute: number, redis?: unknown): RateLimit {
  const allowance = { points: perMinute, duration: 60 };
  // Each replica also counts on its own: Redis may be unavailable, and a count there can be reset by others who can write to it.
  const ownLimiter = new RateLimiterMemory(allowance);
  const sharedLimiter =
    redis === undefined
      ? undefined
      : new RateLimiterRedis({
          ...{ ...allowance, storeClient: redis, keyPrefix: 'amplify-backend-mcp:rate' },
          insuranceLimiter: new RateLimiterMemory(allowance),
        });
  return async (callerKey, reply) => {
    try {
      await ownLimiter.consume(callerKey);
      await sharedLimiter?.consume(callerKey);
      return true;
    } catch (thrown) {
      if (!(thrown instanceof RateLimiterRes)) throw thrown;
      await sendTooManyRequests(reply, thrown.msBeforeNext);
      return false;
    }
  };
}
