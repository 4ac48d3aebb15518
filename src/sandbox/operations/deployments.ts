/**
 * An environment's stacks: which of them a push updates, when it makes a new one, and what a deletion takes. Each is
 * planned with the job; that the environment counts as deployed is the job's effect.
 */
import type { Call } from '../call.ts';
import { type Deployment, type Environment, newDeployment } from '../resources.ts';
import { createStack } from '../stacks/creation.ts';
import { deleteStack, remainingBuckets } from '../stacks/removal.ts';
import { type Stack, type StackView, viewStack } from '../stacks/stack.ts';
import type { Schedule } from '../stacks/steps.ts';
import type { Template } from '../stacks/templates.ts';
import { type Update, updateStack } from '../stacks/update.ts';
import { addBucket, type State } from '../state.ts';

/** A push that is planned: where to, and what it does to the stacks. */
export interface Push {
  readonly deployment: Deployment;
  readonly changeStacks: (schedule: Schedule) => void;
  /** Why CloudFormation refuses it; undefined where it does not. */
  readonly refusal: string | undefined;
}

/** The root stacks of an environment that are not deleted yet, as everything planned will leave them. */
function rootsOf(state: State, { rootStacks }: Environment): { deployment: Deployment; view: StackView }[] {
  return rootStacks.flatMap(deployment => {
    const stack = state.stacks.get(deployment.stackId);
    const view = stack && viewStack(stack, Number.POSITIVE_INFINITY);
    return view && view.status !== 'DELETE_COMPLETE' ? [{ deployment, view }] : [];
  });
}

/** Plans a new root stack, with the nested stacks that it starts with. */
export function planStack(
  { state }: Call,
  appName: string,
  environment: Environment,
  templates: readonly Template[],
  deployment = newDeployment(appName, environment.name),
): Push {
  return {
    deployment,
    refusal: undefined,
    changeStacks: schedule => {
      environment.rootStacks.push(deployment);
      createStack(state.stacks, deployment, templates, schedule);
    },
  };
}

/** Whether CloudFormation takes an update, once everything planned is done. */
const canBeUpdated = ({ status }: StackView) =>
  !status.startsWith('DELETE_') && !status.endsWith('_IN_PROGRESS') && status !== 'UPDATE_ROLLBACK_FAILED';

/** Why the service clones nothing from an environment whose stack is not as an update leaves it; its own words. */
export const cloneRefusal = (state: State, source: Environment): string | undefined =>
  rootsOf(state, source).every(({ view }) => canBeUpdated(view) && !view.status.startsWith('ROLLBACK_'))
    ? undefined
    : 'Resource is not in the state stackUpdateComplete';

/** Why CloudFormation does not delete an environment's stacks: somebody else is at work on one. */
export function deletionRefusal(state: State, environment: Environment): string | undefined {
  const atWork = rootsOf(state, environment).find(({ view }) => view.status.endsWith('_IN_PROGRESS'));
  return (
    atWork && `Stack [${atWork.deployment.stackName}] cannot be deleted while in status ${atWork.view.status}`
  );
}

/** Plans a push: an update of the root stack, or a new one where there is none that could be updated. */
export function planPush(call: Call, appName: string, environment: Environment, update: Update): Push {
  const found = rootsOf(call.state, environment).find(({ view }) => !view.status.startsWith('ROLLBACK_'));
  if (!found) return planStack(call, appName, environment, update.kind === 'put' ? [update.template] : []);
  const { deployment, view } = found;
  return {
    deployment,
    refusal: canBeUpdated(view)
      ? undefined
      : `Stack:${deployment.stackId} is in ${view.status} state and can not be updated.`,
    changeStacks: schedule => updateStack(call.state.stacks, view.stack, update, schedule),
  };
}

/** The effect of a push on an environment that was only registered: now it is deployed. */
export function deploy(state: State, environment: Environment, deployment: Deployment, at: number): void {
  if (environment.deployment) return;
  environment.deployment = deployment;
  addBucket(state, deployment.bucketName, at);
}

/** Plans the deletion of an environment's stacks. */
export function deleteStacks(state: State, environment: Environment, schedule: Schedule): void {
  for (const { view } of rootsOf(state, environment)) deleteStack(state.stacks, view.stack, schedule);
}

/** The buckets that the deletion of its stacks leaves behind. */
export function bucketsLeftBehind(state: State, { rootStacks }: Environment): readonly string[] {
  return rootStacks
    .map(({ stackId }) => state.stacks.get(stackId))
    .filter((stack): stack is Stack => stack !== undefined)
    .flatMap(stack => remainingBuckets(state.stacks, stack));
}
