/** Whether what is there is what is wanted: only what was said counts, and never a secret or a name of its own. */
import { compareSchemas, type Difference, differencesOf } from '../../environment/index.ts';
import { isObject, type Json, objectOf } from '../../lib/json.ts';
import { isWithheld } from '../../lib/withheld-mark.ts';
import type { Category, FoundResource } from '../snapshot/read.ts';
import { withoutSecrets } from '../snapshot/secrets.ts';
import { hasName, withoutOwnNames } from './names.ts';
import type { WantedResource } from './wanted.ts';

/** Structures that are said as a whole: nobody else may touch the files, and there is no other type. */
const wholes = new Set(['permissions', 'transformSchema']);

/** As it can be compared: without what is empty. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, inner]) => [name, comparable(inner)]);
  return Object.fromEntries(members.filter(([, inner]) => !isEmpty(inner)));
}

const isEmpty = (value: unknown) =>
  value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

/** The items of a list that are about the same. */
const isAbout = (item: unknown) => (other: unknown) =>
  isObject(item) && isObject(other) && item.mode !== undefined && item.mode === other.mode;

/** As much of what is there as was said. A list is said as a whole. */
function asSaid(said: unknown, found: unknown, name = ''): unknown {
  if (Array.isArray(said) && Array.isArray(found))
    return found.map(item => asSaid(said.find(isAbout(item)), item));
  if (!isObject(said) || !isObject(found) || wholes.has(name)) return found;
  const members = Object.entries(found).filter(([member]) => said[member] !== undefined);
  return Object.fromEntries(members.map(([member, inner]) => [member, asSaid(said[member], inner, member)]));
}

/** What differs, of a schema by its types. Secrets are withheld on both sides. */
async function differencesBetween(said: unknown, there: unknown, label: string): Promise<Difference[]> {
  const path = `${label}/transformSchema`;
  const { transformSchema: wanted, ...ofSaid } = objectOf(said);
  const { transformSchema: found, ...ofThere } = objectOf(there);
  const others = differencesOf(ofSaid, ofThere, [label]);
  if (typeof wanted !== 'string' || typeof found !== 'string')
    return [...others, ...differencesOf(wanted, found, [path])];
  const schemas = await compareSchemas(wanted, found, path);
  if (schemas.by === 'types') return [...others, ...schemas.differences];
  return wanted === found ? others : [...others, { path, is: 'different', left: wanted, right: found }];
}

const clean = (config: Json) => comparable(withoutOwnNames(withoutSecrets(config)));

/** What differs in a category: left is what was asked for, right is what is there. */
export async function misfits(
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
  const said = clean(wanted.said);
  const there = asSaid(said, clean(found.resourceConfig));
  // What is withheld may be what was asked for; nobody can tell.
  const differences = await differencesBetween(said, there, `${category}/${found.resourceName}`);
  const settings = differences.filter(({ right }) => !isWithheld(right));
  return [...names, ...settings];
}
