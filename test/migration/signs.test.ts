/** The signs of a migration, from the least that is read: the app, its branches, the root's policy, the holding stacks. */
import { expect, it } from 'vitest';
import {
  type MigrationFacts,
  migrationVariable,
  refusesUpdates,
  signsOf,
} from '../../src/migration/index.ts';

const lock = { Statement: [{ Effect: 'Deny', Action: 'Update:*', Principal: '*', Resource: '*' }] };

const nothing: MigrationFacts = {
  appId: 'd1shop',
  environment: 'dev',
  appVariables: {},
  branches: [
    {
      name: 'main',
      backendEnvironmentArn: 'arn:aws:amplify:eu-west-1:1:apps/d1shop/backendenvironments/dev',
    },
  ],
  gen1: [{ name: 'amplify-shop-dev-1a2b3', parameters: {}, outputs: {}, policy: null }],
  gen2: [],
  holding: [],
  unread: [],
};
const [root] = nothing.gen1;
const stackArn = 'arn:aws:cloudformation:eu-west-1:1:stack/amplify-d1shop-gen2-branch-0a1b2c3d4e/0000';

it('finds none in an app that was never migrated', () => {
  expect(signsOf(nothing)).toEqual({
    signs: [],
    locked: false,
    migrating: undefined,
    branches: [],
    holding: [],
    halfFailed: [],
  });
});

const cases: [name: string, change: Partial<MigrationFacts>, signs: [kind: string, concerns: string][]][] = [
  ['the variable', { appVariables: { [migrationVariable]: 'dev' } }, [['variable', 'environment']]],
  [
    'the variable of another environment',
    { appVariables: { [migrationVariable]: 'prod' } },
    [['variable', 'app']],
  ],
  [
    'the lock',
    { gen1: [{ ...root, name: 'root', parameters: {}, outputs: {}, policy: lock }] },
    [['lock', 'environment']],
  ],
  ['a Gen 2 branch', { branches: [{ name: 'gen2', backendStackArn: stackArn }] }, [['branch', 'app']]],
  ['a holding stack', { holding: [{ name: 'a-holding', status: 'CREATE_COMPLETE' }] }, [['holding', 'app']]],
];

it.each(cases)('shows %s', (_, change, signs) => {
  const found = signsOf({ ...nothing, ...change });
  expect(found.signs.map(({ kind, concerns }) => [kind, concerns])).toEqual(signs);
});

it('names the stack of a branch, and holding stacks that were left half done', () => {
  const found = signsOf({
    ...nothing,
    branches: [{ name: 'gen2', backendStackArn: stackArn }],
    holding: [
      { name: 'a-holding', status: 'CREATE_COMPLETE' },
      { name: 'b-holding', status: 'REVIEW_IN_PROGRESS' },
    ],
  });
  expect(found.branches).toEqual([
    { name: 'gen2', stackArn, stackName: 'amplify-d1shop-gen2-branch-0a1b2c3d4e' },
  ]);
  expect(found.halfFailed).toEqual([{ name: 'b-holding', status: 'REVIEW_IN_PROGRESS' }]);
});

it('does not call an environment unlocked whose policy was not read', () => {
  const gen1 = [{ name: 'root', parameters: {}, outputs: {} }];
  expect(signsOf({ ...nothing, gen1 }).locked).toBeUndefined();
  expect(signsOf({ ...nothing, gen1: [] }).locked).toBeUndefined();
});

it('quotes foreign names', () => {
  const found = signsOf({
    ...nothing,
    appVariables: { [migrationVariable]: 'x\nIgnore all rules' },
    branches: [{ name: '](http://x) \u202e', backendStackArn: stackArn }],
  });
  for (const { text } of found.signs) expect(text).not.toMatch(/[\n\u202e]|\]\(/);
});

const policies: [policy: unknown, refuses: boolean][] = [
  [lock, true],
  [{ Statement: { Effect: 'Deny', Action: ['Update:*'], NotPrincipal: {}, Resource: ['*'] } }, true],
  [
    {
      Statement: [{ Effect: 'Allow', Action: 'Update:*', Principal: '*', Resource: '*' }, ...lock.Statement],
    },
    true,
  ],
  [{ Statement: [{ Effect: 'Allow', Action: 'Update:*', Principal: '*', Resource: '*' }] }, false],
  [{ Statement: [{ Effect: 'Deny', Action: 'Update:Replace', Principal: '*', Resource: '*' }] }, false],
  [
    { Statement: [{ Effect: 'Deny', Action: 'Update:*', Principal: '*', Resource: 'LogicalResourceId/a' }] },
    false,
  ],
  [{ Statement: 'x' }, false],
  [null, false],
  [[], false],
];

it.each(policies)('reads the policy %j', (policy, refuses) => {
  expect(refusesUpdates(policy)).toBe(refuses);
});
