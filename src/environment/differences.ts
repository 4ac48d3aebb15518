/** Finds the differences between two values of JSON. Pure; linear in their size. */
import { isObject, type Json } from '../lib/json.ts';

/** One difference. Its values are foreign text, without secrets. */
export interface Difference {
  /** Where, from the outside in: `auth/shopauth/userPoolConfigs/mfa/MFAMode`. */
  readonly path: string;
  readonly is: 'only left' | 'only right' | 'different';
  readonly left?: unknown;
  readonly right?: unknown;
}

/** The member that identifies the objects of a list, where there is one: AWS promises no order of lists. */
const nameMembers = ['name', 'Name', 'mode', 'resourceName', 'authenticationType', 'ProviderName'];

function keyOf(item: unknown): string {
  const name = isObject(item)
    ? nameMembers.map(member => item[member]).find(value => typeof value === 'string')
    : undefined;
  return typeof name === 'string' ? name : (JSON.stringify(item) ?? '');
}

/** A list as a map from items. A repeated item gets a number. */
function byContent(list: readonly unknown[]): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  const uses = new Map<string, number>();
  for (const item of list) {
    const key = keyOf(item);
    const use = (uses.get(key) ?? 0) + 1;
    uses.set(key, use);
    found.set(use === 1 ? key : `${key} (${use})`, item);
  }
  return found;
}

const membersOf = (value: unknown): ReadonlyMap<string, unknown> | undefined => {
  if (Array.isArray(value)) return byContent(value);
  return isObject(value) ? new Map(Object.entries(value as Json)) : undefined;
};

/** A value in one form: CloudFormation's outputs are texts, so `"true"` equals `true`. */
const scalar = (value: unknown) => (value === null ? 'null' : String(value));

/** Every difference, in the order of the paths. */
export function differencesOf(left: unknown, right: unknown, path: readonly string[] = []): Difference[] {
  if (left === undefined && right === undefined) return [];
  const at = path.join('/');
  if (right === undefined) return [{ path: at, is: 'only left', left }];
  if (left === undefined) return [{ path: at, is: 'only right', right }];
  const [leftMembers, rightMembers] = [membersOf(left), membersOf(right)];
  if (leftMembers && rightMembers && Array.isArray(left) === Array.isArray(right)) {
    const names = [...new Set([...leftMembers.keys(), ...rightMembers.keys()])].sort();
    return names.flatMap(name =>
      differencesOf(leftMembers.get(name), rightMembers.get(name), [...path, name]),
    );
  }
  const isSame = !leftMembers && !rightMembers && scalar(left) === scalar(right);
  return isSame ? [] : [{ path: at, is: 'different', left, right }];
}
