/**
 * Create, clone, read and remove whole environments. An environment is registered as soon as it is asked for and
 * deployed when its job completes; that gap is what users of the real service stumble over, so it is kept.
 */
import { amplifyMeta, featureFlags } from '../amplify-meta.ts';
import { type Handlers, startJob } from '../call.ts';
import { copyResources, type Environment, newEnvironment } from '../resources.ts';
import { badRequest } from '../service-error.ts';
import type { Course } from '../stacks/script.ts';
import { templatesOf } from '../stacks/templates.ts';
import {
  addBucket,
  findApp,
  findEnvironment,
  refuseWhilePending,
  removeEnvironment,
  type State,
} from '../state.ts';
import { bucketsLeft, deploy, driveDeletion, planStack } from './deployments.ts';

/** The operations on whole environments. */
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
    const { deployment, drive } = planStack(call, app.appName, environment, []);
    return startJob(call, {
      appId: AppId,
      environments: [BackendEnvironmentName],
      drive,
      effect: at => deploy(call.state, environment, deployment, at),
    });
  },

  CloneBackend(call, { AppId, BackendEnvironmentName, TargetEnvironmentName }) {
    const app = findApp(call.state, AppId);
    const source = findEnvironment(call.state, AppId, BackendEnvironmentName);
    refuseWhilePending(call.state, AppId, BackendEnvironmentName, call.now);
    refuseWhilePending(call.state, AppId, TargetEnvironmentName, call.now);
    if (app.environments.has(TargetEnvironmentName)) throw alreadyExists(AppId, TargetEnvironmentName);
    if (!source.deployment) throw badRequest(`Backend environment ${source.name} has not been deployed`);
    const target = newEnvironment(TargetEnvironmentName, call.now);
    app.environments.set(target.name, target);
    const copies = call.fate.kind === 'leaves-empty' ? { functions: [] } : copyResources(source, target.name);
    const { deployment, drive } = planStack(call, app.appName, target, templatesOf(copies, target.name));
    return startJob(call, {
      appId: AppId,
      environments: [TargetEnvironmentName],
      exclusive: true,
      drive,
      effect: at => {
        deploy(call.state, target, deployment, at);
        Object.assign(target, copies);
        if (target.storage && !target.storage.imported) addBucket(call.state, target.storage.bucketName, at);
      },
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
    const environment = findEnvironment(call.state, AppId, BackendEnvironmentName);
    return {
      ...summary,
      BackendEnvironmentName,
      AmplifyMetaConfig: amplifyMeta(AppId, environment),
      AmplifyFeatureFlags: environment.deployment ? featureFlags() : undefined,
    };
  },

  DeleteBackend(call, { AppId, BackendEnvironmentName }) {
    const environment = findEnvironment(call.state, AppId, BackendEnvironmentName);
    refuseWhilePending(call.state, AppId, BackendEnvironmentName, call.now);
    return startJob(call, {
      appId: AppId,
      environments: [BackendEnvironmentName],
      exclusive: true,
      drive: course => driveDeletion(call.state, environment, course),
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
      drive: course => {
        for (const environment of environments.values()) driveDeletion(call.state, environment, course);
      },
      effect: at => {
        for (const environment of [...environments.values()]) {
          // One that came after the job began has stacks of which nothing was planned.
          const atOnce: Course = { beginsAt: at, endsAt: at, ending: { kind: 'succeeds' } };
          if (!names.includes(environment.name)) driveDeletion(call.state, environment, atOnce);
          remove(call.state, AppId, environment, at);
        }
        if (CleanAmplifyApp) call.state.apps.delete(AppId);
      },
    });
  },
};

function remove(state: State, appId: string, environment: Environment, at: number): void {
  removeEnvironment(state, appId, environment.name, at, bucketsLeft(state, environment));
}

function alreadyExists(appId: string, name: string): Error {
  return badRequest(`Backend environment ${name} already exists for app ${appId}`);
}
