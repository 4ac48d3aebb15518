/**
 * What every create, update and delete of a resource has in common: where it is filed, when it is refused, and that
 * pushing a resource deploys an environment that was only registered.
 */
import { type Call, startJob } from '../call.ts';
import type { Environment } from '../resources.ts';
import { logicalIdOf, type Template } from '../stacks/templates.ts';
import type { Update } from '../stacks/update.ts';
import { findApp, refuseWhilePending } from '../state.ts';
import { deploy, planPush } from './deployments.ts';

/** Which environment an input addresses. */
export interface EnvironmentInput {
  readonly AppId: string;
  readonly BackendEnvironmentName: string;
}

/** A change of one resource. */
export interface ResourceChange {
  /** What it does to the stacks; without one they stay as they are. */
  readonly update?: Update;
  /** What it does to the environment when its job completes. */
  readonly effect: (at: number) => void;
}

/** The update that a resource's new template is; one that was imported has none, and only the root changes. */
export const putTemplate = (template: Template | undefined): Update =>
  template ? { kind: 'put', template } : { kind: 'root' };

/** The update that takes a resource's nested stack away. */
export const dropNestedStack = (category: string, name: string): Update => ({
  kind: 'drop',
  logicalId: logicalIdOf(category, name),
});

/** Starts the job that changes a resource. CloudFormation refuses it on a stack whose deletion has begun. */
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
