/**
 * One succeeding and one failing call for every operation, as plain data, so that each client (the SDK, boto3, the AWS
 * CLI) can make the same calls. All cases work in one prepared state, in any order, and at the same time.
 */
import type { AmplifyBackendClient } from '@aws-sdk/client-amplifybackend';
import { expect } from 'vitest';
import type { OperationName } from '../../src/sandbox/model.ts';
import { appId, type Fields, send } from './support.ts';

export interface OperationCase {
  readonly input: Fields;
  /** What the answer must contain. */
  readonly answer: Fields;
  readonly failure: { readonly input: Fields; readonly error: string };
}

/** Tokens that `prepareWorld` creates. */
export interface World {
  readonly tokenToGet: string;
  readonly tokenToDelete: string;
}

const victim = 'd1victim';
const configured = 'd1configured';
const devJob = '00000000-0000-4000-8001-000000000001';

/** The cases that need each part of the prepared state. */
const needs = {
  bare: ['CreateBackendAPI', 'CreateBackendAuth', 'CreateBackendStorage'],
  importing: ['ImportBackendAuth', 'ImportBackendStorage'],
  obsolete: ['DeleteBackend'],
  victim: ['RemoveAllBackends'],
  configured: ['CreateBackendConfig', 'UpdateBackendConfig'],
  tokens: ['DeleteToken', 'GetToken'],
} as const satisfies Record<string, readonly OperationName[]>;

/**
 * Brings a sandbox with `jobMs: 0` into the state that the cases need.
 * @param only the one operation whose case is wanted; every operation's without it
 */
export async function prepareWorld(client: AmplifyBackendClient, only?: string): Promise<World> {
  const isNeeded = (part: keyof typeof needs) =>
    only === undefined || needs[part].some(name => name === only);
  const create = (AppId: string, BackendEnvironmentName: string) =>
    send(client, 'CreateBackend', { AppId, AppName: 'prepared', BackendEnvironmentName });
  const token = async () =>
    isNeeded('tokens') ? String((await send(client, 'CreateToken', { AppId: appId })).SessionId) : '';
  for (const environment of ['bare', 'importing', 'obsolete'] as const)
    if (isNeeded(environment)) await create(appId, environment);
  if (isNeeded('victim')) await create(victim, 'gone');
  if (isNeeded('configured')) {
    await create(configured, 'dev');
    await send(client, 'CreateBackendConfig', { AppId: configured });
  }
  return { tokenToGet: await token(), tokenToDelete: await token() };
}

const on = (BackendEnvironmentName: string, more: Fields = {}) => ({
  AppId: appId,
  BackendEnvironmentName,
  ...more,
});
const started = (environment: string, Operation: OperationName) => ({
  ...on(environment),
  Operation,
  Status: 'PENDING',
});
// Answers of the storage operations and CreateBackendConfig do not name the operation.
const filed = (environment: string) => ({ ...on(environment), Status: 'PENDING' });
const missing = (input: Fields) => ({
  input: { ...input, AppId: 'd1missing' },
  error: 'NotFoundException',
});
const bad = (input: Fields) => ({ input, error: 'BadRequestException' });

const auth = on('dev', { ResourceName: 'shopauth' });
const api = on('dev', { ResourceName: 'shopapi' });
const storage = on('dev', { ResourceName: 'shopmedia' });
const wrongName = { ResourceName: 'other' };
const authConfig = {
  AuthResources: 'USER_POOL_ONLY',
  Service: 'COGNITO',
  UserPoolConfigs: {
    RequiredSignUpAttributes: ['EMAIL'],
    SignInMethod: 'EMAIL',
    UserPoolName: 'users',
    Mfa: { MFAMode: 'OPTIONAL', Settings: { MfaTypes: ['TOTP'] } },
    OAuth: {
      OAuthGrantType: 'CODE',
      OAuthScopes: ['EMAIL'],
      RedirectSignInURIs: ['https://shop.example.com/'],
      RedirectSignOutURIs: ['https://shop.example.com/'],
      SocialProviderSettings: { Google: { ClientId: 'id', ClientSecret: 'secret' } },
    },
  },
};
const apiConfig = { ApiName: 'orders', DefaultAuthType: { Mode: 'API_KEY' }, Service: 'AppSync' };
const permissions = { Permissions: { Authenticated: ['READ'] }, ServiceName: 'S3' };
const importing = { UserPoolId: 'us-east-1_Existing', WebClientId: 'web', NativeClientId: 'native' };

type Cases = Partial<Record<OperationName, OperationCase>>;

/** What creates, clones and imports. */
const adding = () =>
  ({
    CloneBackend: {
      input: on('dev', { TargetEnvironmentName: 'qa' }),
      answer: started('qa', 'CloneBackend'),
      failure: bad(on('dev', { TargetEnvironmentName: 'prod' })),
    },
    CreateBackend: {
      input: on('fresh', { AppName: 'shop' }),
      answer: started('fresh', 'CreateBackend'),
      failure: bad(on('dev', { AppName: 'shop' })),
    },
    CreateBackendAPI: {
      input: on('bare', { ResourceName: 'orders', ResourceConfig: apiConfig }),
      answer: started('bare', 'CreateBackendAPI'),
      failure: bad(on('prod', { ResourceName: 'orders', ResourceConfig: apiConfig })),
    },
    CreateBackendAuth: {
      input: on('bare', { ResourceName: 'people', ResourceConfig: authConfig }),
      answer: started('bare', 'CreateBackendAuth'),
      failure: bad(on('dev', { ResourceName: 'people', ResourceConfig: authConfig })),
    },
    CreateBackendConfig: {
      input: { AppId: configured, BackendManagerAppId: 'd2manager' },
      answer: { AppId: configured, BackendEnvironmentName: 'dev', Status: 'PENDING' },
      failure: missing({}),
    },
    CreateBackendStorage: {
      input: on('bare', { ResourceName: 'files', ResourceConfig: permissions }),
      answer: filed('bare'),
      failure: bad(on('dev', { ResourceName: 'files', ResourceConfig: permissions })),
    },
    CreateToken: { input: { AppId: appId }, answer: { AppId: appId }, failure: missing({}) },
    ImportBackendAuth: {
      input: on('importing', importing),
      answer: started('importing', 'ImportBackendAuth'),
      failure: bad(on('dev', importing)),
    },
    ImportBackendStorage: {
      input: on('importing', { ServiceName: 'S3', BucketName: 'shop-archive-001' }),
      answer: filed('importing'),
      failure: bad(on('dev', { ServiceName: 'S3', BucketName: 'shop-archive-001' })),
    },
  }) satisfies Cases;

/** What reads. */
const reading = (world: World) =>
  ({
    GetBackend: {
      input: on('dev'),
      answer: { ...on('dev'), AppName: 'shop' },
      failure: missing({}),
    },
    GetBackendAPI: { input: api, answer: api, failure: missing(api) },
    GetBackendAPIModels: {
      input: api,
      answer: { Status: 'LATEST' },
      failure: { input: { ...api, ...wrongName }, error: 'NotFoundException' },
    },
    GetBackendAuth: { input: auth, answer: auth, failure: missing(auth) },
    GetBackendJob: {
      input: on('dev', { JobId: devJob }),
      answer: on('dev', { JobId: devJob, Operation: 'CreateBackend', Status: 'COMPLETED' }),
      failure: { input: on('dev', { JobId: 'unknown' }), error: 'NotFoundException' },
    },
    GetBackendStorage: {
      input: storage,
      answer: storage,
      failure: { input: { ...storage, ...wrongName }, error: 'NotFoundException' },
    },
    GetToken: {
      input: { AppId: appId, SessionId: world.tokenToGet },
      answer: { AppId: appId, SessionId: world.tokenToGet },
      failure: { input: { AppId: appId, SessionId: 'unknown' }, error: 'NotFoundException' },
    },
    ListBackendJobs: {
      input: on('dev', { MaxResults: 1, JobId: devJob }),
      answer: { Jobs: [expect.objectContaining({ JobId: devJob, Operation: 'CreateBackend' })] },
      failure: bad(on('dev', { NextToken: 'forged' })),
    },
    ListS3Buckets: { input: {}, answer: {}, failure: bad({ NextToken: 'forged' }) },
  }) satisfies Cases;

/** What updates, and generates. */
const changing = () =>
  ({
    GenerateBackendAPIModels: {
      input: api,
      answer: started('dev', 'GenerateBackendAPIModels'),
      failure: { input: { ...api, ...wrongName }, error: 'NotFoundException' },
    },
    UpdateBackendAPI: {
      input: { ...api, ResourceConfig: { ConflictResolution: { ResolutionStrategy: 'LAMBDA' } } },
      answer: started('dev', 'UpdateBackendAPI'),
      failure: { input: { ...api, ...wrongName }, error: 'NotFoundException' },
    },
    UpdateBackendAuth: {
      input: {
        ...auth,
        ResourceConfig: {
          AuthResources: 'IDENTITY_POOL_AND_USER_POOL',
          Service: 'COGNITO',
          UserPoolConfigs: { PasswordPolicy: { MinimumLength: 10 } },
        },
      },
      answer: started('dev', 'UpdateBackendAuth'),
      failure: {
        input: {
          ...auth,
          ...wrongName,
          ResourceConfig: { AuthResources: 'USER_POOL_ONLY', Service: 'COGNITO', UserPoolConfigs: {} },
        },
        error: 'NotFoundException',
      },
    },
    UpdateBackendConfig: {
      input: { AppId: configured, LoginAuthConfig: { AwsCognitoRegion: 'us-east-1' } },
      answer: { AppId: configured, LoginAuthConfig: { AwsCognitoRegion: 'us-east-1' } },
      failure: missing({}),
    },
    UpdateBackendJob: {
      input: on('prod', {
        JobId: '00000000-0000-4000-8002-000000000001',
        Operation: 'Rewritten',
        Status: 'FAILED',
      }),
      answer: on('prod', { Operation: 'Rewritten', Status: 'FAILED' }),
      failure: { input: on('dev', { JobId: 'unknown' }), error: 'NotFoundException' },
    },
    UpdateBackendStorage: {
      input: { ...storage, ResourceConfig: permissions },
      answer: filed('dev'),
      failure: {
        input: { ...storage, ...wrongName, ResourceConfig: permissions },
        error: 'NotFoundException',
      },
    },
  }) satisfies Cases;

/** What deletes and removes. */
const removing = (world: World) =>
  ({
    DeleteBackend: {
      input: on('obsolete'),
      answer: started('obsolete', 'DeleteBackend'),
      failure: { input: on('nowhere'), error: 'NotFoundException' },
    },
    DeleteBackendAPI: {
      input: on('prod', { ResourceName: 'shopapi' }),
      answer: started('prod', 'DeleteBackendAPI'),
      failure: { input: on('prod', wrongName), error: 'NotFoundException' },
    },
    DeleteBackendAuth: {
      input: on('prod', { ResourceName: 'shopauth' }),
      answer: started('prod', 'DeleteBackendAuth'),
      failure: { input: on('prod', wrongName), error: 'NotFoundException' },
    },
    DeleteBackendStorage: {
      input: on('prod', { ResourceName: 'shopmedia', ServiceName: 'S3' }),
      answer: filed('prod'),
      failure: { input: on('prod', { ...wrongName, ServiceName: 'S3' }), error: 'NotFoundException' },
    },
    DeleteToken: {
      input: { AppId: appId, SessionId: world.tokenToDelete },
      answer: { IsSuccess: true },
      failure: { input: { AppId: appId, SessionId: 'unknown' }, error: 'NotFoundException' },
    },
    RemoveAllBackends: {
      input: { AppId: victim, CleanAmplifyApp: true },
      answer: { AppId: victim, Operation: 'RemoveAllBackends', Status: 'PENDING' },
      failure: missing({}),
    },
    RemoveBackendConfig: {
      input: { AppId: appId },
      answer: {},
      failure: { input: { AppId: victim }, error: 'NotFoundException' },
    },
  }) satisfies Cases;

export function operationCases(world: World): Record<OperationName, OperationCase> {
  return { ...adding(), ...reading(world), ...changing(), ...removing(world) };
}
