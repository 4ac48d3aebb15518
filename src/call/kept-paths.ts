/** Finds the marks of withheld values in arguments. */
import { isWithheld } from '../lib/withheld-mark.ts';

/** The names of members and the positions in lists that lead to a value, the outermost first. */
export type Path = readonly string[];

/** The paths at which arguments have the mark. A write keeps the stored values there. */
export function keptPaths(value: unknown, path: Path = []): Path[] {
  if (isWithheld(value)) return [path];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, inner]) => keptPaths(inner, [...path, name]));
}
