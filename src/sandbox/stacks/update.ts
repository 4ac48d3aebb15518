/**
 * Updates an environment's root stack: creates, updates or deletes the nested stack of one resource, or changes only
 * the root's own roles. A failed update is rolled back.
 */
import {
  failingDeletion,
  heldBy,
  type NestedStack,
  nestedCreation,
  nestedCreationFails,
  nestedDeletion,
  nestedStacksOf,
  nestedUpdate,
  nestedUpdateFails,
  newNested,
} from './nested.ts';
import { plausibleReason, resourcesFailedTo, userInitiated, type Verb } from './reasons.ts';
import type { Stack, Stacks } from './stack.ts';
import { resourceStep, type Schedule, type Step, stackStep, updateSteps, writeEvents } from './steps.ts';
import type { Template, TemplateResource } from './templates.ts';

/** `put` creates or updates a nested stack, `drop` deletes it, `root` changes only the root's own roles. */
export type Update =
  | { readonly kind: 'put'; readonly template: Template }
  | { readonly kind: 'drop'; readonly logicalId: string }
  | { readonly kind: 'root' };

export function updateStack(stacks: Stacks, root: Stack, update: Update, schedule: Schedule): void {
  const { ending } = schedule;
  const opening = stackStep(root, 'UPDATE_IN_PROGRESS', userInitiated);
  const steps =
    ending.kind === 'fails'
      ? updateFails(stacks, root, update, ending.reason)
      : [
          ...updateSucceeds(stacks, root, update),
          stackStep(root, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'),
          stackStep(root, 'UPDATE_COMPLETE'),
        ];
  writeEvents(stacks, root, [opening, ...steps], schedule);
}

function updateSucceeds(stacks: Stacks, root: Stack, update: Update): Step[] {
  const nested = nestedFor(stacks, root, update);
  if (update.kind === 'put') {
    const { template } = update;
    return nested ? nestedUpdate(nested, template) : nestedCreation(newNested(root, template), template);
  }
  if (nested) return nestedDeletion(nested, heldBy(nested.stack));
  const role = roleOf(root);
  return role ? updateSteps(root, role) : [];
}

function updateFails(stacks: Stacks, root: Stack, update: Update, reason: string | undefined): Step[] {
  const nested = nestedFor(stacks, root, update);
  const closing = (verb: Verb, logicalId: string, undo: readonly Step[] = []) => [
    stackStep(root, 'UPDATE_ROLLBACK_IN_PROGRESS', resourcesFailedTo(verb, [logicalId])),
    ...undo,
    stackStep(root, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'),
    stackStep(root, 'UPDATE_ROLLBACK_COMPLETE'),
  ];
  if (update.kind === 'put') {
    const { template } = update;
    const failure = nested
      ? nestedUpdateFails(nested, reason)
      : nestedCreationFails(newNested(root, template), template, reason);
    const verb = nested ? 'UPDATE' : 'CREATE';
    return [...failure.steps, ...closing(verb, template.logicalId, failure.undo)];
  }
  if (nested) {
    const held = heldBy(nested.stack);
    const steps = nestedDeletion(nested, held, failingDeletion(held[0], reason));
    return [...steps, ...closing('DELETE', nested.resource.logicalId)];
  }
  const role = roleOf(root);
  if (!role) return closing('UPDATE', root.name);
  return [
    resourceStep(root, role, 'UPDATE_IN_PROGRESS'),
    resourceStep(root, role, 'UPDATE_FAILED', reason ?? plausibleReason('UPDATE', role.type)),
    ...closing('UPDATE', role.logicalId, updateSteps(root, role)),
  ];
}

/** The existing nested stack that an update is for. */
function nestedFor(stacks: Stacks, root: Stack, update: Update): NestedStack | undefined {
  if (update.kind === 'root') return undefined;
  const { logicalId } = update.kind === 'put' ? update.template : update;
  return nestedStacksOf(stacks, root).find(({ resource }) => resource.logicalId === logicalId);
}

/** The root resource that changes with an imported user pool: the roles name the pool whose users may assume them. */
function roleOf(root: Stack): TemplateResource | undefined {
  return heldBy(root).find(({ type }) => type === 'AWS::IAM::Role');
}
