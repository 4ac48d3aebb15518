/**
 * Bounds how much of one resource of a meta is read. Whole metas of large projects have some 100 KB, and CloudFormation
 * allows a stack 200 outputs. A larger resource is not Amplify's, and reading it would block other calls.
 */

import { isObject } from '../lib/json.ts';
import { isTruncated, lengthReason, truncationMark } from '../lib/truncation.ts';

/** Characters of one text, and of all texts of a resource. */
const LONGEST_TEXT = 100_000;
const MOST_CHARACTERS = 200_000;
const MOST_VALUES = 4_000;
const DEEPEST = 50;

const BEYOND = truncationMark(`is of a resource with more than ${MOST_VALUES} values or characters`);

/** A value within the bounds, and the paths at which it was cut, now or before. */
export interface BoundedValue {
  readonly value: unknown;
  /** Paths below the value. Foreign text. */
  readonly cut: readonly string[];
}

/** Cuts a value to the bounds, in linear time. */
export function boundResource(whole: unknown): BoundedValue {
  const cut = new Set<string>();
  let [values, characters] = [0, 0];

  const drop = (path: readonly string[], mark: string) => {
    cut.add(path.join('/'));
    return mark;
  };

  function text(value: string, path: readonly string[]): string {
    if (value.length > LONGEST_TEXT)
      return drop(path, truncationMark(lengthReason(value.length, LONGEST_TEXT)));
    if (isTruncated(value)) return drop(path, value);
    characters += value.length;
    return value;
  }

  /** @param depth counts lists too, which do not lengthen the path */
  function take(value: unknown, path: readonly string[], depth: number): unknown {
    values += 1;
    if (values > MOST_VALUES || characters > MOST_CHARACTERS) return drop(path, BEYOND);
    if (typeof value === 'string') return text(value, path);
    // Deeper structures are cut by the redaction of secrets.
    if (value === null || typeof value !== 'object' || depth > DEEPEST) return value;
    const isRoom = () => values <= MOST_VALUES && characters <= MOST_CHARACTERS;
    if (Array.isArray(value)) {
      const kept: unknown[] = [];
      for (const item of value) {
        kept.push(take(item, path, depth + 1));
        if (!isRoom()) break;
      }
      return kept;
    }
    if (!isObject(value)) return value;
    const kept: [string, unknown][] = [];
    for (const [name, inner] of Object.entries(value)) {
      kept.push([name, take(inner, [...path, name], depth + 1)]);
      characters += name.length;
      if (!isRoom()) {
        drop(path, BEYOND);
        break;
      }
    }
    return Object.fromEntries(kept);
  }

  const value = take(whole, [], 0);
  return { value, cut: [...cut] };
}
