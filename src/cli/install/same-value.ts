/** Whether two parsed documents hold the same, whichever parser made their structures. */
import { isDeepStrictEqual } from 'node:util';

export const isSameValue = (one: unknown, other: unknown): boolean =>
  isDeepStrictEqual(structuredClone(one), structuredClone(other));
