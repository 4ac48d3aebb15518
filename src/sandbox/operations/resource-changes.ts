/**
 * What creating, updating and deleting a resource have in common: the job, when AWS refuses it, and that a push deploys
 * an environment that was only registered.
 */
import { type Call, startJob } from '../call.ts';
import type { Environment } from '../resources.ts';
import { logicalIdOf, type Template } from '../stacks/templates.ts';
import type { Update } from '../stacks/update.ts';
import { findApp, refuseWhilePending } from '../state.ts';
import { deploy, planPush } from './deployments.ts';

/** The members of an input that name the environment. */
export interface EnvironmentInput {
  readonly AppId: string;
  readonly BackendEnvironmentName: string;
}

export interface ResourceChange {
  /** Its change of the stacks; absent if they stay as they are. */
  readonly update?: Update;
  /** Changes the environment when the job completes. */
  readonly effect: (at: number) => void;
}

/** The stack update for a resource's new template. An imported resource has none: only the root stack changes. */
export const putTemplate = (template: Template | undefined): Update =>
  template ? { kind: 'put', template } : { kind: 'root' };

/** The stack update that deletes a resource's nested stack. */
export const dropNestedStack = (category: string, name: string): Update => ({
  kind: 'drop',
  logicalId: logicalIdOf(category, name),
});

/** Starts the job that changes a resource. The job fails if CloudFormation refuses to update the stack. */
export function changeResource(
  call: Call,
  { AppId, BackendEnvironmentName }: EnvironmentInput,
  environment: Environment,
  { update, effect }: ResourceChange,
) {
  refuseWhilePending(call.state, AppId, BackendEnvironmentName, call.now);
  const { appName } = findApp(call.state, AppId);
  const push = update && planPush(call, appName, environment, update);
  const refused = push?.refusal !== undefined && call.scenario.kind === 'succeeds';
  const scenario = refused
    ? ({ kind: 'fails', error: push.refusal ?? '', stackReason: '' } as const)
    : call.scenario;
  const isShownAtOnce = call.settings.showsChanges === 'at-once' && scenario.kind === 'succeeds';
  if (isShownAtOnce && update && update.kind !== 'drop') effect(call.now);
  return startJob(
    { ...call, scenario },
    {
      appId: AppId,
      environments: [BackendEnvironmentName],
      ...(push && { changeStacks: push.changeStacks }),
      effect: at => {
        if (push) deploy(call.state, environment, push.deployment, at);
        effect(at);
      },
    },
  );
}
