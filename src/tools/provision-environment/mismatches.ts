/**
 * Compares what exists with what is wanted: only stated settings count; secrets and the environment's own names do not.
 */
import { compareSchemas, type Difference, differencesOf } from '../../environment/index.ts';
import { isObject, type Json, objectOf } from '../../lib/json.ts';
import { isWithheld } from '../../lib/withheld-mark.ts';
import type { Category, FoundResource } from '../shared/snapshot/read.ts';
import { withoutSecrets } from '../shared/snapshot/secrets.ts';
import { hasName, withoutOwnNames } from './names.ts';
import type { WantedResource } from './wanted.ts';

/** Members that are stated completely: what they do not name must not exist. */
const exhaustive = new Set(['permissions', 'transformSchema']);

/** A value without empty members. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, inner]) => [name, withoutEmpty(inner)]);
  return Object.fromEntries(members.filter(([, inner]) => !isEmpty(inner)));
}

const isEmpty = (value: unknown) =>
  value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

/** Whether two auth types of an API have the same mode. */
const hasSameMode = (item: unknown) => (other: unknown) =>
  isObject(item) && isObject(other) && item.mode !== undefined && item.mode === other.mode;

/** The part of an existing value that the caller stated. A list is stated as a whole. */
function statedPart(stated: unknown, found: unknown, name = ''): unknown {
  if (Array.isArray(stated) && Array.isArray(found))
    return found.map(item => statedPart(stated.find(hasSameMode(item)), item));
  if (!isObject(stated) || !isObject(found) || exhaustive.has(name)) return found;
  const members = Object.entries(found).filter(([member]) => stated[member] !== undefined);
  return Object.fromEntries(
    members.map(([member, inner]) => [member, statedPart(stated[member], inner, member)]),
  );
}

/** The differences; schemas are compared by their types. Secrets are withheld on both sides. */
async function differencesBetween(stated: unknown, existing: unknown, label: string): Promise<Difference[]> {
  const path = `${label}/transformSchema`;
  const { transformSchema: wanted, ...statedRest } = objectOf(stated);
  const { transformSchema: found, ...existingRest } = objectOf(existing);
  const others = differencesOf(statedRest, existingRest, [label]);
  if (typeof wanted !== 'string' || typeof found !== 'string')
    return [...others, ...differencesOf(wanted, found, [path])];
  const schemas = await compareSchemas(wanted, found, path);
  if (schemas.by === 'types') return [...others, ...schemas.differences];
  return wanted === found ? others : [...others, { path, is: 'different', left: wanted, right: found }];
}

const clean = (config: Json) => withoutEmpty(withoutOwnNames(withoutSecrets(config)));

/** The differences in a category: left is what is wanted, right is what exists. */
export async function findMismatches(
  category: Category,
  wanted: WantedResource,
  found: FoundResource | undefined,
): Promise<Difference[]> {
  const label = `${category}/${wanted.resourceName}`;
  if (!found) return [{ path: label, is: 'only left' }];
  if (found.whyUnknown !== undefined)
    return [{ path: label, is: 'different', right: `settings not known: ${found.whyUnknown}` }];
  const names: Difference[] =
    wanted.isNamed && !hasName(wanted.resourceName, found.resourceName)
      ? [
          {
            path: `${category}/resourceName`,
            is: 'different',
            left: wanted.resourceName,
            right: found.resourceName,
          },
        ]
      : [];
  const stated = clean(wanted.stated);
  const existing = statedPart(stated, clean(found.resourceConfig));
  // A withheld value may be the one that is wanted.
  const differences = await differencesBetween(stated, existing, `${category}/${found.resourceName}`);
  const settings = differences.filter(({ right }) => !isWithheld(right));
  return [...names, ...settings];
}
