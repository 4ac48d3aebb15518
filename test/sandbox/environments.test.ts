/** Environments: registration, deployment, clones, deletion, and the content of the seeded ones. */
import { describe, expect, it } from 'vitest';
import { appId, bucketNames, configOf, dev, jobMs, metaOf, qa, setTestBed } from './support.ts';

const bed = setTestBed();
const auth = { ResourceName: 'shopauth' };
const storage = { ResourceName: 'shopmedia' };

describe('environments', () => {
  it('are registered at once and deployed when their job completes', async () => {
    await bed.call('CreateBackend', { AppId: 'd9new', AppName: 'new', BackendEnvironmentName: 'Odd-Name_1' });
    expect(await bed.call('GetBackend', { AppId: 'd9new' })).toEqual({
      AppId: 'd9new',
      AppName: 'new',
      BackendEnvironmentList: ['Odd-Name_1'],
    });
    expect(await metaOf(bed, 'Odd-Name_1', 'd9new')).toBeUndefined();
    bed.advance(jobMs);
    const meta = await metaOf(bed, 'Odd-Name_1', 'd9new');
    expect(meta).toEqual({ providers: { awscloudformation: expect.any(Object) } });
    expect(meta?.providers).toMatchObject({
      awscloudformation: {
        Region: 'us-east-1',
        AmplifyAppId: 'd9new',
        StackName: expect.stringMatching(/^amplify-new-Odd-Name_1-\d{6}$/),
      },
    });
  });

  it('have all categories, secrets and different settings in the seed', async () => {
    const meta = (await metaOf(bed, 'dev')) ?? {};
    expect(Object.keys(meta).sort()).toEqual([
      ...['analytics', 'api', 'auth', 'function', 'hosting', 'providers', 'storage'],
    ]);
    expect(meta).toMatchObject({
      providers: {
        awscloudformation: {
          StackId: expect.stringMatching(
            /^arn:aws:cloudformation:us-east-1:123456789012:stack\/amplify-shop-dev-101530\//,
          ),
        },
      },
      auth: {
        shopauth: {
          service: 'Cognito',
          output: {
            UserPoolId: 'us-east-1_ShopDev01',
            IdentityPoolId: expect.any(String),
            AppClientIDWeb: expect.any(String),
          },
        },
      },
      api: {
        shopapi: {
          service: 'AppSync',
          output: { GraphQLAPIKeyOutput: expect.stringMatching(/^da2-\w{26}$/) },
        },
      },
      storage: {
        shopmedia: { service: 'S3', output: { BucketName: 'shopmedia101530-dev', Region: 'us-east-1' } },
      },
    });
    const partner = await metaOf(bed, 'partner');
    expect(partner).toMatchObject({
      auth: { shopauth: { serviceType: 'imported', output: { UserPoolName: 'company_partners' } } },
    });
    const prod = await metaOf(bed, 'prod');
    expect(prod).toMatchObject({
      api: { shopapi: { output: expect.not.objectContaining({ GraphQLAPIKeyOutput: expect.anything() }) } },
    });
    const config = await configOf(bed, 'GetBackendAuth', { ...dev, ...auth });
    expect(config).toMatchObject({
      UserPoolConfigs: {
        Mfa: { MFAMode: 'OPTIONAL' },
        OAuth: { SocialProviderSettings: { Google: { ClientSecret: 'sandbox-google-client-secret-dev' } } },
      },
    });
    expect(
      await configOf(bed, 'GetBackendAuth', { ...dev, BackendEnvironmentName: 'prod', ...auth }),
    ).not.toEqual(config);
    const answer = await bed.call('GetBackend', dev);
    expect(JSON.parse(String(answer.AmplifyFeatureFlags))).toHaveProperty('features');
  });

  it('are cloned with the same settings and new ids', async () => {
    await bed.finish('CloneBackend', { ...dev, TargetEnvironmentName: 'qa' });
    const [source, target] = [await metaOf(bed, 'dev'), await metaOf(bed, 'qa')];
    const ids = (meta: unknown) =>
      [
        ...JSON.stringify(meta).matchAll(
          /"(\w*(?:Id|ID|IDWeb|Bucket\w*|IdOutput|EndpointOutput|KeyOutput|StackName|Arn))":"([^"]+)"/g,
        ),
      ]
        .filter(([, key]) => key !== 'AmplifyAppId')
        .map(([, , id]) => id);
    expect(ids(target)).toHaveLength(ids(source).length);
    expect(ids(target).filter(id => ids(source).includes(id))).toEqual([]);
    for (const [operation, name] of [
      ['GetBackendAuth', auth],
      ['GetBackendStorage', storage],
    ] as const) {
      const { BucketName: _, ...settings } = await configOf(bed, operation, { ...qa, ...name });
      expect(await configOf(bed, operation, { ...dev, ...name })).toMatchObject(settings);
    }
    const pool = (target as { auth: { shopauth: { output: { UserPoolId: string } } } }).auth.shopauth.output
      .UserPoolId;
    expect(await configOf(bed, 'GetBackendAPI', { ...qa, ResourceName: 'shopapi' })).toMatchObject({
      AdditionalAuthTypes: [{ Settings: { CognitoUserPoolId: pool } }],
    });
  });

  it('cannot be cloned before they are deployed, nor onto an existing one', async () => {
    await bed.call('CreateBackend', { ...qa, AppName: 'shop' });
    expect(await bed.refusal('CloneBackend', { ...qa, TargetEnvironmentName: 'copy' })).toMatchObject({
      message: expect.stringMatching(/not been deployed/),
    });
    expect(await bed.refusal('CloneBackend', { ...dev, TargetEnvironmentName: 'prod' })).toMatchObject({
      message: expect.stringMatching(/already exists/),
    });
    expect(
      await bed.refusal('CloneBackend', {
        ...qa,
        BackendEnvironmentName: 'no',
        TargetEnvironmentName: 'copy',
      }),
    ).toMatchObject({ ResourceType: 'Environment' });
  });

  it('are deleted with their own buckets', async () => {
    const before = await bucketNames(bed);
    await bed.finish('DeleteBackend', dev);
    const after = await bucketNames(bed);
    expect(before.filter(name => !after.includes(name))).toEqual([
      'amplify-shop-dev-101530-deployment',
      'shopmedia101530-dev',
    ]);
  });
});

describe('the Admin UI', () => {
  it('has a configuration that can be stored, read and removed', async () => {
    const LoginAuthConfig = { AwsCognitoRegion: 'us-east-1', AwsUserPoolsId: 'p' };
    expect(await bed.call('UpdateBackendConfig', { AppId: appId, LoginAuthConfig })).toEqual({
      AppId: appId,
      BackendManagerAppId: 'd2sandboxadmin',
      LoginAuthConfig,
    });
    expect(await bed.call('UpdateBackendConfig', { AppId: appId })).toMatchObject({ LoginAuthConfig });
    expect(await bed.call('RemoveBackendConfig', { AppId: appId })).toEqual({});
    expect(await bed.refusal('RemoveBackendConfig', { AppId: appId })).toMatchObject({
      ResourceType: 'Config',
    });
    const { JobId } = await bed.finish('CreateBackendConfig', { AppId: appId, BackendManagerAppId: 'd3' });
    expect(await bed.call('GetBackendJob', { ...dev, JobId })).toMatchObject({
      Operation: 'CreateBackendConfig',
    });
    expect(await bed.call('UpdateBackendConfig', { AppId: appId })).toEqual({
      AppId: appId,
      BackendManagerAppId: 'd3',
    });
  });

  it('has tokens that expire after five minutes and can be deleted', async () => {
    const token = await bed.call('CreateToken', { AppId: appId });
    expect(token.Ttl).toBe(String(Math.floor(bed.now() / 1000) + 300));
    const input = { AppId: appId, SessionId: token.SessionId };
    expect(await bed.call('GetToken', input)).toEqual(token);
    expect(await bed.call('DeleteToken', input)).toEqual({ IsSuccess: true });
    expect(await bed.refusal('GetToken', input)).toMatchObject({ ResourceType: 'Token' });
    const second = { AppId: appId, SessionId: (await bed.call('CreateToken', { AppId: appId })).SessionId };
    bed.advance(300_000);
    expect(await bed.refusal('GetToken', second)).toMatchObject({ ResourceType: 'Token' });
    expect(await bed.refusal('DeleteToken', second)).toMatchObject({ ResourceType: 'Token' });
  });
});
