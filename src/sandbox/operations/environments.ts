/**
 * Creates, clones, reads and removes whole environments. An environment is registered when the request arrives and
 * deployed when its job completes, as at the real service (aws/aws-cli#7759).
 */
import { amplifyMeta, featureFlags } from '../amplify-meta.ts';
import { type Call, type Handlers, startJob } from '../call.ts';
import { applyCopy, copyLoaded, readRefusal } from '../load/index.ts';
import { copyResources, type Environment, newEnvironment } from '../resources.ts';
import { badRequest } from '../service-error.ts';
import { templatesOf } from '../stacks/environment-templates.ts';
import type { Schedule } from '../stacks/steps.ts';
import {
  addBucket,
  findApp,
  findEnvironment,
  refuseWhilePending,
  removeEnvironment,
  type State,
} from '../state.ts';
import {
  bucketsLeftBehind,
  cloneRefusal,
  deleteStacks,
  deletionRefusal,
  deploy,
  planStack,
} from './deployments.ts';
import { findReadable } from './loaded.ts';

export const environmentHandlers: Handlers<
  'CreateBackend' | 'CloneBackend' | 'GetBackend' | 'DeleteBackend' | 'RemoveAllBackends'
> = {
  CreateBackend(call, { AppId, AppName, BackendEnvironmentName }) {
    refuseWhilePending(call.state, AppId, BackendEnvironmentName, call.now);
    const app = call.state.apps.get(AppId) ?? {
      appName: AppName,
      environments: new Map(),
      branches: new Map(),
      tokens: new Map(),
    };
    if (app.environments.has(BackendEnvironmentName)) throw alreadyExists(AppId, BackendEnvironmentName);
    call.state.apps.set(AppId, app);
    const environment = newEnvironment(BackendEnvironmentName, call.now);
    app.environments.set(environment.name, environment);
    const { deployment, changeStacks } = planStack(call, app.appName, environment, []);
    return startJob(call, {
      appId: AppId,
      environments: [BackendEnvironmentName],
      changeStacks,
      effect: at => deploy(call.state, environment, deployment, at),
    });
  },

  CloneBackend(call, { AppId, BackendEnvironmentName, TargetEnvironmentName }) {
    const app = findApp(call.state, AppId);
    const source = findReadable(call.state, AppId, BackendEnvironmentName);
    refuseWhilePending(call.state, AppId, BackendEnvironmentName, call.now);
    refuseWhilePending(call.state, AppId, TargetEnvironmentName, call.now);
    if (app.environments.has(TargetEnvironmentName)) throw alreadyExists(AppId, TargetEnvironmentName);
    if (!source.deployment) throw badRequest(`Backend environment ${source.name} has not been deployed`);
    const target = newEnvironment(TargetEnvironmentName, call.now);
    app.environments.set(target.name, target);
    const clone = planClone(call, app.appName, source, target);
    return startJob(failingWith(call, cloneRefusal(call.state, source)), {
      appId: AppId,
      environments: [TargetEnvironmentName],
      exclusive: true,
      changeStacks: clone.changeStacks,
      effect: clone.effect,
    });
  },

  GetBackend(call, { AppId, BackendEnvironmentName }) {
    const app = findApp(call.state, AppId);
    const summary = {
      AppId,
      AppName: app.appName,
      BackendEnvironmentList: [...app.environments.keys()],
    };
    if (BackendEnvironmentName === undefined) return summary;
    const environment = findReadable(call.state, AppId, BackendEnvironmentName);
    return {
      ...summary,
      BackendEnvironmentName,
      AmplifyMetaConfig: amplifyMeta(AppId, environment),
      AmplifyFeatureFlags: flagsOf(environment),
    };
  },

  DeleteBackend(call, { AppId, BackendEnvironmentName }) {
    const environment = findEnvironment(call.state, AppId, BackendEnvironmentName);
    const { ghost } = environment.loaded ?? {};
    if (ghost && !ghost.deletes) throw readRefusal(ghost);
    refuseWhilePending(call.state, AppId, BackendEnvironmentName, call.now);
    return startJob(failingWith(call, deletionRefusal(call.state, environment)), {
      appId: AppId,
      environments: [BackendEnvironmentName],
      exclusive: true,
      changeStacks: schedule => deleteStacks(call.state, environment, schedule),
      effect: at => remove(call.state, AppId, environment, at),
    });
  },

  RemoveAllBackends(call, { AppId, CleanAmplifyApp }) {
    const { environments } = findApp(call.state, AppId);
    const names = [...environments.keys()];
    for (const name of names) refuseWhilePending(call.state, AppId, name, call.now);
    return startJob(call, {
      appId: AppId,
      environments: names.length > 0 ? names : ['NONE'],
      exclusive: true,
      changeStacks: schedule => {
        for (const environment of environments.values()) deleteStacks(call.state, environment, schedule);
      },
      effect: at => {
        for (const environment of [...environments.values()]) {
          // No deletion was planned for the stacks of environments that were created after the job started.
          const atOnce: Schedule = { beginsAt: at, endsAt: at, ending: { kind: 'succeeds' } };
          if (!names.includes(environment.name)) deleteStacks(call.state, environment, atOnce);
          remove(call.state, AppId, environment, at);
        }
        if (CleanAmplifyApp) call.state.apps.delete(AppId);
      },
    });
  },
};

/** The loaded feature flags; for the sandbox's own environments, those of a recent CLI. */
function flagsOf({ loaded, deployment }: Environment): string | undefined {
  return loaded ? loaded.flags : deployment && featureFlags();
}

/** Plans a clone: its stack events, and its effect on the target. */
function planClone(call: Call, appName: string, source: Environment, target: Environment) {
  const isEmpty = call.scenario.kind === 'leaves-empty';
  if (source.loaded && !isEmpty) {
    const copy = copyLoaded(source, source.loaded, target.name, appName, call.now);
    const { deployment, changeStacks } = planStack(call, appName, target, copy.templates, copy.deployment);
    return {
      changeStacks,
      effect: (at: number) => {
        deploy(call.state, target, deployment, at);
        applyCopy(target, copy.loaded, call.state, at);
      },
    };
  }
  const copies = isEmpty ? { unmanaged: [] } : copyResources(source, target.name);
  const { deployment, changeStacks } = planStack(call, appName, target, templatesOf(copies, target.name));
  return {
    changeStacks,
    effect: (at: number) => {
      deploy(call.state, target, deployment, at);
      Object.assign(target, copies);
      if (target.storage && !target.storage.imported) addBucket(call.state, target.storage.bucketName, at);
    },
  };
}

/** The call with a job that fails with the text `refusal`, if there is one and no fault decides otherwise. */
const failingWith = (call: Call, refusal: string | undefined): Call =>
  refusal === undefined || call.scenario.kind !== 'succeeds'
    ? call
    : { ...call, scenario: { kind: 'fails', error: refusal, stackReason: '' } };

function remove(state: State, appId: string, environment: Environment, at: number): void {
  removeEnvironment(state, appId, environment.name, at, bucketsLeftBehind(state, environment));
}

function alreadyExists(appId: string, name: string): Error {
  return badRequest(`Backend environment ${name} already exists for app ${appId}`);
}
