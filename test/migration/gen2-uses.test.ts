/** Which tables, pools and buckets of an environment its Gen 2 branch uses, and what becomes of them with the Gen 1 stack. */
import { expect, it } from 'vitest';
import { type MigrationFacts, usedByGen2 } from '../../src/migration/index.ts';
import { migrationPair, refactored, resourceOf, stackNamed } from '../support/migration-pair.ts';
import { apiId, root1 } from '../support/migration-templates.ts';

const shown = (facts: MigrationFacts) =>
  usedByGen2(facts).map(({ kind, name, how, withGen1Stack, branch }) => [
    kind,
    name,
    how,
    withGen1Stack,
    branch,
  ]);

const tables = ['Order', 'Customer'].map(name => [
  'table',
  `${name}-${apiId}-dev`,
  'by name',
  'deleted',
  'gen2',
]);

it('finds the model tables, which the Gen 1 stack would delete', () => {
  expect(shown(migrationPair())).toEqual(tables);
});

it('knows a table that CloudFormation would retain, by its own policy or by that of its stack', () => {
  const facts = migrationPair();
  resourceOf(stackNamed(facts.gen1, '-Order-'), 'OrderTable').DeletionPolicy = 'Retain';
  resourceOf(stackNamed(facts.gen1, root1), 'apishop').DeletionPolicy = 'Retain';
  expect(shown(facts).map(([, , , withGen1Stack]) => withGen1Stack)).toEqual(['retained', 'retained']);
  resourceOf(stackNamed(facts.gen1, root1), 'apishop').DeletionPolicy = 'Delete';
  expect(shown(facts).map(([, , , withGen1Stack]) => withGen1Stack)).toEqual(['retained', 'deleted']);
});

it('finds what refactor moved into the Gen 2 stacks', () => {
  const moved = (kind: string, name: string) => [kind, name, 'moved', 'not owned', 'gen2'];
  expect(shown(refactored())).toEqual([
    moved('user pool', 'eu-west-1_gen1pool'),
    moved('identity pool', 'eu-west-1:gen1-identities'),
    ...tables,
    moved('bucket', 'shopfiles1a2b3-dev'),
    moved('table', 'orders-dev'),
  ]);
});

it('finds a pool that Gen 2 only refers to', () => {
  const facts = migrationPair();
  Object.assign(stackNamed(facts.gen2, 'gen2-branch').outputs, { userPoolId: 'eu-west-1_gen1pool' });
  expect(shown(facts)).toContainEqual(['user pool', 'eu-west-1_gen1pool', 'by name', 'deleted', 'gen2']);
});

it('finds nothing where Gen 2 has tables of its own, or those of another environment', () => {
  const facts = migrationPair(['Order']);
  const table = resourceOf(stackNamed(facts.gen2, 'amplifyDataOrder'), 'OrderTable');
  table.Properties.tableName = 'Order-otherapiofthisapp-prod';
  expect(shown(facts)).toEqual([]);
  table.Type = 'Custom::AmplifyDynamoDBTable';
  expect(shown(facts)).toEqual([]);
  expect(shown({ ...facts, gen2: [] })).toEqual([]);
});

it('says that it does not know, where the Gen 1 templates were not read', () => {
  const { gen1, ...facts } = migrationPair(['Order']);
  const unread = gen1.map(({ template: _, ...stack }) => ({ ...stack, unread: 'Access denied.' }));
  const expected = ['table', `Order-${apiId}-dev`, 'owner unknown', 'unknown', 'gen2'];
  expect(shown({ ...facts, gen1: unread })).toEqual([expected]);
  expect(shown({ ...facts, gen1: [] })).toEqual([expected]);
});

it.each([
  [
    'a pool by referenceAuth',
    'Custom::AmplifyRefAuth',
    { userPoolId: 'eu-west-1_gen1pool' },
    ['user pool', 'eu-west-1_gen1pool'],
  ],
  [
    'an identity pool by referenceAuth',
    'Custom::AmplifyRefAuth',
    { identityPoolId: 'eu-west-1:gen1-identities' },
    ['identity pool', 'eu-west-1:gen1-identities'],
  ],
  [
    'a table of a data source',
    'AWS::AppSync::DataSource',
    { DynamoDBConfig: { TableName: 'orders-dev' } },
    ['table', 'orders-dev'],
  ],
  [
    'a bucket within an ARN',
    'AWS::Lambda::Function',
    {
      Environment: { Variables: { FILES: 'arn:aws:s3:::shopfiles1a2b3-dev/*' } },
    },
    ['bucket', 'shopfiles1a2b3-dev'],
  ],
])('finds what a template spells out: %s', (_, Type, Properties, [kind, name]) => {
  const facts = migrationPair();
  const { template } = stackNamed(facts.gen2, '-auth179371D7-');
  Object.assign(template?.Resources as object, { Reference: { Type, Properties } });
  expect(usedByGen2(facts)).toContainEqual(
    expect.objectContaining({ kind, name, how: 'by name', branch: 'gen2' }),
  );
  expect(usedByGen2(facts)).toHaveLength(3);
});
