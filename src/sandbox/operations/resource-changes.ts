/**
 * What every create, update and delete of a resource has in common: where it is filed, when it is refused, and that
 * pushing a resource deploys an environment that was only registered.
 */
import { type Call, startJob } from '../call.ts';
import type { Environment } from '../resources.ts';
import type { Category, Template } from '../stacks/templates.ts';
import type { Update } from '../stacks/update.ts';
import { findApp, refuseWhilePending } from '../state.ts';
import { deploy, planPush } from './deployments.ts';

/** Which environment an input addresses. */
export interface Address {
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
export const put = (template: Template | undefined): Update =>
  template ? { kind: 'put', template } : { kind: 'root' };

/** The update that takes a category's nested stack away. */
export const drop = (category: Category): Update => ({ kind: 'drop', category });

/** Starts the job that changes a resource. CloudFormation refuses it on a stack whose deletion has begun. */
export function changeResource(
  call: Call,
  { AppId, BackendEnvironmentName }: Address,
  environment: Environment,
  { update, effect }: ResourceChange,
) {
  refuseWhilePending(call.state, AppId, BackendEnvironmentName, call.now);
  const { appName } = findApp(call.state, AppId);
  const push = update && planPush(call, appName, environment, update);
  const refused = push?.refusal !== undefined && call.fate.kind === 'succeeds';
  const fate = refused ? ({ kind: 'fails', error: push.refusal ?? '', stackReason: '' } as const) : call.fate;
  const isShownAtOnce = call.settings.showsChanges === 'at-once' && fate.kind === 'succeeds';
  if (isShownAtOnce && update && update.kind !== 'drop') effect(call.now);
  return startJob(
    { ...call, fate },
    {
      appId: AppId,
      environments: [BackendEnvironmentName],
      ...(push && { drive: push.drive }),
      effect: at => {
        if (push) deploy(call.state, environment, push.deployment, at);
        effect(at);
      },
    },
  );
}
