/** Which stacks and buckets belong to an environment by their names, and which may belong. */
import { describe, expect, it } from 'vitest';
import {
  bucketBelongs,
  environmentOfStack,
  namedStack,
  readMeta,
  searchLimits,
  stackBelongs,
} from '../../src/environment/index.ts';
import { metaOf } from '../support/metas.ts';

const search = { appId: 'd1bakery00001', appName: 'The Bakery!', environment: 'qa' };

describe('a stack', () => {
  it.each([
    ['of the Amplify CLI', 'amplify-thebakery-qa-1a2b3', 'belongs'],
    ['of an older CLI', 'amplify-thebakery-qa-101530', 'belongs'],
    ['with the app id', 'amplify-d1bakery00001-qa-101530', 'belongs'],
    ['in capital letters', 'Amplify-TheBakery-QA-101530', 'belongs'],
    ['with a dash in the project', 'amplify-the-bakery-qa-101530', 'belongs'],
    ['of 2019', 'thebakery-qa-20190101020304', 'belongs'],
    ['of 2018, which says no environment', 'thebakery-20181023081204', 'may belong'],
    ['of Studio, which says no app', 'amplify-amplify0a1b2c3d4e5f6-qa-12345', 'may belong'],
    ['of Studio, shorter', 'amplify-amplify0a1b2c3d4e5f-qa-12345', 'may belong'],
    ['of Studio, of another environment', 'amplify-amplify0a1b2c3d4e5f6-prod-12345', 'does not belong'],
    ['of another environment', 'amplify-thebakery-prod-101530', 'does not belong'],
    ['of an environment that ends alike', 'amplify-thebakery-myqa-101530', 'does not belong'],
    ['of another app', 'amplify-thebakeryshop-qa-101530', 'does not belong'],
    ['of another app of 2018', 'bakery-20181023081204', 'does not belong'],
    ['of no project', 'amplify-qa-101530', 'does not belong'],
    ['nested in one', 'amplify-thebakery-qa-101530-authbakery-1ABCDEFGHIJK', 'does not belong'],
    ['of Gen 2', 'amplify-d1bakery00001-qa-branch-0a1b2c3d4e', 'does not belong'],
    ['of somebody else', 'CDKToolkit', 'does not belong'],
    ['without a name', '', 'does not belong'],
  ] as const)('%s', (_, name, belonging) => {
    expect(stackBelongs(name, search)).toBe(belonging);
  });

  it('belongs to a project whose name was cut to twenty characters', () => {
    const long = { ...search, appName: 'A bakery with a very long name' };
    expect(stackBelongs('amplify-abakerywithaverylong-qa-101530', long)).toBe('belongs');
    expect(stackBelongs('amplify-abakerywithaverylon-qa-101530', long)).toBe('does not belong');
  });

  it('of any name belongs if a record names it', () => {
    expect(stackBelongs('ovens', { ...search, knownNames: ['Ovens'] })).toBe('belongs');
  });

  it('may belong to an app of unknown name', () => {
    const nameless = { appId: search.appId, environment: 'qa' };
    expect(stackBelongs('amplify-thebakery-qa-101530', nameless)).toBe('may belong');
    expect(stackBelongs('amplify-d1bakery00001-qa-101530', nameless)).toBe('belongs');
    expect(stackBelongs('thebakery-20181023081204', nameless)).toBe('does not belong');
  });

  it('belongs to an environment with special characters in its name', () => {
    expect(stackBelongs('amplify-thebakery-q.a-1', { ...search, environment: 'q.a' })).toBe(
      'does not belong',
    );
    expect(stackBelongs('amplify-thebakery-qa-1', { ...search, environment: 'q.a' })).toBe('belongs');
    expect(stackBelongs('amplify-thebakery-xqa-1', { ...search, environment: '.*qa' })).toBe(
      'does not belong',
    );
    expect(stackBelongs('amplify-thebakery--1', { ...search, environment: '' })).toBe('does not belong');
  });
});

it.each([
  ['amplify-thebakery-qa-101530-deployment', 'belongs'],
  ['amplify-amplify0a1b2c3d4e5f6-qa-12345-deployment', 'may belong'],
  ['amplify-thebakery-prod-101530-deployment', 'does not belong'],
  ['thebakeryphotos101530-qa', 'may belong'],
  ['thebakery-20200102030405-hostingbucket-qa', 'may belong'],
  ['thebakeryphotos101530-prod', 'does not belong'],
  ['qa', 'does not belong'],
] as const)('bucket %s %s', (bucket, belonging) => {
  expect(bucketBelongs(bucket, search)).toBe(belonging);
});

describe('the stack that a meta names', () => {
  const stackOf = async (meta: unknown) => {
    const reading = await readMeta(meta);
    return reading.state === 'read' ? namedStack(reading) : undefined;
  };

  it('has its ARN and the bucket of its deployments', async () => {
    expect(await stackOf(metaOf({}))).toEqual({
      name: 'amplify-bakery-dev-40404',
      id: expect.stringContaining('stack/amplify-bakery-dev-40404/'),
      deploymentBucket: 'amplify-bakery-dev-40404-deployment',
    });
  });

  it('has a bucket derived from its name, and a name derived from its ARN', async () => {
    const only = (provider: object) => stackOf({ providers: { awscloudformation: provider } });
    expect(await only({ StackName: 'Ovens' })).toEqual({
      name: 'Ovens',
      deploymentBucket: 'ovens-deployment',
    });
    expect(await only({ StackId: 'arn:aws:cloudformation:eu-west-1:1:stack/ovens/0a' })).toMatchObject({
      name: 'ovens',
    });
  });

  it.each([
    [{}],
    [{ providers: 'x' }],
    [{ providers: { awscloudformation: [] } }],
    [{ providers: { awscloudformation: { StackName: '', StackId: 7 } } }],
  ])('is none in %j', async meta => {
    expect(await stackOf(meta)).toEqual({});
  });
});

it('a note says what a search by name cannot find', () => {
  expect(searchLimits({ ...search, knownNames: ['ovens'] })).toEqual([]);
  expect(searchLimits(search)).toHaveLength(1);
  expect(searchLimits({ appId: 'd1', environment: 'qa' })).toHaveLength(2);
});

describe("the environment that a stack's name tells", () => {
  it.each([
    ['of the Amplify CLI', 'amplify-thebakery-qa-1a2b3', { environment: 'qa', belongs: 'belongs' }],
    ['with the app id', 'amplify-d1bakery00001-dev-101530', { environment: 'dev', belongs: 'belongs' }],
    ['with dashes in the project', 'amplify-the-bakery-qa-101530', { environment: 'qa', belongs: 'belongs' }],
    ['of 2019', 'thebakery-qa-20190101020304', { environment: 'qa', belongs: 'belongs' }],
    ['of 2018', 'thebakery-20181023081204', undefined],
    ['of Studio', 'amplify-amplify0a1b2c3d4e5f6-qa-12345', { environment: 'qa', belongs: 'may belong' }],
    ['of another app', 'amplify-florist-qa-101530', undefined],
    ['of Gen 2', 'amplify-d1bakery00001-qa-branch-0a1b2c3d4e', undefined],
    ['of somebody else', 'CDKToolkit', undefined],
    ['with very many parts', `amplify-thebakery${'-qa'.repeat(5_000)}-1`, undefined],
  ] as const)('%s', (_, name, owner) => {
    const { environment: __, ...app } = search;
    expect(environmentOfStack(name, app)).toEqual(owner);
  });
});
