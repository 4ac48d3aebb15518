/** The template bodies of resources that AmplifyBackend manages, derived from their settings. */
import type { Json } from '../../lib/json.ts';
import { modelNames } from '../graphql-models.ts';
import type { ApiResource, AuthResource, StorageResource } from '../resources.ts';

/** Bodies of resources by logical id: everything but `Type`. */
export type Bodies = Readonly<Record<string, Json>>;

const ref = (Ref: string): Json => ({ Ref });
const join = (...parts: readonly unknown[]): Json => ({ 'Fn::Join': ['', parts] });

/** `EMAIL` and `PHONE_NUMBER` as Cognito writes them. */
const attribute = (name: string) => name.toLowerCase();

const signInAttributes: Readonly<Record<string, readonly string[]>> = {
  EMAIL: ['email'],
  PHONE_NUMBER: ['phone_number'],
  EMAIL_AND_PHONE_NUMBER: ['email', 'phone_number'],
};

/** The properties of a user pool. */
export function userPoolProperties({ config }: AuthResource): Json {
  const { UserPoolConfigs: pool } = config;
  const constraints: readonly string[] = pool?.PasswordPolicy?.AdditionalConstraints ?? [];
  const requires = (what: string) => constraints.includes(`REQUIRE_${what}`);
  return {
    UserPoolName: pool?.UserPoolName,
    Schema: (pool?.RequiredSignUpAttributes ?? []).map(name => ({
      ...{ Name: attribute(name), Required: true, Mutable: true },
    })),
    UsernameAttributes: signInAttributes[pool?.SignInMethod ?? ''],
    MfaConfiguration: pool?.Mfa?.MFAMode ?? 'OFF',
    EnabledMfas: pool?.Mfa?.Settings?.MfaTypes?.map(type =>
      type === 'TOTP' ? 'SOFTWARE_TOKEN_MFA' : 'SMS_MFA',
    ),
    Policies: {
      PasswordPolicy: {
        MinimumLength: pool?.PasswordPolicy?.MinimumLength ?? 8,
        RequireLowercase: requires('LOWERCASE'),
        RequireNumbers: requires('DIGIT'),
        RequireSymbols: requires('SYMBOL'),
        RequireUppercase: requires('UPPERCASE'),
      },
    },
  };
}

/** The properties of an app client, with what the hosted UI takes. */
export function clientProperties({ config }: AuthResource): Json {
  const oauth = config.UserPoolConfigs?.OAuth;
  if (!oauth) return {};
  const scope = (name: string) =>
    name === 'AWS_COGNITO_SIGNIN_USER_ADMIN' ? 'aws.cognito.signin.user.admin' : name.toLowerCase();
  return {
    AllowedOAuthFlows: [oauth.OAuthGrantType?.toLowerCase() ?? 'code'],
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthScopes: oauth.OAuthScopes?.map(scope),
    CallbackURLs: oauth.RedirectSignInURIs,
    LogoutURLs: oauth.RedirectSignOutURIs,
    SupportedIdentityProviders: ['COGNITO', ...Object.keys(oauth.SocialProviderSettings ?? {})],
  };
}

/** Whether guests get credentials. */
export const allowsGuests = ({ config }: AuthResource): boolean =>
  config.IdentityPoolConfigs?.UnauthenticatedLogin === true;

/** The resources of a Cognito stack. */
export function authBodies(auth: AuthResource): Bodies {
  const client = (more: Json) => ({ Properties: { UserPoolId: ref('UserPool'), ...more } });
  return {
    UserPool: { Properties: userPoolProperties(auth) },
    UserPoolClientWeb: client(clientProperties(auth)),
    UserPoolClient: client(clientProperties(auth)),
    IdentityPool: {
      Properties: {
        AllowUnauthenticatedIdentities: allowsGuests(auth),
        CognitoIdentityProviders: ['UserPoolClient', 'UserPoolClientWeb'].map(id => ({
          ClientId: ref(id),
          ProviderName: join('cognito-idp.', ref('AWS::Region'), '.amazonaws.com/', ref('UserPool')),
        })),
      },
    },
  };
}

const actionsOf: Readonly<Record<string, readonly string[]>> = {
  READ: ['s3:GetObject'],
  CREATE_AND_UPDATE: ['s3:PutObject'],
  DELETE: ['s3:DeleteObject'],
};

/** The S3 actions of AmplifyBackend's permissions. */
export const s3Actions = (permissions: readonly string[] = []): readonly string[] =>
  permissions.flatMap(permission => actionsOf[permission] ?? []);

/** The resources of an S3 stack. */
export function storageBodies({ bucketName, permissions }: StorageResource): Bodies {
  const policy = (role: string, statements: readonly Json[]): Json => ({
    Properties: {
      PolicyDocument: { Version: '2012-10-17', Statement: statements },
      Roles: [ref(role)],
    },
  });
  const objects = (path: string, actions: readonly string[]): Json => ({
    ...{ Effect: 'Allow', Action: actions, Resource: [join('arn:aws:s3:::', ref('S3Bucket'), path)] },
  });
  const signedIn = s3Actions(permissions.Authenticated);
  return {
    S3Bucket: {
      Properties: { BucketName: bucketName },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    },
    S3AuthPublicPolicy: policy('authRoleName', [
      objects('/public/*', signedIn),
      ...['protected', 'private'].map(level =>
        objects(`/${level}/\${cognito-identity.amazonaws.com:sub}/*`, signedIn),
      ),
    ]),
    S3AuthReadPolicy: policy('authRoleName', [objects('/protected/*', ['s3:GetObject'])]),
  };
}

/** The table of a model: the Amplify CLI has it deleted with its stack. */
const tableBody = (model: string, apiId: string, environment: string): Json => ({
  Properties: {
    TableName: `${model}-${apiId}-${environment}`,
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  },
  DeletionPolicy: 'Delete',
  UpdateReplacePolicy: 'Delete',
});

/** The authentication of an API. */
export const authenticationOf = ({ config }: ApiResource): Json => ({
  AuthenticationType: config.DefaultAuthType?.Mode ?? 'API_KEY',
  AdditionalAuthenticationProviders: (config.AdditionalAuthTypes ?? []).map(({ Mode }) => ({
    AuthenticationType: Mode,
  })),
});

/** The resources of an AppSync stack. @param environment its name, with which table names end */
export function apiBodies(api: ApiResource, environment: string): Bodies {
  const { apiId, config } = api;
  const tables = modelNames(config.TransformSchema ?? '').map(
    model => [`${model}Table`, tableBody(model, apiId, environment)] as const,
  );
  return {
    GraphQLAPI: { Properties: { Name: `${config.ApiName}-${environment}`, ...authenticationOf(api) } },
    ...Object.fromEntries(tables),
  };
}
