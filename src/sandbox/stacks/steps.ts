/**
 * Steps: the future events of stacks, in order. `writeEvents` spreads them over the time of a job and appends them to
 * the stacks.
 */
import { type Stack, type StackEvent, type Stacks, stackType } from './stack.ts';
import type { TemplateResource } from './templates.ts';

/** An event without a time, and the stack in which it happens. */
export interface Step {
  readonly stack: Stack;
  readonly event: Omit<StackEvent, 'at'>;
}

/** The time of a job's work on stacks, in epoch milliseconds. */
export interface Period {
  readonly beginsAt: number;
  readonly endsAt: number;
}

/** How a job's work on stacks ends. */
export type Ending =
  | { readonly kind: 'succeeds' | 'hangs' | 'skips-bucket' }
  /** `reason`: of the first resource that fails; default is a plausible reason of AWS. */
  | { readonly kind: 'fails'; readonly reason?: string };

/** When a job's work on stacks happens, and how it ends. */
export interface Schedule extends Period {
  readonly ending: Ending;
}

/** The stack itself changes its status. */
export function stackStep(stack: Stack, status: string, reason?: string): Step {
  return resourceStep(
    stack,
    { logicalId: stack.name, type: stackType, physicalId: stack.id },
    status,
    reason,
  );
}

/** A resource of the stack changes its status. */
export function resourceStep(
  stack: Stack,
  resource: TemplateResource,
  status: string,
  reason?: string,
): Step {
  const { logicalId, physicalId, type } = resource;
  return { stack, event: { logicalId, physicalId, type, status, ...(reason !== undefined && { reason }) } };
}

/** A resource before AWS has given it a physical id. */
export const withoutPhysicalId = (resource: TemplateResource): TemplateResource => ({
  ...resource,
  physicalId: '',
});

/** The creation of a resource begins. CloudFormation writes two events: without and with a physical id. */
export function creationStartSteps(stack: Stack, resource: TemplateResource): Step[] {
  return [
    resourceStep(stack, withoutPhysicalId(resource), 'CREATE_IN_PROGRESS'),
    resourceStep(stack, resource, 'CREATE_IN_PROGRESS', 'Resource creation Initiated'),
  ];
}

/** Resources are created, one after the other. */
export function creationSteps(stack: Stack, resources: readonly TemplateResource[]): Step[] {
  return resources.flatMap(resource => [
    ...creationStartSteps(stack, resource),
    resourceStep(stack, resource, 'CREATE_COMPLETE'),
  ]);
}

/** Resources are deleted, the last one first. */
export function deletionSteps(stack: Stack, resources: readonly TemplateResource[]): Step[] {
  return [...resources]
    .reverse()
    .flatMap(resource => [
      resourceStep(stack, resource, 'DELETE_IN_PROGRESS'),
      resourceStep(stack, resource, 'DELETE_COMPLETE'),
    ]);
}

/** A resource is updated. */
export function updateSteps(stack: Stack, resource: TemplateResource): Step[] {
  return [
    resourceStep(stack, resource, 'UPDATE_IN_PROGRESS'),
    resourceStep(stack, resource, 'UPDATE_COMPLETE'),
  ];
}

/** The steps of work that hangs: up to the first step of a resource, in a nested stack if there is one. */
function stepsUntilHang(steps: readonly Step[]): readonly Step[] {
  const works = ({ event }: Step) => event.type !== stackType;
  const nested = steps.findIndex(step => works(step) && step.stack.parentId !== undefined);
  return steps.slice(0, (nested < 0 ? steps.findIndex(works) : nested) + 1);
}

/**
 * Spreads the steps evenly over the period and appends them to their stacks as events. CloudFormation makes one change
 * of a stack at a time, so the steps come after the events that the root stack already has. Work that hangs stops after
 * its first steps.
 */
export function writeEvents(
  stacks: Stacks,
  root: Stack,
  steps: readonly Step[],
  { beginsAt, endsAt, ending }: Schedule,
): void {
  const from = Math.max(beginsAt, root.events.at(-1)?.at ?? beginsAt);
  const to = Math.max(from, endsAt);
  const happening = ending.kind === 'hangs' ? stepsUntilHang(steps) : steps;
  for (const [index, { stack, event }] of happening.entries()) {
    const share = steps.length > 1 ? index / (steps.length - 1) : 0;
    stacks.set(stack.id, stack);
    stack.events.push({ at: Math.floor(from + (to - from) * share), ...event });
  }
}
