/**
 * Searches the stacks of the account and region for Gen 2 backends that use what an environment has, but that no branch of
 * its app deploys: those of other Amplify apps, and sandboxes. Gen 2 uses tables by name, which works only within one region
 * of one account.
 */
import type { StackDetails, StackResource } from '../aws/stack-contents.ts';
import type { StackReads } from '../aws/stacks.ts';
import { mapLimited } from '../lib/map-limited.ts';
import { type Gen2Elsewhere, gen2IdsIn } from '../migration/index.ts';
import type { StackTrees } from './migration-stacks.ts';

/** What to search for. */
export interface Gen2Search {
  /** The environment. If it is empty, the search finds every Gen 2 backend. */
  readonly environment: string;
  /** Names and ARNs of root stacks that are known already. */
  readonly known: readonly string[];
  /** The only backend to find, whatever it uses. */
  readonly only?: { readonly appId: string; readonly branch: string } | undefined;
  /** The names and ids of the environment's own pools, buckets and tables; read only where there is a backend to compare. */
  readonly ownNames: () => Promise<ReadonlySet<string>>;
  /** Whether the configuration excludes an app. */
  readonly isHidden: (appId: string) => boolean;
}

/** The contents of how many stacks of such backends are read. Each stack costs a read. */
const MOST_STACKS = 200;
const AT_ONCE = 4;

const alphanumeric = (text: string) => text.replace(/[^a-zA-Z0-9]/g, '');

/** What a backend is called that the configuration excludes. */
const hiddenLabels = {
  branch: 'a backend of an app that this server does not show',
  sandbox: 'a personal sandbox, whose stack does not name its app',
} as const;

/**
 * The Gen 2 backend of a root stack, by the stack's name, `amplify-<app id>-<branch>-branch-<hash>`. The stack of a sandbox
 * has a package's name in place of the app id, so every list of allowed apps excludes it.
 */
function gen2RootOf(stack: StackDetails, isHidden: Gen2Search['isHidden']): Gen2Elsewhere | undefined {
  const [prefix, appId, ...rest] = stack.name.split('-');
  const kind = rest.at(-2);
  if (stack.parentId !== undefined || prefix !== 'amplify' || !appId || rest.length < 3) return undefined;
  if (kind !== 'branch' && kind !== 'sandbox') return undefined;
  const hidden = isHidden(appId);
  const label = kind === 'branch' ? `${appId}/${rest.slice(0, -2).join('-')}` : stack.name;
  return {
    ...{ appId, stackArn: stack.id, stackName: stack.name, isHidden: hidden },
    label: hidden ? hiddenLabels[kind] : label,
  };
}

const isMeant = ({ label, appId }: Gen2Elsewhere, { only }: Gen2Search) =>
  !only || (appId === only.appId && label === `${appId}/${alphanumeric(only.branch)}`);

const IMPORTED = 'Custom::ImportedAmplifyDynamoDBTable';

/** What a search needs. It adds the stacks that it lists to `listed`. */
export interface Gen2SearchReads extends Omit<StackTrees, 'stacks' | 'listed'> {
  readonly stacks: Pick<StackReads, 'existing' | 'resources'>;
  readonly listed: Map<string, StackDetails>;
}

/** @returns the backends that use what the environment has, as far as names and ids show it */
export async function findGen2Elsewhere(
  trees: Gen2SearchReads,
  search: Gen2Search,
): Promise<Gen2Elsewhere[]> {
  const { stacks, shared, tryRead, note, signal } = trees;
  const listed = await tryRead('Gen 2 backends of other apps', 'cloudformation:DescribeStacks', () =>
    shared('existing stacks', () => stacks.existing(), signal),
  );
  if (!listed) return [];
  const { stacks: all, isCut } = listed.value;
  if (isCut) note(`Only ${all.length} stacks were looked through for Gen 2 backends of other apps.`);
  for (const stack of all) trees.listed.set(stack.id, stack).set(stack.name, stack);
  const roots = all.flatMap(stack => {
    const root = gen2RootOf(stack, search.isHidden);
    const isKnown = search.known.includes(stack.name) || search.known.includes(stack.id);
    return root && !isKnown && isMeant(root, search) ? [root] : [];
  });
  if (roots.length === 0 || search.only || search.environment === '') return roots;

  const arns = new Set(roots.map(({ stackArn }) => stackArn));
  const toRead = all.filter(({ id, parentId, rootId = parentId }) => arns.has(rootId ?? id));
  if (toRead.length > MOST_STACKS)
    note(
      `${toRead.length - MOST_STACKS} of ${toRead.length} stacks of Gen 2 backends of other apps were not looked into.`,
    );
  const names = await search.ownNames();
  const isUsed = ({ type, physicalId = '' }: StackResource) =>
    names.has(physicalId) || (type === IMPORTED && physicalId.endsWith(`-${search.environment}`));
  const users = await mapLimited(toRead.slice(0, MOST_STACKS), AT_ONCE, async stack => {
    const rootArn = stack.rootId ?? stack.parentId ?? stack.id;
    const values = Object.values({ ...stack.parameters, ...stack.outputs });
    if ([...values, ...gen2IdsIn(stack.outputs)].some(value => names.has(value))) return rootArn;
    const resources = await tryRead(
      'the resources of Gen 2 backends of other apps',
      'cloudformation:ListStackResources',
      () => shared(`ListStackResources ${stack.id}`, () => stacks.resources(stack.id), signal),
    );
    return resources?.value?.some(isUsed) ? rootArn : undefined;
  });
  return roots.filter(({ stackArn }) => users.includes(stackArn));
}
