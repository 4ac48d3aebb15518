/** Where arguments hold the mark of a withheld value. */
import { isWithheld } from '../lib/withheld-mark.ts';

/** From the outside in. */
export type Path = readonly string[];

/** The paths in arguments that hold the mark: their stored values are to be kept. */
export function keptPaths(value: unknown, path: Path = []): Path[] {
  if (isWithheld(value)) return [path];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, inner]) => keptPaths(inner, [...path, name]));
}
