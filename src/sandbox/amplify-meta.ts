/**
 * Writes the two JSON texts that GetBackend answers for a deployed environment: the amplify-meta with resource names
 * and AWS ids, and the cli.json with the project's feature flags.
 */
import type { Mode } from '@aws-sdk/client-amplifybackend';
import { objectOf } from '../lib/json.ts';
import { sandboxAccountId, sandboxRegion } from './identity.ts';
import type { ApiResource, AuthResource, Environment, Loaded, StorageResource } from './resources.ts';
import { unmanagedEntries } from './unmanaged-resources.ts';

const provider = { providerPlugin: 'awscloudformation' };

/**
 * Amplify's `amplify-meta.json`: `providers.awscloudformation` and one block per category that has a resource.
 * @returns undefined for an environment that was never deployed
 */
export function amplifyMeta(appId: string, environment: Environment): string | undefined {
  const { loaded } = environment;
  return loaded ? loadedMeta(appId, environment, loaded) : ownMeta(appId, environment);
}

/** The loaded meta, plus the resources that were created since. */
function loadedMeta(appId: string, environment: Environment, { meta, text }: Loaded): string | undefined {
  const { auth, api, storage } = environment;
  const made = Object.entries({ auth, api, storage }).filter(
    ([category, resource]) => resource && !Object.hasOwn(objectOf(meta[category]), resource.name),
  );
  if (made.length === 0) return text ?? (Object.keys(meta).length > 0 ? JSON.stringify(meta) : undefined);
  const own = objectOf(JSON.parse(ownMeta(appId, environment) ?? '{}'));
  const added = made.map(([category]) => [
    category,
    { ...objectOf(meta[category]), ...objectOf(own[category]) },
  ]);
  return JSON.stringify({ providers: own.providers, ...meta, ...Object.fromEntries(added) });
}

function ownMeta(appId: string, environment: Environment): string | undefined {
  const { deployment, auth, api, storage, unmanaged } = environment;
  if (!deployment) return undefined;
  const role = (kind: string) => `${deployment.stackName}-${kind}`;
  const managed = {
    ...(auth && { auth: { [auth.name]: authMeta(auth) } }),
    ...(api && { api: { [api.name]: apiMeta(api) } }),
    ...(storage && { storage: { [storage.name]: storageMeta(storage) } }),
  };
  const others = unmanagedEntries(unmanaged, { environment: environment.name, userPoolId: auth?.userPoolId });
  const categories = Object.fromEntries(
    Object.entries({ ...managed, ...others }).map(([category, resources]) => [
      category,
      { ...managed[category as keyof typeof managed], ...resources },
    ]),
  );
  const roleArn = (kind: string) => `arn:aws:iam::${sandboxAccountId}:role/${role(kind)}`;
  return JSON.stringify({
    providers: {
      awscloudformation: {
        AuthRoleName: role('authRole'),
        UnauthRoleArn: roleArn('unauthRole'),
        AuthRoleArn: roleArn('authRole'),
        Region: sandboxRegion,
        DeploymentBucketName: deployment.bucketName,
        UnauthRoleName: role('unauthRole'),
        StackName: deployment.stackName,
        StackId: deployment.stackId,
        AmplifyAppId: appId,
      },
    },
    ...categories,
  });
}

/** The feature flags of a project that was created with a recent Amplify CLI. */
export function featureFlags(): string {
  return JSON.stringify({
    features: {
      graphqltransformer: { transformerversion: 2, useexperimentalpipelinedtransformer: true },
      auth: { enablecaseinsensitivity: true, useinclusiveterminology: true },
      codegen: { useappsyncmodelgenplugin: true, handlelistnullabilitytransparently: true },
    },
  });
}

function authMeta(auth: AuthResource) {
  const { OAuth } = auth.config.UserPoolConfigs;
  return {
    service: 'Cognito',
    ...provider,
    ...(auth.imported ? { serviceType: 'imported' } : {}),
    output: {
      UserPoolId: auth.userPoolId,
      UserPoolName: auth.config.UserPoolConfigs.UserPoolName,
      AppClientID: auth.nativeClientId,
      AppClientIDWeb: auth.webClientId,
      ...(auth.identityPoolId ? { IdentityPoolId: auth.identityPoolId } : {}),
      ...(auth.config.IdentityPoolConfigs
        ? { IdentityPoolName: auth.config.IdentityPoolConfigs.IdentityPoolName }
        : {}),
      ...(OAuth
        ? {
            HostedUIDomain: OAuth.DomainPrefix,
            OAuthMetadata: JSON.stringify({
              AllowedOAuthFlows: [OAuth.OAuthGrantType.toLowerCase()],
              AllowedOAuthScopes: OAuth.OAuthScopes.map(scope => scope.toLowerCase()),
              CallbackURLs: OAuth.RedirectSignInURIs,
              LogoutURLs: OAuth.RedirectSignOutURIs,
            }),
          }
        : {}),
    },
  };
}

function apiMeta(api: ApiResource) {
  const types = [
    ...(api.config.DefaultAuthType ? [api.config.DefaultAuthType] : []),
    ...(api.config.AdditionalAuthTypes ?? []),
  ];
  const keyed = types.some(type => type.Mode === ('API_KEY' satisfies Mode));
  const [defaultAuthentication, ...additionalAuthenticationProviders] = types.map(type => ({
    authenticationType: type.Mode,
  }));
  return {
    service: 'AppSync',
    ...provider,
    output: {
      authConfig: { defaultAuthentication, additionalAuthenticationProviders },
      GraphQLAPIIdOutput: api.apiId,
      GraphQLAPIEndpointOutput: api.endpoint,
      ...(keyed ? { GraphQLAPIKeyOutput: api.apiKey } : {}),
    },
  };
}

function storageMeta({ imported, bucketName }: StorageResource) {
  return {
    service: 'S3',
    ...provider,
    ...(imported ? { serviceType: 'imported' } : {}),
    output: { BucketName: bucketName, Region: sandboxRegion },
  };
}
