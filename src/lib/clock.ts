/**
 * The clocks of this process. Deadlines, ages and cache expiry are measured on a monotonic clock, which cannot be set. The
 * machine's own clock, which people and NTP set back and forth, is used for times that people read, for signatures, and for
 * comparison with times from AWS, a file or another process.
 */

/**
 * Milliseconds on the monotonic clock. It starts at the machine's time when the process starts, so it reads like epoch
 * milliseconds, but setting the clock does not change it. It may stop while the machine sleeps.
 */
export const monotonicNow = (): number => performance.timeOrigin + performance.now();

/**
 * How far the machine's clock is ahead of the monotonic one, in milliseconds. It grows while the machine sleeps and
 * changes when the clock is set.
 */
export const machineLead = (): number => Date.now() - monotonicNow();
