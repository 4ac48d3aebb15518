/**
 * Types of validated requests and of answers, derived from the SDK's command types. The SDK types each required member
 * as `T | undefined`; after validation it is `T`.
 */
import type * as sdk from '@aws-sdk/client-amplifybackend';
import type { OperationName } from './model.ts';

type EmptyObject = Record<never, never>;

/** A model type whose required members are present, at every depth. */
export type Checked<T> = T extends readonly (infer Element)[]
  ? Checked<Element>[]
  : T extends object
    ? { [K in keyof T]: EmptyObject extends Pick<T, K> ? Checked<T[K]> : Checked<Exclude<T[K], undefined>> }
    : T;

type Command<Name extends OperationName> = `${Name}Command` extends keyof typeof sdk
  ? (typeof sdk)[`${Name}Command`] extends new (
      ...input: never[]
    ) => infer Instance
    ? Instance
    : never
  : never;

/** The validated input of an operation. */
export type Input<Name extends OperationName> = Command<Name> extends { input: infer I } ? Checked<I> : never;

/** The answer of an operation. */
export type Output<Name extends OperationName> =
  Command<Name> extends {
    resolveMiddleware: (...args: never[]) => (...args: never[]) => Promise<{ output: infer O }>;
  }
    ? Omit<O, '$metadata'>
    : never;

/** An auth resource's settings, in the shape in which it is created and read. */
export type AuthConfig = Checked<sdk.CreateBackendAuthResourceConfig>;

/** An API resource's settings. */
export type ApiConfig = Checked<sdk.BackendAPIResourceConfig>;

/** Who may do what in a storage resource. */
export type StoragePermissions = Checked<sdk.BackendStoragePermissions>;

/** The login settings of the admin UI. */
export type LoginConfig = Checked<sdk.LoginAuthConfigReqObj>;
