/**
 * At type level: each operation's Zod types equal the SDK's request and response types under the REST API's
 * names, with required marks, nested shapes and enums. `tsc --noEmit` is what enforces it; the run lists
 * the operations for which it is proven. AWS's runtime schemas do not tie members to enums; its types do.
 */
import type * as sdk from '@aws-sdk/client-amplifybackend';
import { MFAMode, Mode, Status } from '@aws-sdk/client-amplifybackend';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { apiOperations } from '../src/operations/api.ts';
import type { authOperations } from '../src/operations/auth.ts';
import type { backendOperations } from '../src/operations/backend.ts';
import type { configOperations } from '../src/operations/config.ts';
import type { Operation } from '../src/operations/define.ts';
import { operations } from '../src/operations/index.ts';
import type { jobOperations } from '../src/operations/jobs.ts';
import type { SecretReference } from '../src/operations/secret-input.ts';
import type { storageOperations } from '../src/operations/storage.ts';
import type { tokenOperations } from '../src/operations/tokens.ts';

/** Whether two types are the same, optional marks included. */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

type SnakeCase<S extends string> = S extends `${infer First}${infer Rest}`
  ? First extends Lowercase<First>
    ? `${First}${SnakeCase<Rest>}`
    : `_${Lowercase<First>}${SnakeCase<Rest>}`
  : '';
type WithoutDash<S extends string> = S extends `_${infer Rest}` ? Rest : S;

/** The members that the REST API spells otherwise than the SDK in camelCase. */
type AsInSdk = 'MFAMode' | 'Facebook' | 'Google' | 'LoginWithAmazon' | 'SignInWithApple';
type InSnakeCase = `Aws${string}` | 'ClientId' | 'ClientSecret' | 'KeyId' | 'PrivateKey' | 'TeamId';

type WireName<K> = K extends AsInSdk
  ? K
  : K extends InSnakeCase
    ? WithoutDash<SnakeCase<K>>
    : K extends string
      ? Uncapitalize<K>
      : never;

/** A type of the SDK under the REST API's names. Required members lose the `undefined` that the SDK gives them. */
type Wire<T> = T extends readonly (infer E)[]
  ? Wire<E>[]
  : T extends object
    ? { [K in keyof T as WireName<K>]: Wire<Exclude<T[K], undefined>> }
    : T;

/**
 * A type inferred by Zod in the same form: an empty object has no members, an absent one is no `undefined`, and
 * a reference to a secret is gone before AWS sees it (where one is taken is test/operations/sdk.test.ts).
 */
type Plain<T> = T extends readonly (infer E)[]
  ? Plain<E>[]
  : T extends SecretReference
    ? never
    : T extends object
      ? string extends keyof T
        ? Record<never, never>
        : { [K in keyof T]: Plain<Exclude<T[K], undefined>> }
      : T;

type Sdk = typeof sdk;
type OperationName = {
  [K in keyof Sdk]: K extends '$Command' ? never : K extends `${infer Name}Command` ? Name : never;
}[keyof Sdk];
type Command<Name extends OperationName> = InstanceType<Sdk[`${Name}Command`]>;
type Request<Name extends OperationName> = Command<Name>['input'];
type Response<Name extends OperationName> = Omit<
  Awaited<ReturnType<ReturnType<Command<Name>['resolveMiddleware']>>>['output'],
  '$metadata'
>;

type Declared =
  | (typeof apiOperations)[number]
  | (typeof authOperations)[number]
  | (typeof backendOperations)[number]
  | (typeof configOperations)[number]
  | (typeof jobOperations)[number]
  | (typeof storageOperations)[number]
  | (typeof tokenOperations)[number];

type Agrees<In, Out, Name extends OperationName> =
  Equal<Plain<In>, Wire<Request<Name>>> extends true ? Equal<Plain<Out>, Wire<Response<Name>>> : false;

/** For one declared operation: whether its types are those of an operation of the SDK. */
type AgreesWith<O, Name extends OperationName> =
  O extends Operation<infer In, infer Out> ? Agrees<z.input<In>, z.output<Out>, Name> : false;

/** Whether some declared operation has the types of the named one. */
type IsDeclared<Name extends OperationName> = true extends AgreesWith<Declared, Name> ? true : false;

/** The declared operation itself where no operation of the SDK has its types. */
type Stranger<O> = O extends Operation
  ? true extends { [Name in OperationName]: AgreesWith<O, Name> }[OperationName]
    ? never
    : O
  : never;

/** Fails to compile for anything but true. */
const proves = <_Claim extends true>(): boolean => true;

const proven = {
  CloneBackend: true,
  CreateBackend: true,
  CreateBackendAPI: true,
  CreateBackendAuth: true,
  CreateBackendConfig: true,
  CreateBackendStorage: true,
  CreateToken: true,
  DeleteBackend: true,
  DeleteBackendAPI: true,
  DeleteBackendAuth: true,
  DeleteBackendStorage: true,
  DeleteToken: true,
  GenerateBackendAPIModels: true,
  GetBackend: true,
  GetBackendAPI: true,
  GetBackendAPIModels: true,
  GetBackendAuth: true,
  GetBackendJob: true,
  GetBackendStorage: true,
  GetToken: true,
  ImportBackendAuth: true,
  ImportBackendStorage: true,
  ListBackendJobs: true,
  ListS3Buckets: true,
  RemoveAllBackends: true,
  RemoveBackendConfig: true,
  UpdateBackendAPI: true,
  UpdateBackendAuth: true,
  UpdateBackendConfig: true,
  UpdateBackendJob: true,
  UpdateBackendStorage: true,
} satisfies { [Name in OperationName]: IsDeclared<Name> };

it.each(operations)('$name has the types of the SDK', ({ name }) => {
  expect(proven).toHaveProperty(name, true);
});

it('no declared operation has types that the SDK does not know', () => {
  expect(proves<Equal<Stranger<Declared>, never>>()).toBe(true);
});

interface Sample {
  AppId: string | undefined;
  Config?:
    | { Modes: Mode[] | undefined; MFAMode?: MFAMode | undefined; ClientId?: string | undefined }
    | undefined;
}
type IsSample<T extends z.ZodType> = Equal<Plain<z.input<T>>, Wire<Sample>>;

it('the comparison finds missing and extra members, wrong required marks and other enums', () => {
  const appId = z.string();
  const modes = z.array(z.enum(Mode));
  const mfa = z.enum(MFAMode).optional();
  const id = z.string().optional();
  const sample = <Config extends z.ZodType>(config: Config) => z.strictObject({ appId, config });
  const config = z.strictObject({ modes, MFAMode: mfa, client_id: id });

  const right = sample(config.optional());
  const extra = right.extend({ target: id });
  const optional = right.extend({ appId: id });
  const required = sample(config);
  const nestedMissing = sample(config.omit({ client_id: true }).optional());
  const nestedExtra = sample(config.extend({ target: id }).optional());
  const nestedOptional = sample(config.partial().optional());
  const nestedRequired = sample(config.required().optional());
  const nestedRenamed = sample(z.strictObject({ modes, mfaMode: mfa, client_id: id }).optional());
  const otherEnum = sample(config.extend({ modes: z.array(z.enum(Status)) }).optional());
  const noEnum = sample(config.extend({ modes: z.array(z.string()) }).optional());
  const noList = sample(config.extend({ modes: z.enum(Mode) }).optional());

  expect(proves<IsSample<typeof right>>()).toBe(true);
  // @ts-expect-error a member that AWS does not take
  proves<IsSample<typeof extra>>();
  // @ts-expect-error optional here, required there
  proves<IsSample<typeof optional>>();
  // @ts-expect-error required here, optional there
  proves<IsSample<typeof required>>();
  // @ts-expect-error a nested member is missing
  proves<IsSample<typeof nestedMissing>>();
  // @ts-expect-error a nested member that AWS does not take
  proves<IsSample<typeof nestedExtra>>();
  // @ts-expect-error nested, and optional here
  proves<IsSample<typeof nestedOptional>>();
  // @ts-expect-error nested, and required here
  proves<IsSample<typeof nestedRequired>>();
  // @ts-expect-error under another name
  proves<IsSample<typeof nestedRenamed>>();
  // @ts-expect-error another of AWS's enums
  proves<IsSample<typeof otherEnum>>();
  // @ts-expect-error text where AWS has an enum
  proves<IsSample<typeof noEnum>>();
  // @ts-expect-error one value where AWS has a list
  proves<IsSample<typeof noList>>();
});
