/**
 * A dry run of every write, through a client against the sandbox: it says what can be known without writing; a call that
 * can work has no problems; denied reads are named and do not fail it.
 */
import { describe, expect, it } from 'vitest';
import { operations } from '../../src/operations/index.ts';
import type { Json } from '../support/child.ts';
import { textOf, today } from '../support/clients.ts';
import { setScene } from '../support/scene.ts';
import { appId, on } from './cases/case.ts';

const { connect } = today;
const scene = setScene(
  (env, flags) => connect({ ...env, AMPLIFY_BACKEND_SECRET_GOOGLE: 'google-value' }, flags),
  [],
);

const users = { signInMethod: 'EMAIL', requiredSignUpAttributes: ['EMAIL'], userPoolName: 'users' };
const newAuth = { authResources: 'USER_POOL_ONLY', service: 'COGNITO', userPoolConfigs: users };
const newApi = (more: Json = {}) => ({
  service: 'AppSync',
  apiName: 'x',
  transformSchema: 'type A { a: Int }',
  ...more,
});
const files = (more: Json = {}) => ({ permissions: { authenticated: ['READ'] }, serviceName: 'S3', ...more });
const ids = { userPoolId: 'us-east-1_AbCdEfGhI', webClientId: 'web1', nativeClientId: 'native1' };
const secret = (name: string) => ({
  authResources: 'USER_POOL_ONLY',
  service: 'COGNITO',
  userPoolConfigs: {
    oAuth: { socialProviderSettings: { Google: { client_id: 'id', client_secret: { $secret: name } } } },
  },
});
const byPool = (cognitoUserPoolId: string) => ({
  defaultAuthType: { mode: 'AMAZON_COGNITO_USER_POOLS', settings: { cognitoUserPoolId } },
});

/** A call that can work, and calls that cannot, with what the dry run says about them. */
interface Row {
  readonly works: Json;
  readonly fails: readonly (readonly [args: Json, problem: string | RegExp])[];
}

const gone = /no environment nowhere; it has \(quoted data\): .*\bdev\b/;
const noApp = { appId: 'd1missing' };
const unknownApp = 'knows no app d1missing';
const one = on('one');
const dev = (resourceName: string, more: Json = {}) => on('dev', { resourceName, ...more });

const rows: Readonly<Record<string, Row>> = {
  create_backend: {
    works: on('qa', { appName: 'shop' }),
    fails: [[on('dev', { appName: 'shop' }), 'Environment dev exists already']],
  },
  clone_backend: {
    works: on('dev', { targetEnvironmentName: 'qa' }),
    fails: [
      [on('nowhere', { targetEnvironmentName: 'qa' }), gone],
      [on('dev', { targetEnvironmentName: 'prod' }), 'Environment prod exists already'],
      [{ ...on('dev', { targetEnvironmentName: 'qa' }), ...noApp }, unknownApp],
    ],
  },
  delete_backend: { works: on('dev'), fails: [[on('nowhere'), gone]] },
  remove_all_backends: { works: { appId }, fails: [[noApp, unknownApp]] },
  create_backend_auth: {
    works: { ...one, resourceName: 'a', resourceConfig: newAuth },
    fails: [
      [{ ...on('nowhere'), resourceName: 'a', resourceConfig: newAuth }, gone],
      [dev('a', { resourceConfig: newAuth }), 'has auth already, shopauth'],
      [
        {
          ...one,
          resourceName: 'a',
          resourceConfig: { ...newAuth, userPoolConfigs: { ...users, oAuth: oAuthWith('NOBODYS') } },
        },
        'none has the name NOBODYS',
      ],
    ],
  },
  update_backend_auth: {
    works: dev('shopauth', { resourceConfig: secret('GOOGLE') }),
    fails: [
      [dev('shopauth', { resourceConfig: secret('NOBODYS') }), 'none has the name NOBODYS'],
      [dev('other', { resourceConfig: secret('GOOGLE') }), 'has (quoted data): shopauth'],
      [{ ...on('nowhere'), resourceName: 'a', resourceConfig: secret('GOOGLE') }, gone],
    ],
  },
  delete_backend_auth: {
    works: dev('shopauth'),
    fails: [
      [dev('other'), 'There is no resource other'],
      [on('nowhere', { resourceName: 'a' }), gone],
    ],
  },
  import_backend_auth: {
    works: { ...one, ...ids },
    fails: [
      [{ ...one, ...ids, userPoolId: 'eu-west-1_AbCdEfGhI' }, 'user pool in the region eu-west-1'],
      [{ ...one, ...ids, identityPoolId: 'eu-west-1:0a1b' }, 'identity pool in the region eu-west-1'],
      [{ ...one, ...ids, userPoolId: 'AbCdEfGhI' }, 'not the id of a Cognito user pool'],
      [
        { ...one, ...ids, userPoolId: 'arn:aws:cognito-idp:us-east-1:1:userpool/us-east-1_Ab' },
        'give the id alone, us-east-1_Ab',
      ],
      [{ ...one, ...ids, webClientId: 'web client' }, 'webClientId "web client" is not the id'],
      [{ ...on('nowhere'), ...ids }, gone],
    ],
  },
  create_backend_api: {
    works: { ...one, resourceName: 'a', resourceConfig: newApi(byPool(ids.userPoolId)) },
    fails: [
      [dev('a', { resourceConfig: newApi() }), 'has api already, shopapi'],
      [
        { ...one, resourceName: 'a', resourceConfig: newApi(byPool('eu-west-1_AbCdEfGhI')) },
        'user pool in the region eu-west-1',
      ],
      [on('nowhere', { resourceName: 'a', resourceConfig: newApi() }), gone],
    ],
  },
  update_backend_api: {
    works: dev('shopapi', { resourceConfig: newApi() }),
    fails: [
      [dev('shopwebhooks', { resourceConfig: newApi() }), 'AmplifyBackend does not manage'],
      [
        dev('shopapi', { resourceConfig: newApi({ transformSchema: 'type Q @model { id: ' }) }),
        'transformSchema does not parse as GraphQL (line 1)',
      ],
      [
        dev('shopapi', { resourceConfig: newApi({ transformSchema: 'type Q { a: Foo }' }) }),
        'Q uses Foo, but there is no such type',
      ],
      [
        dev('shopapi', {
          resourceConfig: { additionalAuthTypes: [byPool('eu-west-1_AbCdEfGhI').defaultAuthType] },
        }),
        'additionalAuthTypes.0.settings.cognitoUserPoolId',
      ],
    ],
  },
  delete_backend_api: { works: dev('shopapi'), fails: [[dev('other'), 'There is no resource other']] },
  generate_backend_api_models: {
    works: dev('shopapi'),
    fails: [
      [dev('other'), 'There is no resource other'],
      [on('nowhere', { resourceName: 'a' }), gone],
    ],
  },
  create_backend_storage: {
    works: { ...one, resourceName: 's', resourceConfig: files({ bucketName: 'brand-new' }) },
    fails: [
      [dev('s', { resourceConfig: files() }), 'has storage already, shopmedia'],
      [
        { ...one, resourceName: 's', resourceConfig: files({ bucketName: 'shop-archive-055' }) },
        'bucket shop-archive-055 exists already',
      ],
    ],
  },
  update_backend_storage: {
    works: dev('shopmedia', { resourceConfig: files() }),
    fails: [[dev('other', { resourceConfig: files() }), 'has (quoted data): shopmedia']],
  },
  delete_backend_storage: {
    works: dev('shopmedia', { serviceName: 'S3' }),
    fails: [[dev('other', { serviceName: 'S3' }), 'There is no resource other']],
  },
  import_backend_storage: {
    works: { ...one, serviceName: 'S3', bucketName: 'shop-archive-055' },
    fails: [
      [{ ...one, serviceName: 'S3', bucketName: 'nobodys' }, 'no bucket nobodys in this account'],
      [{ ...on('nowhere'), serviceName: 'S3', bucketName: 'shop-archive-055' }, gone],
    ],
  },
  create_backend_config: { works: { appId }, fails: [[noApp, unknownApp]] },
  update_backend_config: {
    works: { appId, loginAuthConfig: { aws_user_pools_id: 'eu-west-1_A', aws_cognito_region: 'eu-west-1' } },
    fails: [
      [{ appId, loginAuthConfig: { aws_user_pools_id: 'eu-west-1_A' } }, 'user pool in the region eu-west-1'],
      [noApp, unknownApp],
    ],
  },
  remove_backend_config: { works: { appId }, fails: [[noApp, unknownApp]] },
  update_backend_job: {
    works: on('dev', { jobId: '00000000-0000-4000-8001-000000000001', status: 'FAILED' }),
    fails: [[on('dev', { jobId: 'none', status: 'FAILED' }), 'AWS knows no job none']],
  },
  create_token: { works: { appId }, fails: [[noApp, unknownApp]] },
  get_token: { works: { appId, sessionId: 'any' }, fails: [[{ ...noApp, sessionId: 'any' }, unknownApp]] },
  delete_token: {
    works: { appId, sessionId: '(made)' },
    fails: [[{ appId, sessionId: 'none' }, 'AWS knows no token of session none']],
  },
};

function oAuthWith(name: string) {
  const { userPoolConfigs } = secret(name);
  return {
    ...{ oAuthGrantType: 'CODE', oAuthScopes: ['EMAIL'], redirectSignInURIs: [], redirectSignOutURIs: [] },
    ...userPoolConfigs.oAuth,
  };
}

const dryRun = async (tool: string, args: Json) => {
  const result = await scene.client.callTool(tool, { ...args, dryRun: true });
  expect(result.isError, textOf(result)).toBeFalsy();
  const plan = result.structuredContent.plan as Json & { problems?: string[]; notChecked?: string[] };
  return { plan, text: textOf(result) };
};

/** An environment without resources, for what adds one, and a token. */
async function prepare(): Promise<string> {
  await scene.client.callTool('create_backend', { ...one, appName: 'shop' });
  scene.sandbox.finishJobs();
  const token = await scene.client.callTool('create_token', { appId });
  return String(token.structuredContent.sessionId);
}

it('every write is tested here', () => {
  const writes = operations.filter(({ access }) => access !== 'read').map(({ toolName }) => toolName);
  expect(Object.keys(rows).sort()).toEqual(writes.sort());
});

it.each(Object.entries(rows))(
  'a dry run of %s says what would fail, and sends no write',
  async (tool, row) => {
    const sessionId = await prepare();
    const before = await scene.sandbox.state();
    const works = row.works.sessionId === '(made)' ? { ...row.works, sessionId } : row.works;
    expect((await dryRun(tool, works)).plan.problems).toBeUndefined();
    for (const [args, problem] of row.fails) {
      const { plan, text } = await dryRun(tool, args);
      expect(plan.problems?.join('\n'), JSON.stringify(args)).toMatch(
        typeof problem === 'string' ? new RegExp(problem.replaceAll(/[().]/g, '\\$&')) : problem,
      );
      expect(text).toContain('the call would fail');
      for (const one of plan.problems ?? []) expect(text.replaceAll('\\"', '"')).toContain(one);
    }
    expect(await scene.sandbox.state()).toEqual(before);
  },
);

describe('a dry run whose reads are denied', () => {
  const denied = (action: string) => ({
    times: 100,
    answer: {
      status: 403,
      body: JSON.stringify({ Message: `User: x is not authorized to perform: ${action}` }),
    },
  });

  it.each<[string, string, Json, string]>([
    ['GetBackend', 'delete_backend', on('dev'), 'what it deletes'],
    ['GetBackend', 'remove_all_backends', { appId }, 'which environments it deletes'],
    ['GetBackend', 'update_backend_api', dev('shopapi', { resourceConfig: newApi() }), 'which environments'],
    ['GetBackend', 'clone_backend', on('dev', { targetEnvironmentName: 'qa' }), 'which environments app'],
    [
      'ListS3Buckets',
      'import_backend_storage',
      { ...one, serviceName: 'S3', bucketName: 'x' },
      'bucket x exists',
    ],
    ['GetBackendJob', 'update_backend_job', on('dev', { jobId: 'j', status: 'FAILED' }), 'job j'],
    ['GetToken', 'delete_token', { appId, sessionId: 's' }, 'token of session s'],
  ])('without %s says what was not checked', async (operation, tool, args, what) => {
    await prepare();
    await scene.sandbox.order(operation, 'answer-before', denied(`amplifybackend:${operation}`));
    const { plan } = await dryRun(tool, args);
    expect(plan.problems).toBeUndefined();
    expect(plan.notChecked?.join('\n')).toContain(what);
    expect(plan.notChecked?.join('\n')).toContain(`amplifybackend:${operation}`);
  });

  it('of an import says that Cognito is not read', async () => {
    await prepare();
    const { plan } = await dryRun('import_backend_auth', { ...one, ...ids });
    expect(plan.notChecked).toEqual([expect.stringContaining('does not call Cognito')]);
  });
});

it('a dry run that the policy refuses reads nothing', async () => {
  const client = await connect(scene.sandbox.env, ['--read-only-environments', 'dev']);
  const args = dev('shopauth', { resourceConfig: secret('NOBODYS') });
  const { structuredContent } = await client.callTool('update_backend_auth', { ...args, dryRun: true });
  await client.close();
  expect(structuredContent.plan).toMatchObject({ policy: expect.stringContaining('readOnlyEnvironments') });
  expect(structuredContent.plan).not.toHaveProperty('problems');
});
