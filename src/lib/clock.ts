/**
 * The clocks of this process. What is measured here (deadlines, ages, the expiry of what is cached) is measured on a
 * monotonic clock, which cannot be set. The machine's own clock, which people and NTP set back and forth, serves for
 * what people read, for signatures, and for times that another process, a file or AWS wrote.
 */

/**
 * Milliseconds on the monotonic clock. It starts at the machine's time of the start of the process and so reads like
 * epoch milliseconds, but setting the clock does not move it. It may stand still while the machine sleeps.
 */
export const monotonicNow = (): number => performance.timeOrigin + performance.now();

/**
 * How far the machine's clock is ahead of the monotonic one, in milliseconds. It grows while the machine sleeps and
 * changes when the clock is set.
 */
export const machineLead = (): number => Date.now() - monotonicNow();
