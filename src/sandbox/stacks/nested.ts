/**
 * What happens in a nested stack, and what its parent tells of it: created, updated, deleted, each as it should be
 * and as it fails.
 */
import { cancelled, embeddedStackFailed, plausibleReason, resourcesFailedTo } from './reasons.ts';
import {
  derivedUuid,
  isHeld,
  resourcesOf,
  type Stack,
  type Stacks,
  stackArn,
  stackType,
  viewStack,
} from './stack.ts';
import {
  creationStartSteps,
  creationSteps,
  deletionSteps,
  resourceStep,
  type Step,
  stackStep,
  updateSteps,
  withoutPhysicalId,
} from './steps.ts';
import type { Template, TemplateResource } from './templates.ts';

/** A nested stack and the resource that it is in its parent. */
export interface NestedStack {
  readonly root: Stack;
  readonly stack: Stack;
  readonly resource: TemplateResource;
}

/** A resource that a deletion does not take: it fails with a reason, or is left out. */
export interface KeptResource {
  readonly resource: TemplateResource;
  readonly status: 'DELETE_FAILED' | 'DELETE_SKIPPED';
  readonly reason?: string;
}

/** A new nested stack, named as CloudFormation does: `<root>-<logical id>-<random>`. */
export function newNested(root: Stack, { logicalId, description }: Template): NestedStack {
  // The length of the root's history tells one nested stack from an earlier one of the same place.
  const uuid = derivedUuid(root.id, logicalId, root.events.length);
  const random = BigInt(`0x${uuid.replaceAll('-', '')}`)
    .toString(36)
    .toUpperCase()
    .slice(0, 12);
  const name = `${root.name}-${logicalId}-${random}`;
  const stack: Stack = { name, id: stackArn(name, uuid), parentId: root.id, description, events: [] };
  return { root, stack, resource: { logicalId, type: stackType, physicalId: stack.id } };
}

/** What a stack still holds once everything planned is done. */
export function heldBy(stack: Stack): TemplateResource[] {
  const view = viewStack(stack, Number.POSITIVE_INFINITY);
  return view ? resourcesOf(view).filter(isHeld) : [];
}

/** The nested stacks that a root still has once everything planned is done. */
export function nestedStacksOf(stacks: Stacks, root: Stack): NestedStack[] {
  return heldBy(root).flatMap(resource => {
    const stack = stacks.get(resource.physicalId);
    return stack ? [{ root, stack, resource }] : [];
  });
}

/** A resource whose deletion fails. */
export function failingDeletion(
  resource: TemplateResource | undefined,
  reason?: string,
): KeptResource | undefined {
  if (!resource) return undefined;
  return { resource, status: 'DELETE_FAILED', reason: reason ?? plausibleReason('DELETE', resource.type) };
}

function nestedCreationStart({ root, stack, resource }: NestedStack): Step[] {
  const [unnamedYet, named] = creationStartSteps(root, resource);
  return [unnamedYet, stackStep(stack, 'CREATE_IN_PROGRESS'), named].filter(step => step !== undefined);
}

/** It is made. */
export function nestedCreation(nested: NestedStack, { resources }: Template): Step[] {
  const { root, stack, resource } = nested;
  return [
    ...nestedCreationStart(nested),
    ...creationSteps(stack, resources),
    stackStep(stack, 'CREATE_COMPLETE'),
    resourceStep(root, resource, 'CREATE_COMPLETE'),
  ];
}

/** Resources fail to be made: the first for a reason, the second because of the first. */
export function failedCreation(stack: Stack, resources: readonly TemplateResource[], reason?: string) {
  const [first, second] = resources;
  if (!first) return { steps: [], failed: [] };
  const why = reason ?? plausibleReason('CREATE', first.type);
  const steps = [
    resourceStep(stack, withoutPhysicalId(first), 'CREATE_IN_PROGRESS'),
    ...(second ? [resourceStep(stack, withoutPhysicalId(second), 'CREATE_IN_PROGRESS')] : []),
    resourceStep(stack, withoutPhysicalId(first), 'CREATE_FAILED', why),
    ...(second ? [resourceStep(stack, withoutPhysicalId(second), 'CREATE_FAILED', cancelled)] : []),
  ];
  return { steps, failed: [first, ...(second ? [second] : [])].map(withoutPhysicalId) };
}

/** It fails to be made; `undo` is what the parent's rollback does about it. */
export function nestedCreationFails(nested: NestedStack, { resources }: Template, reason?: string) {
  const { root, stack, resource } = nested;
  const inner = failedCreation(stack, resources, reason);
  const words = resourcesFailedTo('CREATE', logicalIdsOf(inner.failed));
  return {
    steps: [
      ...nestedCreationStart(nested),
      ...inner.steps,
      stackStep(stack, 'CREATE_FAILED', words),
      resourceStep(root, resource, 'CREATE_FAILED', embeddedStackFailed('CREATE', stack, words)),
    ],
    undo: nestedDeletion(nested, inner.failed),
  };
}

/** It is brought to a template: what is new in it is made, what is not in it any more is deleted. */
export function nestedUpdate({ root, stack, resource }: NestedStack, { resources }: Template): Step[] {
  const held = heldBy(stack);
  const has = (list: readonly TemplateResource[]) => (item: TemplateResource) =>
    list.some(({ logicalId }) => logicalId === item.logicalId);
  const isHere = has(held);
  const isWanted = has(resources);
  // The others are as they were.
  const [main] = resources.filter(isHere);
  return [
    resourceStep(root, resource, 'UPDATE_IN_PROGRESS'),
    stackStep(stack, 'UPDATE_IN_PROGRESS'),
    ...(main ? updateSteps(stack, main) : []),
    ...creationSteps(
      stack,
      resources.filter(item => !isHere(item)),
    ),
    stackStep(stack, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'),
    ...deletionSteps(
      stack,
      held.filter(item => !isWanted(item)),
    ),
    stackStep(stack, 'UPDATE_COMPLETE'),
    resourceStep(root, resource, 'UPDATE_COMPLETE'),
  ];
}

/** It fails to be updated; `undo` brings it back to what it was. */
export function nestedUpdateFails({ root, stack, resource }: NestedStack, reason?: string) {
  const [main] = heldBy(stack);
  const words = resourcesFailedTo('UPDATE', main ? [main.logicalId] : []);
  return {
    steps: [
      resourceStep(root, resource, 'UPDATE_IN_PROGRESS'),
      stackStep(stack, 'UPDATE_IN_PROGRESS'),
      ...(main
        ? [
            resourceStep(stack, main, 'UPDATE_IN_PROGRESS'),
            resourceStep(stack, main, 'UPDATE_FAILED', reason ?? plausibleReason('UPDATE', main.type)),
          ]
        : []),
      stackStep(stack, 'UPDATE_ROLLBACK_IN_PROGRESS', words),
      resourceStep(root, resource, 'UPDATE_FAILED', embeddedStackFailed('UPDATE', stack, words)),
    ],
    undo: [
      resourceStep(root, resource, 'UPDATE_IN_PROGRESS'),
      ...(main ? updateSteps(stack, main) : []),
      stackStep(stack, 'UPDATE_ROLLBACK_COMPLETE'),
      resourceStep(root, resource, 'UPDATE_COMPLETE'),
    ],
  };
}

/** It is deleted with what it holds; or is not, where the deletion of a resource in it fails. */
export function nestedDeletion(
  { root, stack, resource }: NestedStack,
  held: readonly TemplateResource[],
  kept?: KeptResource,
): Step[] {
  const fails = kept?.status === 'DELETE_FAILED';
  const words = fails ? resourcesFailedTo('DELETE', [kept.resource.logicalId]) : undefined;
  const status = fails ? 'DELETE_FAILED' : 'DELETE_COMPLETE';
  return [
    resourceStep(root, resource, 'DELETE_IN_PROGRESS'),
    stackStep(stack, 'DELETE_IN_PROGRESS'),
    ...deletionExcept(stack, held, kept),
    stackStep(stack, status, words),
    resourceStep(root, resource, status, words && embeddedStackFailed('DELETE', stack, words)),
  ];
}

/** Resources are taken away, but for one. */
export function deletionExcept(stack: Stack, held: readonly TemplateResource[], kept?: KeptResource): Step[] {
  return [
    ...deletionSteps(
      stack,
      held.filter(({ logicalId }) => logicalId !== kept?.resource.logicalId),
    ),
    ...(kept
      ? [
          ...(kept.status === 'DELETE_FAILED'
            ? [resourceStep(stack, kept.resource, 'DELETE_IN_PROGRESS')]
            : []),
          resourceStep(stack, kept.resource, kept.status, kept.reason),
        ]
      : []),
  ];
}

/** The names that a stack's words on a failure hold. */
export const logicalIdsOf = (resources: readonly TemplateResource[]) =>
  resources.map(({ logicalId }) => logicalId);
