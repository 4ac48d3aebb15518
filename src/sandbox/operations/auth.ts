/**
 * The auth category: one Cognito resource per environment, created, imported, read back in the shape in which it is
 * created (stored client secrets included, as the service does), updated by merging, deleted.
 */
import { type Call, type Handlers, updated } from '../call.ts';
import { type AuthResource, type Environment, newAuth } from '../resources.ts';
import type { AuthConfig } from '../sdk-types.ts';
import { badRequest, notFound } from '../service-error.ts';
import { authTemplate } from '../stacks/templates.ts';
import { findEnvironment } from '../state.ts';
import { type Address, changeResource, drop, put } from './resource-changes.ts';

/** The operations of the auth category. */
export const authHandlers: Handlers<
  'CreateBackendAuth' | 'ImportBackendAuth' | 'GetBackendAuth' | 'UpdateBackendAuth' | 'DeleteBackendAuth'
> = {
  CreateBackendAuth(call, input) {
    const environment = vacant(call, input);
    const auth = newAuth(input.ResourceName, input.ResourceConfig);
    return changeResource(call, input, environment, {
      update: put(authTemplate(auth)),
      effect: () => {
        environment.auth ??= auth;
      },
    });
  },

  ImportBackendAuth(call, input) {
    const { UserPoolId, WebClientId, NativeClientId, IdentityPoolId } = input;
    const environment = vacant(call, input);
    // The caller gives no resource name; the Amplify CLI derives one as well.
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
      update: put(authTemplate(auth)),
      effect: () => {
        environment.auth ??= auth;
      },
    });
  },

  GetBackendAuth(call, input) {
    const { auth } = locate(call, input);
    const { AppId, BackendEnvironmentName, ResourceName } = input;
    return { AppId, BackendEnvironmentName, ResourceName, ResourceConfig: auth.config };
  },

  UpdateBackendAuth(call, input) {
    const { environment, auth } = locate(call, input);
    return changeResource(call, input, environment, {
      update: put(authTemplate(auth)),
      effect: () => {
        auth.config = updated(call, auth.config, input.ResourceConfig);
      },
    });
  },

  DeleteBackendAuth(call, input) {
    const { environment, auth } = locate(call, input);
    return changeResource(call, input, environment, {
      update: drop('auth'),
      effect: () => {
        if (environment.auth === auth) delete environment.auth;
      },
    });
  },
};

function vacant(call: Call, { AppId, BackendEnvironmentName }: Address): Environment {
  const environment = findEnvironment(call.state, AppId, BackendEnvironmentName);
  if (environment.auth)
    throw badRequest(`Backend environment ${environment.name} already has an auth resource`);
  return environment;
}

function locate(
  call: Call,
  { AppId, BackendEnvironmentName, ResourceName }: Address & { readonly ResourceName: string },
): { environment: Environment; auth: AuthResource } {
  const environment = findEnvironment(call.state, AppId, BackendEnvironmentName);
  const { auth } = environment;
  if (auth?.name !== ResourceName) {
    throw notFound(
      'Auth',
      `Auth resource ${ResourceName} does not exist in environment ${BackendEnvironmentName}`,
    );
  }
  return { environment, auth };
}

/** What little the service can say about a user pool that it did not make. */
function importedConfig(name: string, withIdentityPool: boolean): AuthConfig {
  return {
    AuthResources: withIdentityPool ? 'IDENTITY_POOL_AND_USER_POOL' : 'USER_POOL_ONLY',
    Service: 'COGNITO',
    UserPoolConfigs: { RequiredSignUpAttributes: ['EMAIL'], SignInMethod: 'USERNAME', UserPoolName: name },
  };
}
