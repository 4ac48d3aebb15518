/**
 * Settings of the two seeded environments: `dev` and `prod` differ as real environments do (sign-up rules, MFA,
 * redirect URIs, authentication modes, permissions), so that a comparison finds differences.
 */
import type { ApiConfig, AuthConfig, StoragePermissions } from './sdk-types.ts';

/** Resource names, the same in all environments. */
export const seedNames = {
  auth: 'shopauth',
  api: 'shopapi',
  storage: 'shopmedia',
  function: 'shopOrderNotifier',
  rest: 'shopwebhooks',
  webhook: 'shopWebhook',
  table: 'shopcarts',
  layer: 'shopShared',
  analytics: 'shopanalytics',
  hosting: 'amplifyhosting',
} as const;

const productAndOrder = `
type Product @model @auth(rules: [{ allow: public, operations: [read] }, { allow: groups, groups: ["staff"] }]) {
  id: ID!
  name: String!
  description: String
  price: Float!
  pictures: [String!]
}

type Order @model @auth(rules: [{ allow: owner }]) {
  id: ID!
  status: String!
  total: Float!
  items: [OrderItem] @hasMany(indexName: "byOrder", fields: ["id"])
}

type OrderItem @model @auth(rules: [{ allow: owner }]) {
  id: ID!
  orderId: ID! @index(name: "byOrder")
  product: Product @belongsTo
  quantity: Int!
}
`.trim();

const review = `
type Review @model @auth(rules: [{ allow: owner }, { allow: public, operations: [read] }]) {
  id: ID!
  productId: ID!
  stars: Int!
  text: String
}
`.trim();

/** Auth settings of `dev`. */
export const devAuth: AuthConfig = {
  AuthResources: 'IDENTITY_POOL_AND_USER_POOL',
  Service: 'COGNITO',
  IdentityPoolConfigs: { IdentityPoolName: 'shop_identity_dev', UnauthenticatedLogin: true },
  UserPoolConfigs: {
    UserPoolName: 'shop_users_dev',
    SignInMethod: 'EMAIL',
    RequiredSignUpAttributes: ['EMAIL', 'NAME'],
    PasswordPolicy: { MinimumLength: 8, AdditionalConstraints: ['REQUIRE_DIGIT', 'REQUIRE_LOWERCASE'] },
    Mfa: { MFAMode: 'OPTIONAL', Settings: { MfaTypes: ['TOTP'] } },
    ForgotPassword: {
      DeliveryMethod: 'EMAIL',
      EmailSettings: { EmailSubject: 'Your shop code', EmailMessage: 'Your code is {####}' },
    },
    VerificationMessage: {
      DeliveryMethod: 'EMAIL',
      EmailSettings: {
        EmailSubject: 'Verify your address',
        EmailMessage: 'Your verification code is {####}',
      },
    },
    OAuth: {
      DomainPrefix: 'shop-dev',
      OAuthGrantType: 'CODE',
      OAuthScopes: ['EMAIL', 'OPENID', 'PROFILE'],
      RedirectSignInURIs: ['http://localhost:3000/', 'https://dev.shop.example.com/'],
      RedirectSignOutURIs: ['http://localhost:3000/', 'https://dev.shop.example.com/'],
      SocialProviderSettings: {
        Google: {
          ClientId: '123456789012-shopdev.apps.googleusercontent.com',
          ClientSecret: 'sandbox-google-client-secret-dev',
        },
      },
    },
  },
};

/** Auth settings of `prod`: stricter, without local redirect URIs. */
export const prodAuth: AuthConfig = {
  AuthResources: 'IDENTITY_POOL_AND_USER_POOL',
  Service: 'COGNITO',
  IdentityPoolConfigs: { IdentityPoolName: 'shop_identity_prod', UnauthenticatedLogin: false },
  UserPoolConfigs: {
    UserPoolName: 'shop_users_prod',
    SignInMethod: 'EMAIL',
    RequiredSignUpAttributes: ['EMAIL', 'NAME'],
    PasswordPolicy: {
      MinimumLength: 12,
      AdditionalConstraints: ['REQUIRE_DIGIT', 'REQUIRE_LOWERCASE', 'REQUIRE_SYMBOL', 'REQUIRE_UPPERCASE'],
    },
    Mfa: { MFAMode: 'ON', Settings: { MfaTypes: ['TOTP', 'SMS'], SmsMessage: 'Your shop code is {####}' } },
    ForgotPassword: {
      DeliveryMethod: 'EMAIL',
      EmailSettings: { EmailSubject: 'Your shop code', EmailMessage: 'Your code is {####}' },
    },
    OAuth: {
      DomainPrefix: 'shop-prod',
      OAuthGrantType: 'CODE',
      OAuthScopes: ['EMAIL', 'OPENID', 'PROFILE'],
      RedirectSignInURIs: ['https://shop.example.com/'],
      RedirectSignOutURIs: ['https://shop.example.com/'],
      SocialProviderSettings: {
        Google: {
          ClientId: '123456789012-shop.apps.googleusercontent.com',
          ClientSecret: 'sandbox-google-client-secret-prod',
        },
      },
    },
  },
};

/** API settings of `dev`, with API keys as the default authentication. */
export function devApi(userPoolId: string): ApiConfig {
  return {
    ApiName: seedNames.api,
    Service: 'AppSync',
    DefaultAuthType: { Mode: 'API_KEY', Settings: { Description: 'for development', ExpirationTime: 30 } },
    AdditionalAuthTypes: [{ Mode: 'AMAZON_COGNITO_USER_POOLS', Settings: { CognitoUserPoolId: userPoolId } }],
    ConflictResolution: { ResolutionStrategy: 'AUTOMERGE' },
    TransformSchema: `${productAndOrder}\n\n${review}`,
  };
}

/** API settings of `prod`: no API key, and a schema without the model that only `dev` has. */
export function prodApi(userPoolId: string): ApiConfig {
  return {
    ApiName: seedNames.api,
    Service: 'AppSync',
    DefaultAuthType: { Mode: 'AMAZON_COGNITO_USER_POOLS', Settings: { CognitoUserPoolId: userPoolId } },
    ConflictResolution: { ResolutionStrategy: 'AUTOMERGE' },
    TransformSchema: productAndOrder,
  };
}

/** Auth settings of `partner`, whose user pool was imported. */
export const partnerAuth: AuthConfig = {
  AuthResources: 'USER_POOL_ONLY',
  Service: 'COGNITO',
  UserPoolConfigs: {
    UserPoolName: 'company_partners',
    SignInMethod: 'EMAIL',
    RequiredSignUpAttributes: ['EMAIL'],
    PasswordPolicy: { MinimumLength: 14 },
  },
};

/** Storage permissions of `dev`. */
export const devPermissions: StoragePermissions = {
  Authenticated: ['READ', 'CREATE_AND_UPDATE', 'DELETE'],
  UnAuthenticated: ['READ'],
};

/** Storage permissions of `prod`: guests may do nothing, and no user may delete. */
export const prodPermissions: StoragePermissions = { Authenticated: ['READ', 'CREATE_AND_UPDATE'] };
