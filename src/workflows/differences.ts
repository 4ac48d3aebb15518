/** What differs between two values of JSON: where, on which side, and how. Pure. */

/** One difference. */
export interface Difference {
  /** Where, from the outside in: `auth/shopauth/userPoolConfigs/mfa/MFAMode`. */
  readonly path: string;
  readonly is: 'only left' | 'only right' | 'different';
  readonly left?: unknown;
  readonly right?: unknown;
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** The member that tells the objects of a list apart, where there is one: AWS promises lists no order. */
const nameMembers = ['name', 'mode', 'resourceName'];

/** A list by what stands in it: an object under its name, anything else under itself. */
function byContent(list: readonly unknown[]): Json {
  const nameOf = (item: unknown) =>
    isObject(item)
      ? nameMembers.map(member => item[member]).find(name => typeof name === 'string')
      : undefined;
  const entries = list.map(item => [String(nameOf(item) ?? JSON.stringify(item)), item] as const);
  return Object.fromEntries(entries);
}

const members = (value: unknown): Json | undefined =>
  isObject(value) ? value : Array.isArray(value) ? byContent(value) : undefined;

/** Names come from AWS and may be those that every object has: `constructor`. */
export const memberOf = (value: Json, name: string) => (Object.hasOwn(value, name) ? value[name] : undefined);

/** Every difference, in the order of the paths. */
export function differencesOf(left: unknown, right: unknown, path: readonly string[] = []): Difference[] {
  if (left === right) return [];
  const [leftMembers, rightMembers] = [members(left), members(right)];
  if (leftMembers && rightMembers && Array.isArray(left) === Array.isArray(right)) {
    const names = [...new Set([...Object.keys(leftMembers), ...Object.keys(rightMembers)])].sort();
    return names.flatMap(name =>
      differencesOf(memberOf(leftMembers, name), memberOf(rightMembers, name), [...path, name]),
    );
  }
  const at = path.join('/');
  if (right === undefined) return [{ path: at, is: 'only left', left }];
  if (left === undefined) return [{ path: at, is: 'only right', right }];
  return JSON.stringify(left) === JSON.stringify(right) ? [] : [{ path: at, is: 'different', left, right }];
}
