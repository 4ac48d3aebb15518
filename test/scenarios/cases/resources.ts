/** The cases of the three categories of resources: auth, API and storage. */
import { expect } from 'vitest';
import { emptyEnvironment, missingApp, on, type ToolCase } from './case.ts';

const auth = { resourceName: 'shopauth' };
const api = { resourceName: 'shopapi' };
const storage = { resourceName: 'shopmedia' };
const other = { resourceName: 'other' };

const userPool = {
  resourceConfig: {
    authResources: 'USER_POOL_ONLY',
    service: 'COGNITO',
    userPoolConfigs: {
      requiredSignUpAttributes: ['EMAIL'],
      signInMethod: 'EMAIL',
      userPoolName: 'people',
      mfa: { MFAMode: 'OPTIONAL', settings: { mfaTypes: ['TOTP'] } },
    },
  },
};
const longerPasswords = {
  resourceConfig: {
    authResources: 'IDENTITY_POOL_AND_USER_POOL',
    service: 'COGNITO',
    userPoolConfigs: { passwordPolicy: { minimumLength: 10 } },
  },
};
const ordersApi = { resourceName: 'orders', resourceConfig: { apiName: 'orders', service: 'AppSync' } };
const readOnly = { resourceConfig: { permissions: { authenticated: ['READ'] }, serviceName: 'S3' } };
const pool = { userPoolId: 'us-east-1_Existing', webClientId: 'web', nativeClientId: 'native' };
const bucket = { bucketName: 'shop-archive-001', serviceName: 'S3' };

const pending = (environment: string) => ({ backendEnvironmentName: environment, status: 'PENDING' });
/** Every answer that starts a job on an environment, and what the job is. */
const starts = (operation: string, environment: string) => ({
  answers: pending(environment),
  starts: { operation, environment },
});
const refused = (code: 'bad_request' | 'not_found', args: ToolCase['refuses']['args']) => ({
  refuses: { code, args },
});

export const resourceCases: Record<string, ToolCase> = {
  create_backend_auth: {
    given: emptyEnvironment,
    args: on('one', { resourceName: 'people', ...userPool }),
    ...starts('CreateBackendAuth', 'one'),
    ...refused('bad_request', on('dev', { resourceName: 'people', ...userPool })),
  },
  get_backend_auth: {
    args: on('dev', auth),
    answers: {
      ...auth,
      resourceConfig: expect.objectContaining({
        userPoolConfigs: expect.objectContaining({ mfa: expect.objectContaining({ MFAMode: 'OPTIONAL' }) }),
      }),
    },
    refuses: missingApp(on('dev', auth)),
  },
  update_backend_auth: {
    args: on('dev', { ...auth, ...longerPasswords }),
    ...starts('UpdateBackendAuth', 'dev'),
    ...refused('not_found', on('dev', { ...other, ...longerPasswords })),
  },
  delete_backend_auth: {
    args: on('prod', auth),
    ...starts('DeleteBackendAuth', 'prod'),
    ...refused('not_found', on('prod', other)),
  },
  import_backend_auth: {
    given: emptyEnvironment,
    args: on('one', pool),
    ...starts('ImportBackendAuth', 'one'),
    ...refused('bad_request', on('dev', pool)),
  },
  create_backend_api: {
    given: emptyEnvironment,
    args: on('one', ordersApi),
    ...starts('CreateBackendAPI', 'one'),
    ...refused('bad_request', on('dev', ordersApi)),
  },
  get_backend_api: {
    args: on('dev', api),
    answers: { ...api, resourceConfig: expect.objectContaining({ apiName: 'shopapi', service: 'AppSync' }) },
    ...refused('not_found', on('dev', other)),
  },
  update_backend_api: {
    args: on('dev', { ...api, resourceConfig: { conflictResolution: { resolutionStrategy: 'LAMBDA' } } }),
    ...starts('UpdateBackendAPI', 'dev'),
    ...refused('not_found', on('dev', other)),
  },
  delete_backend_api: {
    args: on('prod', api),
    ...starts('DeleteBackendAPI', 'prod'),
    ...refused('not_found', on('prod', other)),
  },
  generate_backend_api_models: {
    args: on('dev', api),
    ...starts('GenerateBackendAPIModels', 'dev'),
    ...refused('not_found', on('dev', other)),
  },
  get_backend_api_models: {
    args: on('dev', api),
    answers: { status: 'LATEST' },
    ...refused('not_found', on('dev', other)),
  },
  create_backend_storage: {
    given: emptyEnvironment,
    args: on('one', { resourceName: 'files', ...readOnly }),
    ...starts('CreateBackendStorage', 'one'),
    ...refused('bad_request', on('dev', { resourceName: 'files', ...readOnly })),
  },
  get_backend_storage: {
    args: on('dev', storage),
    answers: {
      ...storage,
      resourceConfig: expect.objectContaining({ bucketName: expect.any(String), imported: false }),
    },
    ...refused('not_found', on('dev', other)),
  },
  update_backend_storage: {
    args: on('dev', { ...storage, ...readOnly }),
    ...starts('UpdateBackendStorage', 'dev'),
    ...refused('not_found', on('dev', { ...other, ...readOnly })),
  },
  delete_backend_storage: {
    args: on('prod', { ...storage, serviceName: 'S3' }),
    ...starts('DeleteBackendStorage', 'prod'),
    ...refused('not_found', on('prod', { ...other, serviceName: 'S3' })),
  },
  import_backend_storage: {
    given: emptyEnvironment,
    args: on('one', bucket),
    ...starts('ImportBackendStorage', 'one'),
    ...refused('bad_request', on('dev', bucket)),
  },
  list_s3_buckets: {
    args: {},
    answers: { buckets: expect.arrayContaining([expect.objectContaining({ name: 'shop-archive-001' })]) },
    ...refused('bad_request', { nextToken: 'forged' }),
  },
};
