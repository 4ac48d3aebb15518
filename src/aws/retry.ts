/**
 * When the AWS SDK sends a request again: its standard strategy (exponential backoff, full jitter, a shared allowance)
 * behind our rules. A throttled request did nothing, so reads and writes are sent again until the deadline. After a
 * failure that leaves the outcome open, only reads are sent again.
 */
import { MAXIMUM_RETRY_DELAY, Retry, StandardRetryStrategy } from '@smithy/core/retry';
import { monotonicNow } from '../lib/clock.ts';

/** Kinds of requests. `polls` are reads whose caller plans the next one. */
export type Traffic = 'reads' | 'writes' | 'polls';

type Backoff = NonNullable<ConstructorParameters<typeof StandardRetryStrategy>[0] & object>['backoff'];
type Token = Awaited<ReturnType<StandardRetryStrategy['acquireInitialRetryToken']>>;
type ErrorInfo = Parameters<StandardRetryStrategy['refreshRetryTokenForRetry']>[1];

/** Settings that tests replace. */
export interface RetrySettings {
  /** How long after the first attempt another may still begin, in milliseconds. */
  readonly deadlineMs?: number;
  /** The monotonic clock. */
  readonly now?: () => number;
  /** The machine's clock, on which the SDK gives `Retry-After` as a time. */
  readonly machineNow?: () => number;
  readonly wait?: (ms: number) => Promise<unknown>;
  /** Replaces the SDK's exponential backoff with full jitter. */
  readonly backoff?: NonNullable<Backoff>;
}

const DEADLINE_MS = 30_000;
/** Attempts of a read that fails for another reason than throttling. */
const READ_ATTEMPTS = 3;

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

/**
 * Whether a 404 answered a request whose clock was minutes off. The SDK then corrects the clock, and takes every failure of
 * that request for a refused signature that is worth a retry; a 404 is not.
 */
const isMissingWithClockOff = ({ error }: ErrorInfo) =>
  error?.$metadata?.clockSkewCorrected === true && error.$metadata.httpStatusCode === 404;

/** The longest that the SDK's backoff can take before the next attempt. */
function longestBackoff({ errorType }: ErrorInfo, retries: number): number {
  const base = errorType === 'THROTTLING' ? Retry.throttlingDelay() : Retry.delay();
  return Math.min(base * 2 ** retries, MAXIMUM_RETRY_DELAY);
}

/** The strategy for a client that sends only reads, only writes or only polls. */
export function createRetryStrategy(traffic: Traffic, settings: RetrySettings = {}) {
  const { deadlineMs = DEADLINE_MS, now = monotonicNow, machineNow = Date.now } = settings;
  const { wait = sleep, backoff } = settings;
  // The rules below decide how often to send. The SDK decides how long to wait, and keeps its retry quota.
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

    /** Waits, then returns the token of the next attempt. @throws where there must be no further attempt */
    async refreshRetryTokenForRetry(token: Token, info: ErrorInfo): Promise<Token> {
      const retries = token.getRetryCount();
      const start = startedAt.get(token) ?? now();
      const askedMs = info.retryAfterHint ? info.retryAfterHint.getTime() - machineNow() : 0;
      const notBefore = now() + askedMs;
      const longest = Math.max(askedMs, longestBackoff(info, retries));
      if (
        isMissingWithClockOff(info) ||
        !mayRetry(info.errorType, retries) ||
        now() + longest > start + deadlineMs
      )
        throw new Error('No further attempt');
      // The SDK shortens a Retry-After and treats rarer 5xx differently, so both are handled here.
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
