/**
 * Which member takes which enum. The SDK's runtime schemas do not say, so this table does, by structure. The compiler
 * checks each entry against the SDK's model type: no member is missing, none is superfluous, no enum is wrong.
 */
import {
  AdditionalConstraintsElement,
  AuthenticatedElement,
  AuthResources,
  type BackendAPIAuthType,
  type BackendAPIConflictResolution,
  type BackendStoragePermissions,
  type CreateBackendAuthForgotPasswordConfig,
  type CreateBackendAuthMFAConfig,
  type CreateBackendAuthOAuthConfig,
  type CreateBackendAuthPasswordPolicyConfig,
  type CreateBackendAuthResourceConfig,
  type CreateBackendAuthUserPoolConfig,
  type CreateBackendAuthVerificationMessageConfig,
  type CreateBackendStorageResourceConfig,
  type DeleteBackendStorageRequest,
  DeliveryMethod,
  type GetBackendAPIModelsResponse,
  type GetBackendStorageResourceConfig,
  type ImportBackendStorageRequest,
  MFAMode,
  MfaTypesElement,
  Mode,
  OAuthGrantType,
  OAuthScopesElement,
  RequiredSignUpAttributesElement,
  ResolutionStrategy,
  Service,
  ServiceName,
  type Settings,
  SignInMethod,
  Status,
  UnAuthenticatedElement,
  type UpdateBackendAuthForgotPasswordConfig,
  type UpdateBackendAuthMFAConfig,
  type UpdateBackendAuthOAuthConfig,
  type UpdateBackendAuthPasswordPolicyConfig,
  type UpdateBackendAuthResourceConfig,
  type UpdateBackendAuthVerificationMessageConfig,
  type UpdateBackendStorageResourceConfig,
} from '@aws-sdk/client-amplifybackend';

type Item<T> = T extends readonly (infer Element)[] ? Element : T;
type Value<T> = Item<Exclude<T, undefined>>;
type IsEnum<T> = [T] extends [string] ? (string extends T ? false : true) : false;

/** The enum-typed members of a model type, each with the enum object that has exactly its values. */
type EnumsOf<T> = {
  readonly [K in keyof T as IsEnum<Value<T[K]>> extends true ? K : never]-?: {
    readonly [V in Value<T[K]> & string]: V;
  };
};

const table = {
  BackendAPIAuthType: { Mode } satisfies EnumsOf<BackendAPIAuthType>,
  BackendAPIConflictResolution: { ResolutionStrategy } satisfies EnumsOf<BackendAPIConflictResolution>,
  BackendStoragePermissions: {
    Authenticated: AuthenticatedElement,
    UnAuthenticated: UnAuthenticatedElement,
  } satisfies EnumsOf<BackendStoragePermissions>,
  CreateBackendAuthForgotPasswordConfig: {
    DeliveryMethod,
  } satisfies EnumsOf<CreateBackendAuthForgotPasswordConfig>,
  CreateBackendAuthMFAConfig: { MFAMode } satisfies EnumsOf<CreateBackendAuthMFAConfig>,
  CreateBackendAuthOAuthConfig: {
    OAuthGrantType,
    OAuthScopes: OAuthScopesElement,
  } satisfies EnumsOf<CreateBackendAuthOAuthConfig>,
  CreateBackendAuthPasswordPolicyConfig: {
    AdditionalConstraints: AdditionalConstraintsElement,
  } satisfies EnumsOf<CreateBackendAuthPasswordPolicyConfig>,
  CreateBackendAuthResourceConfig: {
    AuthResources,
    Service,
  } satisfies EnumsOf<CreateBackendAuthResourceConfig>,
  CreateBackendAuthUserPoolConfig: {
    RequiredSignUpAttributes: RequiredSignUpAttributesElement,
    SignInMethod,
  } satisfies EnumsOf<CreateBackendAuthUserPoolConfig>,
  CreateBackendAuthVerificationMessageConfig: {
    DeliveryMethod,
  } satisfies EnumsOf<CreateBackendAuthVerificationMessageConfig>,
  CreateBackendStorageResourceConfig: { ServiceName } satisfies EnumsOf<CreateBackendStorageResourceConfig>,
  DeleteBackendStorageRequest: { ServiceName } satisfies EnumsOf<DeleteBackendStorageRequest>,
  GetBackendAPIModelsResponse: { Status } satisfies EnumsOf<GetBackendAPIModelsResponse>,
  GetBackendStorageResourceConfig: { ServiceName } satisfies EnumsOf<GetBackendStorageResourceConfig>,
  ImportBackendStorageRequest: { ServiceName } satisfies EnumsOf<ImportBackendStorageRequest>,
  Settings: { MfaTypes: MfaTypesElement } satisfies EnumsOf<Settings>,
  UpdateBackendAuthForgotPasswordConfig: {
    DeliveryMethod,
  } satisfies EnumsOf<UpdateBackendAuthForgotPasswordConfig>,
  UpdateBackendAuthMFAConfig: { MFAMode } satisfies EnumsOf<UpdateBackendAuthMFAConfig>,
  UpdateBackendAuthOAuthConfig: {
    OAuthGrantType,
    OAuthScopes: OAuthScopesElement,
  } satisfies EnumsOf<UpdateBackendAuthOAuthConfig>,
  UpdateBackendAuthPasswordPolicyConfig: {
    AdditionalConstraints: AdditionalConstraintsElement,
  } satisfies EnumsOf<UpdateBackendAuthPasswordPolicyConfig>,
  UpdateBackendAuthResourceConfig: {
    AuthResources,
    Service,
  } satisfies EnumsOf<UpdateBackendAuthResourceConfig>,
  UpdateBackendAuthVerificationMessageConfig: {
    DeliveryMethod,
  } satisfies EnumsOf<UpdateBackendAuthVerificationMessageConfig>,
  UpdateBackendStorageResourceConfig: { ServiceName } satisfies EnumsOf<UpdateBackendStorageResourceConfig>,
};

const values: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(table).flatMap(([structure, members]) =>
    Object.entries(members).map(
      ([member, known]) => [`${structure}.${member}`, Object.values(known)] as const,
    ),
  ),
);

/**
 * The values that a member (or each element of a list member) may take, in the SDK's order.
 * @returns undefined for a member that takes any text
 */
export function enumValues(structure: string, member: string): readonly string[] | undefined {
  return values.get(`${structure}.${member}`);
}

/** Every `Structure.Member` that takes an enum. */
export function enumMembers(): string[] {
  return [...values.keys()];
}
