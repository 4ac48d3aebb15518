/** The seeded resources that AmplifyBackend does not manage: in the meta, in the stacks, in a clone, and when read. */
import { describe, expect, it } from 'vitest';
import { settingValues } from '../../src/sandbox/settings.ts';
import { dev, type Fields, metaOf, qa, setTestBed } from './support.ts';

const bed = setTestBed();

const labels = [
  ...['auth/userPoolGroups', 'api/shopwebhooks', 'storage/shopcarts', 'function/shopWebhook'],
  ...['function/shopShared', 'analytics/shopanalytics'],
];

/** Entries by `category/name`. */
async function entriesIn(environment: string): Promise<Record<string, Fields>> {
  const meta = (await metaOf(bed, environment)) as Record<string, Record<string, Fields>>;
  return Object.fromEntries(
    labels.map(label => {
      const [category = '', name = ''] = label.split('/');
      return [label, meta[category]?.[name] ?? {}];
    }),
  );
}

it('are in the meta in the form of the Amplify CLI', async () => {
  expect(await entriesIn('dev')).toMatchObject({
    'auth/userPoolGroups': {
      service: 'Cognito-UserPool-Groups',
      dependsOn: [{ category: 'auth', resourceName: 'shopauth' }],
      output: { staffGroupRole: 'arn:aws:iam::123456789012:role/us-east-1_ShopDev01-staffGroupRole' },
    },
    'api/shopwebhooks': {
      service: 'API Gateway',
      output: {
        ApiName: 'shopwebhooks',
        RootUrl: 'https://devrest000.execute-api.us-east-1.amazonaws.com/dev',
      },
    },
    'storage/shopcarts': { service: 'DynamoDB', output: { Name: 'shopcarts-dev', PartitionKeyName: 'id' } },
    'function/shopWebhook': { service: 'Lambda', output: { Name: 'shopWebhook-dev' } },
    'function/shopShared': {
      output: { Arn: 'arn:aws:lambda:us-east-1:123456789012:layer:shopShared-dev:3' },
    },
    'analytics/shopanalytics': {
      service: 'Pinpoint',
      output: { Id: expect.stringMatching(/^[a-z0-9]{32}$/) },
    },
  });
  expect((await entriesIn('prod'))['function/shopShared']).toMatchObject({
    output: { Arn: expect.stringMatching(/:layer:shopShared-prod:2$/) },
  });
});

it('are copied by a clone with new names and ids', async () => {
  await bed.finish('CloneBackend', { ...dev, TargetEnvironmentName: 'qa' });
  const [source, copy] = [await entriesIn('dev'), await entriesIn('qa')];
  const pool = ((await metaOf(bed, 'qa')) as { auth: { shopauth: { output: Fields } } }).auth.shopauth.output;
  expect(copy['auth/userPoolGroups']?.output).toMatchObject({
    staffGroupRole: `arn:aws:iam::123456789012:role/${pool.UserPoolId}-staffGroupRole`,
  });
  for (const label of labels) {
    const { output, ...others } = source[label] ?? {};
    expect(copy[label]).toMatchObject(others);
    expect(Object.keys(copy[label]?.output ?? {})).toEqual(Object.keys(output ?? {}));
    expect(copy[label]?.output).not.toEqual(output);
  }
});

describe.each(settingValues.unmanaged)('asked for where the sandbox answers %s', unmanaged => {
  it.each([
    ['GetBackendAuth', 'userPoolGroups'],
    ['GetBackendAPI', 'shopwebhooks'],
    ['GetBackendStorage', 'shopcarts'],
  ] as const)('%s of %s', async (operation, ResourceName) => {
    await bed.control('PUT', 'settings', { unmanaged });
    const asked = { ...dev, ResourceName };
    if (unmanaged === 'empty') {
      expect(await bed.call(operation, asked)).not.toHaveProperty('ResourceConfig');
      return;
    }
    const { name } = await bed.refusal(operation, asked);
    expect(name).toBe(unmanaged === 'not-found' ? 'NotFoundException' : 'BadRequestException');
    const other = await bed.refusal(operation, { ...qa, ResourceName });
    expect(other.name).toBe('NotFoundException');
  });
});
