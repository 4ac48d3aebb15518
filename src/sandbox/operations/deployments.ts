/**
 * What jobs do to an environment's stacks: a push updates the root stack or creates one, a deletion deletes them.
 * Stack events are planned when the job starts; its effect marks the environment as deployed.
 */
import type { Call } from '../call.ts';
import { type Deployment, type Environment, newDeployment } from '../resources.ts';
import { createStack } from '../stacks/creation.ts';
import { deleteStack, remainingBuckets } from '../stacks/removal.ts';
import { heldIn, type Stack, type StackView, viewStack } from '../stacks/stack.ts';
import type { Schedule } from '../stacks/steps.ts';
import type { Template } from '../stacks/templates.ts';
import { type Update, updateStack } from '../stacks/update.ts';
import { addBucket, type State } from '../state.ts';

/** A planned push: its root stack, and what it does to the stacks. */
export interface Push {
  readonly deployment: Deployment;
  readonly changeStacks: (schedule: Schedule) => void;
  /** Why CloudFormation refuses it; undefined if it does not. */
  readonly refusal: string | undefined;
}

/** The root stacks of an environment that will still exist when all planned work is done, in their state then. */
function rootsOf(state: State, { rootStacks }: Environment): { deployment: Deployment; view: StackView }[] {
  return rootStacks.flatMap(deployment => {
    const stack = state.stacks.get(deployment.stackId);
    const view = stack && viewStack(stack, Number.POSITIVE_INFINITY);
    return view && view.status !== 'DELETE_COMPLETE' ? [{ deployment, view }] : [];
  });
}

/** Plans a new root stack with a nested stack for each template. */
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

/** Whether CloudFormation accepts an update when all planned work is done. */
const canBeUpdated = ({ status }: StackView) =>
  !status.startsWith('DELETE_') && !status.endsWith('_IN_PROGRESS') && status !== 'UPDATE_ROLLBACK_FAILED';

/** Why the service refuses to clone an environment whose stack is not in a state that an update leaves; AWS's text. */
export const cloneRefusal = (state: State, source: Environment): string | undefined =>
  rootsOf(state, source).every(({ view }) => canBeUpdated(view) && !view.status.startsWith('ROLLBACK_'))
    ? undefined
    : 'Resource is not in the state stackUpdateComplete';

/** Why CloudFormation refuses to delete an environment's stacks: another change of one is in progress. */
export function deletionRefusal(state: State, environment: Environment): string | undefined {
  const busy = rootsOf(state, environment).find(({ view }) => view.status.endsWith('_IN_PROGRESS'));
  return busy && `Stack [${busy.deployment.stackName}] cannot be deleted while in status ${busy.view.status}`;
}

/** Plans a push: an update of the root stack, or a new stack if none can be updated. */
export function planPush(call: Call, appName: string, environment: Environment, update: Update): Push {
  const found = rootsOf(call.state, environment).find(({ view }) => !view.status.startsWith('ROLLBACK_'));
  if (!found) return planStack(call, appName, environment, update.kind === 'put' ? [update.template] : []);
  const { deployment, view } = found;
  return {
    deployment,
    refusal: !canBeUpdated(view)
      ? `Stack:${deployment.stackId} is in ${view.status} state and can not be updated.`
      : view.stack.policy
        ? 'Action denied by stack policy: Statement [#1] does not allow [Update:*] for resource [*]'
        : undefined,
    changeStacks: schedule => updateStack(call.state.stacks, view.stack, update, schedule),
  };
}

/** Marks an environment that was only registered as deployed. */
export function deploy(state: State, environment: Environment, deployment: Deployment, at: number): void {
  if (environment.deployment) return;
  environment.deployment = deployment;
  addBucket(state, deployment.bucketName, at);
}

/** Plans the deletion of an environment's stacks. */
export function deleteStacks(state: State, environment: Environment, schedule: Schedule): void {
  for (const { view } of rootsOf(state, environment)) deleteStack(state.stacks, view.stack, schedule);
}

/** The buckets that remain when an environment's stacks are deleted: also those that other stacks have, such as of Gen 2. */
export function bucketsLeftBehind(state: State, { rootStacks }: Environment): readonly string[] {
  const roots = rootStacks.map(({ stackId }) => stackId);
  const isOther = ({ id, parentId = id, rootId = parentId }: Stack) =>
    !roots.includes(rootId) && !roots.includes(id);
  const ofOthers = [...state.stacks.values()]
    .filter(isOther)
    .flatMap(heldIn)
    .flatMap(({ type, physicalId }) => (type === 'AWS::S3::Bucket' ? [physicalId] : []));
  const own = roots
    .map(id => state.stacks.get(id))
    .filter((stack): stack is Stack => stack !== undefined)
    .flatMap(stack => remainingBuckets(state.stacks, stack));
  return [...own, ...ofOthers];
}
