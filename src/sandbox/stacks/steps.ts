/**
 * A script of what happens in some stacks, step by step, and its performance: dating the steps over the time that
 * a job gives them. Nothing here knows why something happens.
 */
import { type Stack, type StackEvent, type Stacks, stackType } from './stack.ts';
import type { TemplateResource } from './templates.ts';

/** One event to come, and the stack in which it happens. */
export interface Step {
  readonly stack: Stack;
  readonly event: Omit<StackEvent, 'at'>;
}

/** When the work happens, in epoch milliseconds. */
export interface Period {
  readonly beginsAt: number;
  readonly endsAt: number;
}

/** How the work on a stack ends. */
export type Ending =
  | { readonly kind: 'succeeds' | 'hangs' | 'skips-bucket' }
  /** `reason`: of the first resource that fails; without one, a believable one. */
  | { readonly kind: 'fails'; readonly reason?: string };

/** When a change happens and how it ends. */
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

/** A resource as it is before it has a name of its own. */
export const withoutPhysicalId = (resource: TemplateResource): TemplateResource => ({
  ...resource,
  physicalId: '',
});

/** A resource begins to exist: first without, then with its own name, which for AWS are two events. */
export function creationStartSteps(stack: Stack, resource: TemplateResource): Step[] {
  return [
    resourceStep(stack, withoutPhysicalId(resource), 'CREATE_IN_PROGRESS'),
    resourceStep(stack, resource, 'CREATE_IN_PROGRESS', 'Resource creation Initiated'),
  ];
}

/** Resources are made, one after the other. */
export function creationSteps(stack: Stack, resources: readonly TemplateResource[]): Step[] {
  return resources.flatMap(resource => [
    ...creationStartSteps(stack, resource),
    resourceStep(stack, resource, 'CREATE_COMPLETE'),
  ]);
}

/** Resources are taken away, the last one first. */
export function deletionSteps(stack: Stack, resources: readonly TemplateResource[]): Step[] {
  return [...resources]
    .reverse()
    .flatMap(resource => [
      resourceStep(stack, resource, 'DELETE_IN_PROGRESS'),
      resourceStep(stack, resource, 'DELETE_COMPLETE'),
    ]);
}

/** A resource is changed. */
export function updateSteps(stack: Stack, resource: TemplateResource): Step[] {
  return [
    resourceStep(stack, resource, 'UPDATE_IN_PROGRESS'),
    resourceStep(stack, resource, 'UPDATE_COMPLETE'),
  ];
}

/** How much of a script happens in work that hangs: up to the first resource that is worked on, deepest stack first. */
function stepsUntilHang(steps: readonly Step[]): readonly Step[] {
  const works = ({ event }: Step) => event.type !== stackType;
  const nested = steps.findIndex(step => works(step) && step.stack.parentId !== undefined);
  return steps.slice(0, (nested < 0 ? steps.findIndex(works) : nested) + 1);
}

/**
 * Dates the steps evenly over the period and writes them into their stacks. Work on a root stack waits for what was
 * planned for it before, as CloudFormation works on one change at a time; work that hangs stops after its first steps.
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
