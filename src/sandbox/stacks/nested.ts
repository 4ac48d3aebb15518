/**
 * The events of creating, updating and deleting a nested stack, in the stack and in its parent, for success and for
 * failure.
 */
import { objectOf } from '../../lib/json.ts';
import { cancelled, embeddedStackFailed, plausibleReason, resourcesFailedTo } from './reasons.ts';
import { derivedUuid, heldIn, type Stack, type Stacks, stackArn, stackType } from './stack.ts';
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

/** A nested stack, and the resource that represents it in its parent. */
export interface NestedStack {
  readonly root: Stack;
  readonly stack: Stack;
  readonly resource: TemplateResource;
}

/** A resource that a deletion leaves behind: its deletion fails or is skipped. */
export interface KeptResource {
  readonly resource: TemplateResource;
  readonly status: 'DELETE_FAILED' | 'DELETE_SKIPPED';
  readonly reason?: string;
}

/** A new nested stack with a name in CloudFormation's form: `<root>-<logical id>-<random>`. */
export function newNested(root: Stack, { logicalId, description, outputs }: Template): NestedStack {
  // The number of the root's events makes the id differ from that of an earlier stack of the same logical id.
  const uuid = derivedUuid(root.id, logicalId, root.events.length);
  const random = BigInt(`0x${uuid.replaceAll('-', '')}`)
    .toString(36)
    .toUpperCase()
    .slice(0, 12);
  const name = `${root.name}-${logicalId}-${random}`;
  const stack: Stack = {
    ...{ name, id: stackArn(name, uuid), parentId: root.id, description, events: [] },
    ...(outputs && { outputs }),
  };
  return { root, stack, resource: { logicalId, type: stackType, physicalId: stack.id } };
}

/** The resources that a stack will have when all planned work is done. */
export const heldBy = (stack: Stack): TemplateResource[] => [...heldIn(stack)];

/** The nested stacks that a root stack will have when all planned work is done. */
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
  const [begun, named] = creationStartSteps(root, resource);
  return [begun, stackStep(stack, 'CREATE_IN_PROGRESS'), named].filter(step => step !== undefined);
}

/** The nested stack is created. */
export function nestedCreation(nested: NestedStack, { resources }: Template): Step[] {
  const { root, stack, resource } = nested;
  return [
    ...nestedCreationStart(nested),
    ...creationSteps(stack, resources),
    stackStep(stack, 'CREATE_COMPLETE'),
    resourceStep(root, resource, 'CREATE_COMPLETE'),
  ];
}

/** The creation of the first resource fails for a reason; that of the second is cancelled. */
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

/** The creation of the nested stack fails; `undo` has the steps of the parent's rollback. */
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

/** The nested stack is updated to a template: new resources are created, resources that it lacks are deleted. */
export function nestedUpdate({ root, stack, resource }: NestedStack, { resources }: Template): Step[] {
  const held = heldBy(stack);
  const has = (list: readonly TemplateResource[]) => (item: TemplateResource) =>
    list.some(({ logicalId }) => logicalId === item.logicalId);
  const isHere = has(held);
  const isWanted = has(resources);
  // Only the first existing resource changes.
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

/** The update of the nested stack fails; `undo` has the steps of the rollback. */
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

/** The nested stack and its resources are deleted. If `kept` fails to be deleted, the stack fails too. */
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

/**
 * Whether CloudFormation skips a resource when its stack is deleted, by the template that was set for the stack. The root's own
 * bucket, of the deployments, is deleted by the service itself.
 */
const isRetained = ({ template, parentId }: Stack, { logicalId }: TemplateResource) =>
  parentId !== undefined && objectOf(objectOf(template?.Resources)[logicalId]).DeletionPolicy === 'Retain';

/** All resources are deleted but one, and those that their template retains. */
export function deletionExcept(stack: Stack, held: readonly TemplateResource[], kept?: KeptResource): Step[] {
  const others = held.filter(({ logicalId }) => logicalId !== kept?.resource.logicalId);
  const retained = others.filter(resource => isRetained(stack, resource));
  return [
    ...deletionSteps(
      stack,
      others.filter(resource => !retained.includes(resource)),
    ),
    ...retained.map(resource => resourceStep(stack, resource, 'DELETE_SKIPPED')),
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

export const logicalIdsOf = (resources: readonly TemplateResource[]) =>
  resources.map(({ logicalId }) => logicalId);
