/** How much each caller may send, so that a busy one leaves room for the others. */
import type { FastifyReply } from 'fastify';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

/** Counts a request. @returns whether it may go on; if not, the reply has said when to come back */
export type Meter = (callerKey: string, reply: FastifyReply) => Promise<boolean>;

/** Answers that it is too much for now. */
export async function tooMany(reply: FastifyReply, ms: number): Promise<void> {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  await reply
    .code(429)
    .header('retry-after', String(seconds))
    .send({ error: 'too_many_requests', error_description: `Come back in ${seconds} s` });
}

/** Makes it. @param perMinute requests of one caller @param redis where replicas count together */
export function createMeter(perMinute: number, redis?: unknown): Meter {
  const allowance = { points: perMinute, duration: 60 };
  // Each replica counts on its own too: for when Redis is unavailable, and so that nobody who writes there can reset a count.
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
