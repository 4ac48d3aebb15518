/**
 * Derives from a loaded meta the settings that AmplifyBackend would answer: what the meta says about sign-in,
 * authorization modes and buckets, and usual defaults for the rest.
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

const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];

/** The values of an enum that a list contains, in any spelling of case and separators. */
function enumValuesIn<Value extends string>(
  known: Readonly<Record<string, Value>>,
  list: readonly string[],
): Value[] {
  const wanted = new Set(list.map(item => item.toUpperCase().replaceAll(/[\s.-]+/g, '_')));
  return Object.values(known).filter(value => wanted.has(value.toUpperCase()));
}

/** The sign-in method, from the attributes that can be user names. */
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
    OAuthGrantType: textsIn(metadata.AllowedOAuthFlows).includes('implicit') ? 'IMPLICIT' : 'CODE',
    OAuthScopes: enumValuesIn(OAuthScopesElement, textsIn(metadata.AllowedOAuthScopes)),
    RedirectSignInURIs: textsIn(metadata.CallbackURLs),
    RedirectSignOutURIs: textsIn(metadata.LogoutURLs),
    SocialProviderSettings: { Google: client(GoogleWebClient), Facebook: client(FacebookWebClient) },
  };
}

/** The Cognito resource of an entry. */
export function authOf({ name, outputs, facts, isImported }: LoadedEntry): AuthResource {
  const frontendConfig = objectOf(facts.frontendAuthConfig);
  const policy = objectOf(frontendConfig.passwordProtectionSettings);
  const identityPoolId = textOf(outputs.IdentityPoolId);
  const [mode = 'OFF'] = enumValuesIn(MFAMode, [String(frontendConfig.mfaConfiguration ?? 'OFF')]);
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
      SignInMethod: signInOf(textsIn(frontendConfig.usernameAttributes)),
      RequiredSignUpAttributes: enumValuesIn(
        RequiredSignUpAttributesElement,
        textsIn(frontendConfig.signupAttributes),
      ),
      PasswordPolicy: {
        MinimumLength: Number(policy.passwordPolicyMinLength ?? 8) || 8,
        AdditionalConstraints: enumValuesIn(
          AdditionalConstraintsElement,
          textsIn(policy.passwordPolicyCharacters).map(item => item.replace(/^REQUIRES_/, 'REQUIRE_')),
        ),
      },
      Mfa: {
        MFAMode: mode,
        Settings: { MfaTypes: enumValuesIn(MfaTypesElement, textsIn(frontendConfig.mfaTypes)) },
      },
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
  const [mode] = enumValuesIn(Mode, [String(objectOf(value).authenticationType ?? '')]);
  return mode && { Mode: mode };
}

/** The AppSync resource of an entry. */
export function apiOf({ name, outputs }: LoadedEntry, schema: string | undefined): ApiResource {
  const { defaultAuthentication, additionalAuthenticationProviders: more } = objectOf(outputs.authConfig);
  // Metas of 2018 have the string `securityType` in place of `authConfig`.
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

/** The S3 resource of an entry. */
export const storageOf = ({ name, outputs, isImported }: LoadedEntry): StorageResource => ({
  name,
  permissions: { Authenticated: ['READ', 'CREATE_AND_UPDATE', 'DELETE'] },
  imported: isImported,
  bucketName: textOf(outputs.BucketName) ?? '',
});
