/** Limits on what clients may do, for each caller and for all together. */

/** Sizes are in bytes, times in milliseconds. */
export interface HttpLimits {
  readonly bodyBytes: number;
  /** All bodies together that are still arriving, in the process. */
  readonly arrivingBytes: number;
  readonly headerBytes: number;
  /** How long a request may take to arrive. */
  readonly receiveMs: number;
  /** Calls under way at once, in the process. */
  readonly calls: number;
  readonly callsPerCaller: number;
  /** Open streams, in the process. */
  readonly streams: number;
  readonly streamsPerCaller: number;
  /** How long a reader may leave a stream unread. */
  readonly slowReaderMs: number;
  readonly sessions: number;
  readonly sessionsPerCaller: number;
  readonly sessionIdleMs: number;
  /** How long a shutdown waits for calls under way. */
  readonly drainMs: number;
}

export const defaultLimits: HttpLimits = {
  bodyBytes: 1_000_000,
  arrivingBytes: 64_000_000,
  headerBytes: 16_384,
  receiveMs: 15_000,
  calls: 256,
  callsPerCaller: 128,
  streams: 2_000,
  streamsPerCaller: 1_000,
  slowReaderMs: 30_000,
  sessions: 5_000,
  sessionsPerCaller: 100,
  sessionIdleMs: 30 * 60_000,
  drainMs: 25_000,
};
