/** Statistics of measured values. */

/** @param {readonly number[]} values */
export const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * The value below which a share of the values lies.
 * @param {readonly number[]} values
 * @param {number} share from 0 for the smallest value to 1 for the largest
 */
export function quantile(values, share) {
  const value = [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)];
  if (value === undefined) throw new RangeError('no values');
  return value;
}

/**
 * The median, on which single disturbed measurements have no effect.
 * @param {readonly number[]} values
 */
export const median = values => quantile(values, 0.5);
