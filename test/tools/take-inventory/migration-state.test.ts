/** Where an environment stands, by each set of signs; and the rows of an app of each generation. */
import { describe, expect, it } from 'vitest';
import {
  type AppSigns,
  migrationStateOf,
  type StackPolicy,
} from '../../../src/tools/take-inventory/migration-state.ts';
import { type AppFacts, rowsOf } from '../../../src/tools/take-inventory/rows.ts';
import { daysLeft, totalsOf } from '../../../src/tools/take-inventory/totals.ts';
import { metaOf, read } from '../../support/metas.ts';

const stackArn = 'arn:aws:cloudformation:eu-west-1:210987654321:stack/amplify-d1bakery-main-branch-1a2b3c/1';
const main = { name: 'main', backendStackArn: stackArn };
const lock: StackPolicy = {
  Statement: [{ Effect: 'Deny', Action: 'Update:*', Principal: '*', Resource: '*' }],
};
const holding = (status: string) => [{ name: 'amplify-d1bakery-main-branch-1a2b3c-auth1-holding', status }];
const quiet: AppSigns = { appId: 'd1bakery', migrating: null, branches: [], holding: [] };

describe('the state', () => {
  it.each<[string, Partial<AppSigns>, StackPolicy, string]>([
    ['without a sign', {}, null, 'none'],
    [
      'with another policy',
      {},
      { Statement: [{ Effect: 'Allow', Action: 'Update:*', Resource: '*' }] },
      'none',
    ],
    ['by the policy', {}, lock, 'locked'],
    ['by the variable alone', { migrating: 'dev' }, null, 'locked'],
    ['of another environment than the locked one', { migrating: 'prod' }, null, 'none'],
    ['with a Gen 2 backend', { migrating: 'dev', branches: [main] }, lock, 'deployed'],
    ['with a Gen 2 backend and no lock', { branches: [main] }, null, 'beside'],
    ['after a refactoring', { branches: [main], holding: holding('UPDATE_COMPLETE') }, lock, 'refactored'],
    ['after half of one', { branches: [main], holding: holding('REVIEW_IN_PROGRESS') }, lock, 'failed'],
    [
      'beside the holding stack of another app',
      { holding: [{ name: 'amplify-d2other-x-holding', status: 'UPDATE_COMPLETE' }] },
      lock,
      'locked',
    ],
    ['without the policy', {}, undefined, 'unknown'],
    ['without the policy, by the variable', { migrating: 'dev' }, undefined, 'locked'],
    ['without the branches', { branches: undefined }, null, 'unknown'],
    ['without the variables', { migrating: undefined }, null, 'unknown'],
  ])('%s', (_, signs, policy, state) => {
    expect(migrationStateOf({ ...quiet, ...signs }, 'dev', policy)).toBe(state);
  });
});

async function factsOf(categories: Record<string, unknown>, more: Partial<AppFacts> = {}): Promise<AppFacts> {
  const environment = await read(metaOf(categories));
  return {
    ...quiet,
    ...{ target: undefined, name: 'Bakery', hasRepository: false, stacks: new Map() },
    environments: [{ environment, policy: null }],
    ...more,
  };
}

it.each<[string, StackPolicy, boolean, string]>([
  ['whose pools have moved, without holding stacks', lock, false, 'refactored'],
  ['that was retained', lock, true, 'retained'],
  ['that was retained and unlocked', null, true, 'retained'],
])('the state of an environment %s', (_, policy, isRetained, state) => {
  const moved = { hasMoved: true, isRetained };
  expect(migrationStateOf({ ...quiet, branches: [main] }, 'dev', policy, moved)).toBe(state);
});

describe('the rows of an app', () => {
  const bucket = { service: 'S3', output: { BucketName: 'files', Region: 'eu-west-1' } };

  it('tell the hosting', async () => {
    const hosted = {
      hosting: { S3AndCloudFront: { service: 'S3AndCloudFront', output: { HostingBucketName: 'pages' } } },
    };
    const hostingOf = async (categories: Record<string, unknown>, more: Partial<AppFacts>) =>
      rowsOf(await factsOf(categories, more))[0]?.hosting;
    expect(await hostingOf({}, { hasRepository: true })).toBe('git');
    expect(await hostingOf({}, { branches: [{ name: 'main' }] })).toBe('manual');
    expect(await hostingOf(hosted, {})).toBe('own');
    expect(await hostingOf({}, {})).toBe('none');
    expect(await hostingOf({}, { branches: undefined })).toBe('unknown');
  });

  it('name what holds data, bounded, and what is imported', async () => {
    const many = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`files${at}`, bucket]));
    const [row] = rowsOf(
      await factsOf({ storage: { ...many, legacy: { ...bucket, serviceType: 'imported' } } }),
    );
    expect(row?.data).toHaveLength(9);
    expect(row?.data?.at(0)).toBe('storage/files0: bucket');
    expect(row?.data?.at(-1)).toBe('and 4 more');
    expect(row?.imported).toEqual(['storage/legacy']);
  });

  it('are of its generation', async () => {
    const generationOf = async (more: Partial<AppFacts>) => rowsOf(await factsOf({}, more))[0]?.generation;
    expect(await generationOf({})).toBe('gen1');
    expect(await generationOf({ branches: [main] })).toBe('both');
    expect(await generationOf({ environments: [], branches: [main] })).toBe('gen2');
    expect(await generationOf({ environments: [] })).toBe('none');
    expect(await generationOf({ environments: [], branches: undefined })).toBe('unknown');
    expect(await generationOf({ environments: undefined })).toBe('unknown');
  });

  it('are summed up', async () => {
    const one = rowsOf(await factsOf({ storage: { files: bucket } }, { branches: [main] }));
    const two = rowsOf(await factsOf({}, { migrating: 'dev' }));
    expect(
      totalsOf(
        [
          { rows: one, hasBranches: true },
          { rows: two, hasBranches: false },
        ],
        3,
      ),
    ).toEqual({
      ...{ apps: 2, gen1: 1, gen2: 0, both: 1, neither: 0, environments: 2, gen2Backends: 1 },
      ...{ holdingData: 1, importing: 0, migrating: 1, migrationUnknown: 0, unread: 0 },
      ...{ unknown: 0, gen2Unknown: 1, contentUnknown: 0, notCounted: 3 },
    });
  });
});

it('the days left end at 0', () => {
  expect(daysLeft(Date.parse('2027-04-30T12:00:00Z'))).toBe(1);
  expect(daysLeft(Date.parse('2027-05-01T00:00:00Z'))).toBe(0);
  expect(daysLeft(Date.parse('2028-01-01'))).toBe(0);
});
