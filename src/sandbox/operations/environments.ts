/**
 * Create, clone, read and remove whole environments. An environment is registered as soon as it is asked for and
 * deployed when its job completes; that gap is what users of the real service stumble over, so it is kept.
 */
import { amplifyMeta, featureFlags } from '../amplify-meta.ts';
import { type Call, type Handlers, startJob } from '../call.ts';
import { copyResources, type Environment, newDeployment } from '../resources.ts';
import { badRequest } from '../service-error.ts';
import { addBucket, findApp, findEnvironment, refuseWhilePending, removeEnvironment } from '../state.ts';

/** Gives an environment its root stack if it has none: any push of resources does. */
export function ensureDeployed(call: Call, appName: string, environment: Environment, at: number): void {
  if (environment.deployment) return;
  environment.deployment = newDeployment(appName, environment.name);
  addBucket(call.state, environment.deployment.bucketName, at);
}

/** The operations on whole environments. */
export const environmentHandlers: Handlers<
  'CreateBackend' | 'CloneBackend' | 'GetBackend' | 'DeleteBackend' | 'RemoveAllBackends'
> = {
  CreateBackend(call, { AppId, AppName, BackendEnvironmentName }) {
    refuseWhilePending(call.state, AppId, BackendEnvironmentName, call.now);
    const app = call.state.apps.get(AppId) ?? {
      appName: AppName,
      environments: new Map(),
      tokens: new Map(),
    };
    if (app.environments.has(BackendEnvironmentName)) throw alreadyExists(AppId, BackendEnvironmentName);
    call.state.apps.set(AppId, app);
    const environment: Environment = { name: BackendEnvironmentName, functions: [] };
    app.environments.set(environment.name, environment);
    return startJob(call, {
      appId: AppId,
      environments: [BackendEnvironmentName],
      effect: at => ensureDeployed(call, app.appName, environment, at),
    });
  },

  CloneBackend(call, { AppId, BackendEnvironmentName, TargetEnvironmentName }) {
    const app = findApp(call.state, AppId);
    const source = findEnvironment(call.state, AppId, BackendEnvironmentName);
    refuseWhilePending(call.state, AppId, BackendEnvironmentName, call.now);
    refuseWhilePending(call.state, AppId, TargetEnvironmentName, call.now);
    if (app.environments.has(TargetEnvironmentName)) throw alreadyExists(AppId, TargetEnvironmentName);
    if (!source.deployment) throw badRequest(`Backend environment ${source.name} has not been deployed`);
    const target: Environment = { name: TargetEnvironmentName, functions: [] };
    app.environments.set(target.name, target);
    return startJob(call, {
      appId: AppId,
      environments: [TargetEnvironmentName],
      exclusive: true,
      effect: at => {
        ensureDeployed(call, app.appName, target, at);
        if (call.fate.kind === 'leaves-empty') return;
        copyResources(source, target);
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
    findEnvironment(call.state, AppId, BackendEnvironmentName);
    refuseWhilePending(call.state, AppId, BackendEnvironmentName, call.now);
    return startJob(call, {
      appId: AppId,
      environments: [BackendEnvironmentName],
      exclusive: true,
      effect: at => removeEnvironment(call.state, AppId, BackendEnvironmentName, at),
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
      effect: at => {
        for (const name of [...environments.keys()]) removeEnvironment(call.state, AppId, name, at);
        if (CleanAmplifyApp) call.state.apps.delete(AppId);
      },
    });
  },
};

function alreadyExists(appId: string, name: string): Error {
  return badRequest(`Backend environment ${name} already exists for app ${appId}`);
}
