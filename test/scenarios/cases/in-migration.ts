/** Writes to an environment that moves to Gen 2, and the settings of a server that asks no person (`confirm: never`). */
import type { Json } from '../../support/child.ts';
import type { Answered, Write } from '../../support/guarded-writes.ts';
import { on } from './case.ts';

export const shop = { app: 'shop', environment: 'dev' };
const auth = { resourceName: 'shopauth' };
export const api = { resourceName: 'shopapi' };
export const storage = { resourceName: 'shopmedia' };
const passwords = {
  authResources: 'IDENTITY_POOL_AND_USER_POOL',
  service: 'COGNITO',
  userPoolConfigs: { passwordPolicy: { minimumLength: 10 } },
};
export const readers = { permissions: { authenticated: ['READ'] }, serviceName: 'S3' };
const people = {
  ...{ authResources: 'USER_POOL_ONLY', service: 'COGNITO' },
  userPoolConfigs: { requiredSignUpAttributes: ['EMAIL'], signInMethod: 'EMAIL', userPoolName: 'people' },
};

export const deletions: readonly Write[] = [
  ['delete_backend', on('dev')],
  ['delete_backend_auth', on('dev', auth)],
  ['delete_backend_api', on('dev', api)],
  ['delete_backend_storage', on('dev', { ...storage, serviceName: 'S3' })],
  ['remove_all_backends', { appId: 'd1sandboxshop' }],
  ['decommission_environment', shop],
];

export const pushes: readonly Write[] = [
  ['create_backend_auth', on('dev', { resourceName: 'people', resourceConfig: people })],
  ['update_backend_auth', on('dev', { ...auth, resourceConfig: passwords })],
  [
    'import_backend_auth',
    on('dev', { userPoolId: 'us-east-1_Existing', webClientId: 'w', nativeClientId: 'n' }),
  ],
  [
    'create_backend_api',
    on('dev', { resourceName: 'orders', resourceConfig: { apiName: 'orders', service: 'AppSync' } }),
  ],
  [
    'update_backend_api',
    on('dev', { ...api, resourceConfig: { conflictResolution: { resolutionStrategy: 'LAMBDA' } } }),
  ],
  ['generate_backend_api_models', on('dev', api)],
  ['create_backend_storage', on('dev', { resourceName: 'files', resourceConfig: readers })],
  ['update_backend_storage', on('dev', { ...storage, resourceConfig: readers })],
  ['import_backend_storage', on('dev', { bucketName: 'shop-archive-001', serviceName: 'S3' })],
  ['change_environment', { ...shop, auth: { userPoolConfigs: { passwordPolicy: { minimumLength: 12 } } } }],
];

export const clones: readonly Write[] = [
  ['clone_backend', on('dev', { targetEnvironmentName: 'qa' })],
  ['clone_environment', { app: 'shop', from: 'dev', to: 'qa' }],
];

export const never = { confirm: 'never' };
export const letThrough = { ...never, allowMigrated: true };
export const errorOf = ({ error }: Answered) => error;
export const dry = ([tool, args]: Write): Write => [tool, { ...args, dryRun: true }];
export const problemsOf = ({ content }: Answered) => {
  const plans = [content.plan, ...((content.plans as Json[] | undefined) ?? []).map(one => one.plan ?? one)];
  return [content, ...plans].flatMap(
    one => ((one as Json | undefined)?.problems as string[] | undefined) ?? [],
  );
};
