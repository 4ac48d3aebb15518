/**
 * When the AWS SDK may send again by itself: its own standard strategy (exponential backoff, full jitter, a
 * shared allowance) behind rules of ours. Throttling did nothing, so reads and writes alike go again until
 * the deadline; a failure that leaves open whether something was done is sent again for reads only.
 */
import { MAXIMUM_RETRY_DELAY, Retry, StandardRetryStrategy } from '@smithy/core/retry';
import { monotonicNow } from '../lib/clock.ts';

/** Whether what is sent changes anything at AWS; `polls` are reads that somebody else plans again. */
export type Traffic = 'reads' | 'writes' | 'polls';

type Backoff = NonNullable<ConstructorParameters<typeof StandardRetryStrategy>[0] & object>['backoff'];
type Token = Awaited<ReturnType<StandardRetryStrategy['acquireInitialRetryToken']>>;
type ErrorInfo = Parameters<StandardRetryStrategy['refreshRetryTokenForRetry']>[1];

/** What a test replaces. */
export interface RetrySettings {
  /** How long after the first attempt another may still begin, in milliseconds. */
  readonly deadlineMs?: number;
  /** The monotonic clock. */
  readonly now?: () => number;
  /** The machine's clock: the SDK tells `Retry-After` as a time on it. */
  readonly machineNow?: () => number;
  readonly wait?: (ms: number) => Promise<unknown>;
  /** In place of the SDK's exponential backoff with full jitter. */
  readonly backoff?: NonNullable<Backoff>;
}

const DEADLINE_MS = 30_000;
/** Attempts at a read that fails otherwise than by throttling. */
const READ_ATTEMPTS = 3;

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

/** The longest that the SDK's backoff can take before the next attempt. */
function longestBackoff({ errorType }: ErrorInfo, retries: number): number {
  const base = errorType === 'THROTTLING' ? Retry.throttlingDelay() : Retry.delay();
  return Math.min(base * 2 ** retries, MAXIMUM_RETRY_DELAY);
}

/** The strategy for a client that sends only reads, only writes or only polls. */
export function createRetryStrategy(traffic: Traffic, settings: RetrySettings = {}) {
  const { deadlineMs = DEADLINE_MS, now = monotonicNow, machineNow = Date.now } = settings;
  const { wait = sleep, backoff } = settings;
  // How often is decided here; what is left to the SDK is how long to wait and its shared allowance.
  const standard = new StandardRetryStrategy({
    maxAttempts: Number.MAX_SAFE_INTEGER,
    ...(backoff && { backoff }),
  });
  const startedAt = new WeakMap<Token, number>();

  const mayRetry = (errorType: ErrorInfo['errorType'], retries: number) =>
    traffic !== 'polls' &&
    (errorType === 'THROTTLING' ||
      (traffic === 'reads' && errorType !== 'CLIENT_ERROR' && retries + 1 < READ_ATTEMPTS));

  return {
    async acquireInitialRetryToken(scope: string): Promise<Token> {
      const token = await standard.acquireInitialRetryToken(scope);
      startedAt.set(token, now());
      return token;
    },

    /** Waits, then answers the token of the next attempt. @throws where there is to be none */
    async refreshRetryTokenForRetry(token: Token, info: ErrorInfo): Promise<Token> {
      const retries = token.getRetryCount();
      const start = startedAt.get(token) ?? now();
      const askedMs = info.retryAfterHint ? info.retryAfterHint.getTime() - machineNow() : 0;
      const notBefore = now() + askedMs;
      const longest = Math.max(askedMs, longestBackoff(info, retries));
      if (!mayRetry(info.errorType, retries) || now() + longest > start + deadlineMs)
        throw new Error('No further attempt');
      // The SDK cuts a Retry-After short and has its own mind on rarer 5xx: neither is left to it.
      const errorType = info.errorType === 'SERVER_ERROR' ? 'TRANSIENT' : info.errorType;
      const next = await standard.refreshRetryTokenForRetry(token, {
        ...(info.error && { error: info.error }),
        errorType,
      });
      startedAt.set(next, start);
      if (notBefore > now()) await wait(notBefore - now());
      return next;
    },

    recordSuccess: (token: Token) => standard.recordSuccess(token),
  };
}
