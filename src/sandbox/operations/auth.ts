/**
 * The auth category: one Cognito resource per environment. GetBackendAuth answers it in the shape in which it is
 * created, stored client secrets included, as the service does.
 */
import { applyUpdate, type Call, type Handlers } from '../call.ts';
import { type AuthResource, type Environment, newAuth } from '../resources.ts';
import type { AuthConfig } from '../sdk-types.ts';
import { badRequest, notFound } from '../service-error.ts';
import { authTemplate } from '../stacks/templates.ts';
import { answerUnmanaged, findManaged, findReadable, removeResource } from './loaded.ts';
import { changeResource, dropNestedStack, type EnvironmentInput, putTemplate } from './resource-changes.ts';

export const authHandlers: Handlers<
  'CreateBackendAuth' | 'ImportBackendAuth' | 'GetBackendAuth' | 'UpdateBackendAuth' | 'DeleteBackendAuth'
> = {
  CreateBackendAuth(call, input) {
    const environment = findWithoutAuth(call, input);
    const auth = newAuth(input.ResourceName, input.ResourceConfig);
    return changeResource(call, input, environment, {
      update: putTemplate(authTemplate(auth)),
      effect: () => {
        environment.auth ??= auth;
      },
    });
  },

  ImportBackendAuth(call, input) {
    const { UserPoolId, WebClientId, NativeClientId, IdentityPoolId } = input;
    const environment = findWithoutAuth(call, input);
    // The request has no resource name; like the Amplify CLI, the sandbox derives one.
    const name = `imported${UserPoolId.replace(/[\W_]/g, '').toLowerCase()}`;
    const auth: AuthResource = {
      name,
      config: importedConfig(name, IdentityPoolId !== undefined),
      imported: true,
      userPoolId: UserPoolId,
      webClientId: WebClientId,
      nativeClientId: NativeClientId,
      ...(IdentityPoolId === undefined ? {} : { identityPoolId: IdentityPoolId }),
    };
    return changeResource(call, input, environment, {
      update: putTemplate(authTemplate(auth)),
      effect: () => {
        environment.auth ??= auth;
      },
    });
  },

  GetBackendAuth(call, input) {
    const unmanaged = answerUnmanaged(call, input, 'auth', 'Auth');
    if (unmanaged) return unmanaged;
    const { auth } = findAuth(call, input);
    const { AppId, BackendEnvironmentName, ResourceName } = input;
    return { AppId, BackendEnvironmentName, ResourceName, ResourceConfig: auth.config };
  },

  UpdateBackendAuth(call, input) {
    const { environment, auth } = findAuth(call, input);
    return changeResource(call, input, environment, {
      update: putTemplate(authTemplate(auth)),
      effect: () => {
        auth.config = withFixed(auth.config, applyUpdate(call, auth.config, input.ResourceConfig));
      },
    });
  },

  DeleteBackendAuth(call, input) {
    const { environment, auth } = findAuth(call, input);
    return changeResource(call, input, environment, {
      update: dropNestedStack('auth', auth.name),
      effect: () => {
        removeResource(environment, 'auth', auth.name);
      },
    });
  },
};

function findWithoutAuth(call: Call, { AppId, BackendEnvironmentName }: EnvironmentInput): Environment {
  const environment = findReadable(call.state, AppId, BackendEnvironmentName);
  if (environment.auth)
    throw badRequest(`Backend environment ${environment.name} already has an auth resource`);
  return environment;
}

function findAuth(
  call: Call,
  { AppId, BackendEnvironmentName, ResourceName }: EnvironmentInput & { readonly ResourceName: string },
): { environment: Environment; auth: AuthResource } {
  const environment = findReadable(call.state, AppId, BackendEnvironmentName);
  const auth = findManaged(environment, 'auth', ResourceName);
  if (!auth) {
    throw notFound(
      'Auth',
      `Auth resource ${ResourceName} does not exist in environment ${BackendEnvironmentName}`,
    );
  }
  return { environment, auth };
}

/** An update cannot carry what is fixed at creation, so that also an update that replaces keeps it. */
function withFixed(stored: AuthConfig, updated: AuthConfig): AuthConfig {
  const { UserPoolName, SignInMethod, RequiredSignUpAttributes } = stored.UserPoolConfigs;
  const { IdentityPoolName } = stored.IdentityPoolConfigs ?? {};
  const { IdentityPoolConfigs } = updated;
  return {
    ...updated,
    UserPoolConfigs: {
      ...updated.UserPoolConfigs,
      ...{ UserPoolName, SignInMethod, RequiredSignUpAttributes },
    },
    ...(IdentityPoolConfigs &&
      IdentityPoolName !== undefined && {
        IdentityPoolConfigs: { ...IdentityPoolConfigs, IdentityPoolName },
      }),
  };
}

/** The settings that the service knows of a user pool that it did not create. */
function importedConfig(name: string, withIdentityPool: boolean): AuthConfig {
  return {
    AuthResources: withIdentityPool ? 'IDENTITY_POOL_AND_USER_POOL' : 'USER_POOL_ONLY',
    Service: 'COGNITO',
    UserPoolConfigs: { RequiredSignUpAttributes: ['EMAIL'], SignInMethod: 'USERNAME', UserPoolName: name },
  };
}
