/**
 * What happens in a nested stack, and what its parent tells of it: created, updated, deleted, each as it should be
 * and as it fails.
 */
import { believableReason, cancelled, embedded, failedTo } from './reasons.ts';
import { about, change, creation, creationBegins, deletion, itself, type Step, unnamed } from './script.ts';
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
import type { Template, TemplateResource } from './templates.ts';

/** A nested stack and the resource that it is in its parent. */
export interface Nested {
  readonly root: Stack;
  readonly stack: Stack;
  readonly resource: TemplateResource;
}

/** A resource that a deletion does not take: it fails with a reason, or is left out. */
export interface Kept {
  readonly resource: TemplateResource;
  readonly status: 'DELETE_FAILED' | 'DELETE_SKIPPED';
  readonly reason?: string;
}

/** A new nested stack, named as CloudFormation does: `<root>-<logical id>-<random>`. */
export function newNested(root: Stack, { logicalId, description }: Template): Nested {
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
export function nestedOf(stacks: Stacks, root: Stack): Nested[] {
  return heldBy(root).flatMap(resource => {
    const stack = stacks.get(resource.physicalId);
    return stack ? [{ root, stack, resource }] : [];
  });
}

/** A resource whose deletion fails. */
export function failing(resource: TemplateResource | undefined, reason?: string): Kept | undefined {
  if (!resource) return undefined;
  return { resource, status: 'DELETE_FAILED', reason: reason ?? believableReason('DELETE', resource.type) };
}

function nestedBegins({ root, stack, resource }: Nested): Step[] {
  const [unnamedYet, named] = creationBegins(root, resource);
  return [unnamedYet, itself(stack, 'CREATE_IN_PROGRESS'), named].filter(step => step !== undefined);
}

/** It is made. */
export function nestedCreation(nested: Nested, { resources }: Template): Step[] {
  const { root, stack, resource } = nested;
  return [
    ...nestedBegins(nested),
    ...creation(stack, resources),
    itself(stack, 'CREATE_COMPLETE'),
    about(root, resource, 'CREATE_COMPLETE'),
  ];
}

/** Resources fail to be made: the first for a reason, the second because of the first. */
export function failedCreation(stack: Stack, resources: readonly TemplateResource[], reason?: string) {
  const [first, second] = resources;
  if (!first) return { steps: [], failed: [] };
  const why = reason ?? believableReason('CREATE', first.type);
  const steps = [
    about(stack, unnamed(first), 'CREATE_IN_PROGRESS'),
    ...(second ? [about(stack, unnamed(second), 'CREATE_IN_PROGRESS')] : []),
    about(stack, unnamed(first), 'CREATE_FAILED', why),
    ...(second ? [about(stack, unnamed(second), 'CREATE_FAILED', cancelled)] : []),
  ];
  return { steps, failed: [first, ...(second ? [second] : [])].map(unnamed) };
}

/** It fails to be made; `undo` is what the parent's rollback does about it. */
export function nestedCreationFails(nested: Nested, { resources }: Template, reason?: string) {
  const { root, stack, resource } = nested;
  const inner = failedCreation(stack, resources, reason);
  const words = failedTo('CREATE', names(inner.failed));
  return {
    steps: [
      ...nestedBegins(nested),
      ...inner.steps,
      itself(stack, 'CREATE_FAILED', words),
      about(root, resource, 'CREATE_FAILED', embedded('CREATE', stack, words)),
    ],
    undo: nestedDeletion(nested, inner.failed),
  };
}

/** It is brought to a template: what is new in it is made, what is not in it any more is deleted. */
export function nestedUpdate({ root, stack, resource }: Nested, { resources }: Template): Step[] {
  const held = heldBy(stack);
  const has = (list: readonly TemplateResource[]) => (item: TemplateResource) =>
    list.some(({ logicalId }) => logicalId === item.logicalId);
  const isHere = has(held);
  const isWanted = has(resources);
  // The others are as they were.
  const [main] = resources.filter(isHere);
  return [
    about(root, resource, 'UPDATE_IN_PROGRESS'),
    itself(stack, 'UPDATE_IN_PROGRESS'),
    ...(main ? change(stack, main) : []),
    ...creation(
      stack,
      resources.filter(item => !isHere(item)),
    ),
    itself(stack, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'),
    ...deletion(
      stack,
      held.filter(item => !isWanted(item)),
    ),
    itself(stack, 'UPDATE_COMPLETE'),
    about(root, resource, 'UPDATE_COMPLETE'),
  ];
}

/** It fails to be updated; `undo` brings it back to what it was. */
export function nestedUpdateFails({ root, stack, resource }: Nested, reason?: string) {
  const [main] = heldBy(stack);
  const words = failedTo('UPDATE', main ? [main.logicalId] : []);
  return {
    steps: [
      about(root, resource, 'UPDATE_IN_PROGRESS'),
      itself(stack, 'UPDATE_IN_PROGRESS'),
      ...(main
        ? [
            about(stack, main, 'UPDATE_IN_PROGRESS'),
            about(stack, main, 'UPDATE_FAILED', reason ?? believableReason('UPDATE', main.type)),
          ]
        : []),
      itself(stack, 'UPDATE_ROLLBACK_IN_PROGRESS', words),
      about(root, resource, 'UPDATE_FAILED', embedded('UPDATE', stack, words)),
    ],
    undo: [
      about(root, resource, 'UPDATE_IN_PROGRESS'),
      ...(main ? change(stack, main) : []),
      itself(stack, 'UPDATE_ROLLBACK_COMPLETE'),
      about(root, resource, 'UPDATE_COMPLETE'),
    ],
  };
}

/** It is deleted with what it holds; or is not, where the deletion of a resource in it fails. */
export function nestedDeletion(
  { root, stack, resource }: Nested,
  held: readonly TemplateResource[],
  kept?: Kept,
): Step[] {
  const fails = kept?.status === 'DELETE_FAILED';
  const words = fails ? failedTo('DELETE', [kept.resource.logicalId]) : undefined;
  const status = fails ? 'DELETE_FAILED' : 'DELETE_COMPLETE';
  return [
    about(root, resource, 'DELETE_IN_PROGRESS'),
    itself(stack, 'DELETE_IN_PROGRESS'),
    ...deletionBut(stack, held, kept),
    itself(stack, status, words),
    about(root, resource, status, words && embedded('DELETE', stack, words)),
  ];
}

/** Resources are taken away, but for one. */
export function deletionBut(stack: Stack, held: readonly TemplateResource[], kept?: Kept): Step[] {
  return [
    ...deletion(
      stack,
      held.filter(({ logicalId }) => logicalId !== kept?.resource.logicalId),
    ),
    ...(kept
      ? [
          ...(kept.status === 'DELETE_FAILED' ? [about(stack, kept.resource, 'DELETE_IN_PROGRESS')] : []),
          about(stack, kept.resource, kept.status, kept.reason),
        ]
      : []),
  ];
}

/** The names that a stack's words on a failure hold. */
export const names = (resources: readonly TemplateResource[]) => resources.map(({ logicalId }) => logicalId);
