/** Reads which pools and buckets of an environment have moved to a Gen 2 backend, and whether Gen 1 retains the rest. */
import type { StackContentReads } from '../../aws/stack-contents.ts';
import type { HeldThing, Resource } from '../../environment/index.ts';
import { gen2IdsIn, isRetained, type StackFacts } from '../../migration/index.ts';

/** The most nested stacks whose templates are read. A few are enough: AWS's `retain` command changes all of them alike. */
const MOST_TEMPLATES = 12;

/** IAM actions of these reads. */
export const movedActions = ['DescribeStacks', 'ListStackResources', 'GetTemplate'].map(
  name => `cloudformation:${name}`,
);

/** Runs one read, and notes its failure. @returns undefined where it failed */
export type RunRead = <Answer>(iamAction: string, run: () => Promise<Answer>) => Promise<Answer | undefined>;

/** The ids and names of the pools and buckets that a backend has. @param root its root stack */
export async function readGen2Ids(
  contents: StackContentReads,
  root: string,
  run: RunRead,
): Promise<ReadonlySet<string>> {
  const details = await run('cloudformation:DescribeStacks', () => contents.details(root));
  return gen2IdsIn(details?.outputs ?? {});
}

export const isMoved = ({ name, id }: HeldThing, ids: ReadonlySet<string>): boolean =>
  (name !== undefined && ids.has(name)) || (id !== undefined && ids.has(id));

/** What the environment's own resources hold that has one of the ids: it has moved to Gen 2. */
export const movedIn = (resources: readonly Resource[], ids: ReadonlySet<string>): HeldThing[] =>
  resources
    .filter(({ origin }) => origin === 'own')
    .flatMap(({ holds }) => holds.filter(thing => thing.holdsData && isMoved(thing, ids)));

/** Whether AWS's `retain` command was run, as the templates of the stacks nested in the root stack show. */
export async function readRetention(
  contents: StackContentReads,
  root: string,
  run: RunRead,
): Promise<boolean> {
  const resources = await run('cloudformation:ListStackResources', () => contents.resources(root));
  const nested = (resources ?? []).filter(({ type }) => type === 'AWS::CloudFormation::Stack');
  const read = await Promise.all(
    nested.slice(0, MOST_TEMPLATES).map(async ({ logicalId, physicalId = '' }): Promise<StackFacts> => {
      const found = await run('cloudformation:GetTemplate', () => contents.template(physicalId));
      return {
        ...{ name: logicalId, parentName: root, parameters: {}, outputs: {} },
        ...(found && 'template' in found && { template: found.template }),
      };
    }),
  );
  return isRetained(read);
}
