/**
 * What every create, update and delete of a resource has in common: where it is filed, when it is refused, and that
 * pushing a resource deploys an environment that was only registered.
 */
import { type Call, startJob } from '../call.ts';
import type { Environment } from '../resources.ts';
import { findApp, refuseWhilePending } from '../state.ts';
import { ensureDeployed } from './environments.ts';

/** Which environment an input addresses. */
export interface Address {
  readonly AppId: string;
  readonly BackendEnvironmentName: string;
}

/** Starts the job that changes a resource; `change` takes effect when it completes. */
export function changeResource(
  call: Call,
  { AppId, BackendEnvironmentName }: Address,
  environment: Environment,
  change: (at: number) => void,
) {
  refuseWhilePending(call.state, AppId, BackendEnvironmentName, call.now);
  const { appName } = findApp(call.state, AppId);
  return startJob(call, {
    appId: AppId,
    environments: [BackendEnvironmentName],
    effect: at => {
      ensureDeployed(call, appName, environment, at);
      change(at);
    },
  });
}
