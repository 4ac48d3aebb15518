/** Finds the Gen 2 backends among loaded stacks, and the branches that deployed them. */
import { isObject, type Json, objectOf, parseStructure, textOf } from '../../lib/json.ts';
import type { Stack } from '../stacks/stack.ts';
import type { Branch } from '../state.ts';

/** Gen 2 describes its stacks in JSON. */
const isGen2Root = ({ parentId, description }: Stack) =>
  parentId === undefined && objectOf(parseStructure(description)).stackType === 'root';

const TAG = 'amplify:branch-name';

/** The branch in the tags of a resource, which are a list or a structure. */
function taggedBranch(resource: unknown): string | undefined {
  const properties: Json = objectOf(objectOf(resource).Properties);
  for (const tags of [properties.Tags, properties.UserPoolTags]) {
    const listed = Array.isArray(tags) ? tags.find(tag => isObject(tag) && tag.Key === TAG) : undefined;
    const found = textOf(objectOf(listed).Value) ?? textOf(objectOf(tags)[TAG]);
    if (found !== undefined) return found;
  }
  return undefined;
}

const branchIn = ({ template }: Stack) =>
  Object.values(objectOf(template?.Resources))
    .map(taggedBranch)
    .find(found => found !== undefined);

/** `amplify-<app>-<branch>-branch-<hash>` */
const branchInName = (name: string) => /^amplify-[^-]+-([^-]+)-branch-/.exec(name)?.[1];

/** The branches of loaded Gen 2 backends. */
export function gen2BranchesIn(stacks: readonly Stack[]): Branch[] {
  return stacks.filter(isGen2Root).flatMap(root => {
    const within = stacks.filter(({ parentId, rootId }) => parentId === root.id || rootId === root.id);
    const name = [root, ...within].map(branchIn).find(Boolean) ?? branchInName(root.name);
    return name === undefined ? [] : [{ name, stage: 'PRODUCTION' as const, stackArn: root.id }];
  });
}
