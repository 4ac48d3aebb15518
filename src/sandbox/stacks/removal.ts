/**
 * Deletes an environment's root stack with its nested stacks. Two things can remain: a stack whose bucket cannot be
 * deleted, or a bucket that its stack skips.
 */
import {
  deletionExcept,
  failingDeletion,
  heldBy,
  type KeptResource,
  nestedDeletion,
  nestedStacksOf,
} from './nested.ts';
import { resourcesFailedTo, userInitiated } from './reasons.ts';
import { resourcesOf, type Stack, type Stacks, viewStack } from './stack.ts';
import { type Ending, type Schedule, stackStep, writeEvents } from './steps.ts';
import type { TemplateResource } from './templates.ts';

const isBucket = ({ type }: { readonly type: string }) => type === 'AWS::S3::Bucket';

export function deleteStack(stacks: Stacks, root: Stack, schedule: Schedule): void {
  const nested = nestedStacksOf(stacks, root).map(each => ({ ...each, held: heldBy(each.stack) }));
  const own = heldBy(root).filter(({ logicalId }) =>
    nested.every(({ resource }) => resource.logicalId !== logicalId),
  );
  // Most deletions fail because of a bucket that is not empty. Without a bucket, another resource fails.
  const below = nested.flatMap(({ held }) => held);
  const kept = resourceKeptBy(schedule.ending, below.find(isBucket) ?? below[0] ?? own[0]);
  const keptOf = (held: readonly TemplateResource[]) =>
    kept && held.includes(kept.resource) ? kept : undefined;
  const blocking =
    kept?.status === 'DELETE_FAILED'
      ? (nested.find(({ held }) => held.includes(kept.resource))?.resource ?? kept.resource)
      : undefined;
  const steps = [
    stackStep(root, 'DELETE_IN_PROGRESS', userInitiated),
    ...[...nested].reverse().flatMap(each => nestedDeletion(each, each.held, keptOf(each.held))),
    // A nested stack that remains still refers to the root's own resources, so they remain too.
    ...(blocking && blocking !== kept?.resource ? [] : deletionExcept(root, own, keptOf(own))),
    blocking
      ? stackStep(root, 'DELETE_FAILED', resourcesFailedTo('DELETE', [blocking.logicalId]))
      : stackStep(root, 'DELETE_COMPLETE'),
  ];
  writeEvents(stacks, root, steps, schedule);
  const at = root.events.at(-1)?.at ?? schedule.endsAt;
  if (!blocking && schedule.ending.kind !== 'hangs')
    // Loaded stacks may be nested deeper, or be in no template. They are deleted with their root.
    for (const stack of stacks.values())
      if (isNestedIn(stack, root) && !nested.some(each => each.stack === stack))
        stack.events.push({ at, ...stackStep(stack, 'DELETE_COMPLETE').event });
}

const isNestedIn = ({ parentId, rootId }: Stack, root: Stack) => parentId === root.id || rootId === root.id;

function resourceKeptBy(ending: Ending, target: TemplateResource | undefined): KeptResource | undefined {
  if (ending.kind === 'fails') return failingDeletion(target, ending.reason);
  if (ending.kind !== 'skips-bucket' || !target || !isBucket(target)) return undefined;
  return { resource: target, status: 'DELETE_SKIPPED' };
}

/** The buckets that will remain when all planned work on a root stack is done. */
export function remainingBuckets(stacks: Stacks, root: Stack): readonly string[] {
  return [root, ...[...stacks.values()].filter(({ parentId }) => parentId === root.id)].flatMap(stack => {
    const view = viewStack(stack, Number.POSITIVE_INFINITY);
    const remaining = view ? resourcesOf(view).filter(({ status }) => status !== 'DELETE_COMPLETE') : [];
    return remaining.filter(isBucket).map(({ physicalId }) => physicalId);
  });
}
