/** What is said of many measured values. */

/** @param {readonly number[]} values */
export const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * The value below which that share of the others lies.
 * @param {readonly number[]} values
 * @param {number} share from 0, the least, to 1, the most
 */
export function quantile(values, share) {
  const value = [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)];
  if (value === undefined) throw new RangeError('no values');
  return value;
}

/**
 * The middle: a value that something else disturbed does not count.
 * @param {readonly number[]} values
 */
export const median = values => quantile(values, 0.5);
