/**
 * Settings as AmplifyBackend might tell them of what a loaded environment has: what the meta says of users, modes and
 * buckets in the service's own words, and its usual defaults for the rest.
 */
import {
  AdditionalConstraintsElement,
  MFAMode,
  MfaTypesElement,
  Mode,
  OAuthScopesElement,
  RequiredSignUpAttributesElement,
} from '@aws-sdk/client-amplifybackend';
import { isObject, type Json, objectOf, parseStructure, textOf } from '../../lib/json.ts';
import { sandboxRegion } from '../identity.ts';
import type { ApiResource, AuthResource, StorageResource } from '../resources.ts';
import type { ApiConfig, AuthConfig } from '../sdk-types.ts';
import type { LoadedEntry } from './meta.ts';

const listOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];

/** The values of an enum of AWS's that stand in a list, whatever their case. */
function among<Value extends string>(
  known: Readonly<Record<string, Value>>,
  list: readonly string[],
): Value[] {
  const wanted = new Set(list.map(item => item.toUpperCase().replaceAll(/[\s.-]+/g, '_')));
  return Object.values(known).filter(value => wanted.has(value.toUpperCase()));
}

/** How people sign in, by what their names can be. */
function signInOf(attributes: readonly string[]): AuthConfig['UserPoolConfigs']['SignInMethod'] {
  const names = attributes.map(attribute => attribute.toUpperCase());
  const [byEmail, byPhone] = [names.includes('EMAIL'), names.includes('PHONE_NUMBER')];
  if (byEmail && byPhone) return 'EMAIL_AND_PHONE_NUMBER';
  return byEmail ? 'EMAIL' : byPhone ? 'PHONE_NUMBER' : 'USERNAME';
}

function oauthOf(outputs: Json): AuthConfig['UserPoolConfigs']['OAuth'] {
  const metadata = parseStructure(textOf(outputs.OAuthMetadata) ?? '');
  if (!isObject(metadata)) return undefined;
  const { GoogleWebClient, FacebookWebClient } = outputs;
  const client = (ClientId: unknown) =>
    textOf(ClientId) === undefined
      ? undefined
      : { ClientId: String(ClientId), ClientSecret: 'sandbox-secret' };
  return {
    DomainPrefix: textOf(outputs.HostedUIDomain) ?? '',
    OAuthGrantType: listOf(metadata.AllowedOAuthFlows).includes('implicit') ? 'IMPLICIT' : 'CODE',
    OAuthScopes: among(OAuthScopesElement, listOf(metadata.AllowedOAuthScopes)),
    RedirectSignInURIs: listOf(metadata.CallbackURLs),
    RedirectSignOutURIs: listOf(metadata.LogoutURLs),
    SocialProviderSettings: { Google: client(GoogleWebClient), Facebook: client(FacebookWebClient) },
  };
}

/** A Cognito resource. */
export function authOf({ name, outputs, facts, isImported }: LoadedEntry): AuthResource {
  const told = objectOf(facts.frontendAuthConfig);
  const policy = objectOf(told.passwordProtectionSettings);
  const identityPoolId = textOf(outputs.IdentityPoolId);
  const [mode = 'OFF'] = among(MFAMode, [String(told.mfaConfiguration ?? 'OFF')]);
  const config: AuthConfig = {
    AuthResources: identityPoolId === undefined ? 'USER_POOL_ONLY' : 'IDENTITY_POOL_AND_USER_POOL',
    Service: 'COGNITO',
    ...(identityPoolId !== undefined && {
      IdentityPoolConfigs: {
        IdentityPoolName: textOf(outputs.IdentityPoolName) ?? `${name}_identitypool`,
        UnauthenticatedLogin: false,
      },
    }),
    UserPoolConfigs: {
      UserPoolName: textOf(outputs.UserPoolName) ?? `${name}_userpool`,
      SignInMethod: signInOf(listOf(told.usernameAttributes)),
      RequiredSignUpAttributes: among(RequiredSignUpAttributesElement, listOf(told.signupAttributes)),
      PasswordPolicy: {
        MinimumLength: Number(policy.passwordPolicyMinLength ?? 8) || 8,
        AdditionalConstraints: among(
          AdditionalConstraintsElement,
          listOf(policy.passwordPolicyCharacters).map(item => item.replace(/^REQUIRES_/, 'REQUIRE_')),
        ),
      },
      Mfa: { MFAMode: mode, Settings: { MfaTypes: among(MfaTypesElement, listOf(told.mfaTypes)) } },
      OAuth: oauthOf(outputs),
    },
  };
  return {
    ...{ name, config, imported: isImported },
    userPoolId: textOf(outputs.UserPoolId) ?? `${sandboxRegion}_${name}`,
    webClientId: textOf(outputs.AppClientIDWeb) ?? '',
    nativeClientId: textOf(outputs.AppClientID) ?? '',
    ...(identityPoolId !== undefined && { identityPoolId }),
  };
}

function modeOf(value: unknown): { Mode: Mode } | undefined {
  const [mode] = among(Mode, [String(objectOf(value).authenticationType ?? '')]);
  return mode && { Mode: mode };
}

/** An AppSync resource. */
export function apiOf({ name, outputs }: LoadedEntry, schema: string | undefined): ApiResource {
  const { defaultAuthentication, additionalAuthenticationProviders: more } = objectOf(outputs.authConfig);
  // Metas of 2018 have a word in place of the structure.
  const first = modeOf(defaultAuthentication ?? { authenticationType: outputs.securityType });
  const others = (Array.isArray(more) ? more : []).flatMap(one => modeOf(one) ?? []);
  const config: ApiConfig = {
    ApiName: name,
    Service: 'AppSync',
    ...(first && { DefaultAuthType: first }),
    ...(others.length > 0 && { AdditionalAuthTypes: others }),
    ...(schema !== undefined && { TransformSchema: schema }),
  };
  return {
    ...{ name, config },
    apiId: textOf(outputs.GraphQLAPIIdOutput) ?? '',
    endpoint: textOf(outputs.GraphQLAPIEndpointOutput) ?? '',
    apiKey: textOf(outputs.GraphQLAPIKeyOutput) ?? '',
    ...(schema !== undefined && { modelsOf: schema }),
  };
}

/** An S3 resource. */
export const storageOf = ({ name, outputs, isImported }: LoadedEntry): StorageResource => ({
  name,
  permissions: { Authenticated: ['READ', 'CREATE_AND_UPDATE', 'DELETE'] },
  imported: isImported,
  bucketName: textOf(outputs.BucketName) ?? '',
});
