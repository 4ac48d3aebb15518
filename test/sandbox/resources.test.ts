/** What the operations change in an environment's auth and storage. */
import { describe, expect, it } from 'vitest';
import { bucketNames, configOf, dev, type Fields, jobMs, metaOf, qa, setTestBed } from './support.ts';

const bed = setTestBed();
const bare = () => bed.finish('CreateBackend', { ...qa, AppName: 'shop' });

describe('auth', () => {
  it('exists when its job ends, is updated by merging, and can be deleted', async () => {
    await bare();
    const source = await configOf(bed, 'GetBackendAuth', { ...dev, ResourceName: 'shopauth' });
    await bed.call('CreateBackendAuth', { ...qa, ResourceName: 'people', ResourceConfig: source });
    const people = { ...qa, ResourceName: 'people' };
    expect(await bed.refusal('GetBackendAuth', people)).toMatchObject({ ResourceType: 'Auth' });
    bed.advance(jobMs);
    expect(await configOf(bed, 'GetBackendAuth', people)).toEqual(source);
    expect(await metaOf(bed, 'qa')).toHaveProperty('auth.people.output.UserPoolId');

    const UserPoolConfigs = {
      PasswordPolicy: { MinimumLength: 20 },
      OAuth: { RedirectSignInURIs: ['https://one/'] },
    };
    await bed.finish('UpdateBackendAuth', {
      ...people,
      ResourceConfig: { AuthResources: 'IDENTITY_POOL_AND_USER_POOL', Service: 'COGNITO', UserPoolConfigs },
    });
    const { PasswordPolicy, OAuth, Mfa } = (await configOf(bed, 'GetBackendAuth', people))
      .UserPoolConfigs as Record<string, Fields>;
    expect(PasswordPolicy).toEqual({
      MinimumLength: 20,
      AdditionalConstraints: ['REQUIRE_DIGIT', 'REQUIRE_LOWERCASE'],
    });
    expect(OAuth).toMatchObject({ RedirectSignInURIs: ['https://one/'], OAuthGrantType: 'CODE' });
    expect(Mfa).toMatchObject({ MFAMode: 'OPTIONAL' });

    await bed.finish('DeleteBackendAuth', people);
    expect(await bed.refusal('GetBackendAuth', people)).toMatchObject({ ResourceType: 'Auth' });
    expect(await metaOf(bed, 'qa')).not.toHaveProperty('auth');
  });

  it('keeps the ids of an imported pool, also in a clone', async () => {
    await bare();
    await bed.finish('ImportBackendAuth', {
      ...qa,
      UserPoolId: 'us-east-1_Mine',
      WebClientId: 'web',
      NativeClientId: 'native',
      IdentityPoolId: 'us-east-1:x',
    });
    await bed.finish('CloneBackend', { ...qa, TargetEnvironmentName: 'copy' });
    for (const environment of ['qa', 'copy']) {
      expect(await metaOf(bed, environment)).toMatchObject({
        auth: {
          importeduseast1mine: {
            serviceType: 'imported',
            output: {
              UserPoolId: 'us-east-1_Mine',
              AppClientIDWeb: 'web',
              AppClientID: 'native',
              IdentityPoolId: 'us-east-1:x',
            },
          },
        },
      });
    }
  });
});

describe('storage', () => {
  it('is created, updated and deleted with its bucket', async () => {
    await bare();
    const files = { ...qa, ResourceName: 'files' };
    await bed.finish('CreateBackendStorage', {
      ...files,
      ResourceConfig: {
        ServiceName: 'S3',
        BucketName: 'my-files',
        Permissions: { Authenticated: ['READ'], UnAuthenticated: ['READ'] },
      },
    });
    expect(await bucketNames(bed)).toContain('my-files');
    await bed.finish('UpdateBackendStorage', {
      ...files,
      ResourceConfig: { ServiceName: 'S3', Permissions: { Authenticated: ['READ', 'DELETE'] } },
    });
    expect(await configOf(bed, 'GetBackendStorage', files)).toEqual({
      BucketName: 'my-files',
      Imported: false,
      ServiceName: 'S3',
      Permissions: { Authenticated: ['READ', 'DELETE'], UnAuthenticated: ['READ'] },
    });
    await bed.finish('DeleteBackendStorage', { ...files, ServiceName: 'S3' });
    expect(await bed.refusal('GetBackendStorage', files)).toMatchObject({ ResourceType: 'Storage' });
    expect(await bucketNames(bed)).not.toContain('my-files');
  });

  it('is imported only from the account’s buckets, and its deletion keeps the bucket', async () => {
    await bare();
    expect(
      await bed.refusal('ImportBackendStorage', { ...qa, ServiceName: 'S3', BucketName: 'nobodys' }),
    ).toMatchObject({ ResourceType: 'Bucket' });
    await bed.finish('ImportBackendStorage', { ...qa, ServiceName: 'S3', BucketName: 'shop-archive-007' });
    expect(
      await configOf(bed, 'GetBackendStorage', { ...qa, ResourceName: 'importedshoparchive007' }),
    ).toMatchObject({ Imported: true, BucketName: 'shop-archive-007' });
    await bed.finish('DeleteBackend', qa);
    expect(await bucketNames(bed)).toContain('shop-archive-007');
  });
});
