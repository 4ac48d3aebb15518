/**
 * Finds which of the loaded stacks are nested in which. CloudFormation names a nested stack
 * `<parent>-<logical id>-<random>`, and cuts the first two parts where the name gets too long.
 */
import { type Json, objectOf } from '../../lib/json.ts';
import { type Stack, stackType } from '../stacks/stack.ts';

interface NamedTemplate {
  readonly name: string;
  readonly template?: Json | undefined;
}

interface NameParts {
  readonly parent: string;
  readonly logicalId: string;
}

/** The parts of a nested stack's name; undefined for a name that has fewer. */
function partsOf(name: string): NameParts | undefined {
  const end = name.lastIndexOf('-');
  const start = name.lastIndexOf('-', end - 1);
  return start > 0 ? { parent: name.slice(0, start), logicalId: name.slice(start + 1, end) } : undefined;
}

const nestedIds = ({ template }: NamedTemplate) =>
  Object.entries(objectOf(template?.Resources)).flatMap(([logicalId, resource]) =>
    objectOf(resource).Type === stackType ? [logicalId] : [],
  );

/** The longest known name with which a nested stack's begins. */
function byPrefix(name: string, names: ReadonlySet<string>): string | undefined {
  for (let at = name.lastIndexOf('-'); at > 0; at = name.lastIndexOf('-', at - 1))
    if (names.has(name.slice(0, at))) return name.slice(0, at);
  return undefined;
}

/** The names of the parents by the names of the nested stacks. @param root a root stack that may be in no request */
export function parentNames(
  stacks: readonly NamedTemplate[],
  root: string | undefined,
): ReadonlyMap<string, string> {
  const names = new Set([...stacks.map(({ name }) => name), ...(root === undefined ? [] : [root])]);
  const parents = stacks.map(one => ({ name: one.name, ids: nestedIds(one) }));
  const found = new Map<string, string>();
  for (const { name } of stacks) {
    const parts = partsOf(name);
    const declaring = parts
      ? parents.filter(
          one =>
            one.name !== name &&
            one.name.startsWith(parts.parent) &&
            one.ids.some(id => id.startsWith(parts.logicalId)),
        )
      : [];
    const isSure = (one: { readonly ids: readonly string[] }) => one.ids.some(id => id === parts?.logicalId);
    const parent =
      declaring.find(one => one.name === parts?.parent) ?? declaring.find(isSure) ?? declaring[0];
    const known = parent?.name ?? byPrefix(name, names);
    if (known !== undefined && known !== name) found.set(name, known);
  }
  return found;
}

/** The nested stacks by the logical ids of the resources that represent them. */
export function matchChildren(
  logicalIds: readonly string[],
  children: readonly Stack[],
): ReadonlyMap<string, Stack> {
  const found = new Map<string, Stack>();
  for (const child of children) {
    const cut = partsOf(child.name)?.logicalId ?? '';
    const id =
      logicalIds.find(one => one === cut) ??
      logicalIds.find(one => one.startsWith(cut) && !found.has(one)) ??
      logicalIds.find(one => child.name.includes(`-${one}-`));
    if (id !== undefined) found.set(id, child);
  }
  return found;
}
