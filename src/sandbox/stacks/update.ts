/**
 * Updating an environment's root stack: the nested stack of one resource is made, changed or taken away, or only the
 * root's own roles change; and how that fails and is rolled back.
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

/** What an update does: brings a resource's nested stack to a template, takes it away, or touches the root alone. */
export type Update =
  | { readonly kind: 'put'; readonly template: Template }
  | { readonly kind: 'drop'; readonly logicalId: string }
  | { readonly kind: 'root' };

/** Updates a root stack. */
export function updateStack(stacks: Stacks, root: Stack, update: Update, schedule: Schedule): void {
  const { ending } = schedule;
  const opening = stackStep(root, 'UPDATE_IN_PROGRESS', userInitiated);
  const steps =
    ending.kind === 'fails'
      ? updateFails(stacks, root, update, ending.reason)
      : [
          ...updateWorks(stacks, root, update),
          stackStep(root, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'),
          stackStep(root, 'UPDATE_COMPLETE'),
        ];
  writeEvents(stacks, root, [opening, ...steps], schedule);
}

function updateWorks(stacks: Stacks, root: Stack, update: Update): Step[] {
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

/** The nested stack that an update is about, where there is one. */
function nestedFor(stacks: Stacks, root: Stack, update: Update): NestedStack | undefined {
  if (update.kind === 'root') return undefined;
  const { logicalId } = update.kind === 'put' ? update.template : update;
  return nestedStacksOf(stacks, root).find(({ resource }) => resource.logicalId === logicalId);
}

/** The resource of a root that changes where no nested stack does: who signs in is written into its roles. */
function roleOf(root: Stack): TemplateResource | undefined {
  return heldBy(root).find(({ type }) => type === 'AWS::IAM::Role');
}
