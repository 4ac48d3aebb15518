/** The rights of functions: the same in both generations, or one change of a policy gives the finding that belongs to it. */
import { expect, it } from 'vitest';
import { type MigrationFacts, verifyMigration } from '../../src/migration/index.ts';
import { functionStack1, functionStack2, pairWithFunction } from '../support/migration-function.ts';
import { resourceOf, stackNamed } from '../support/migration-pair.ts';
import { apiId } from '../support/migration-templates.ts';

const shown = (facts: MigrationFacts) =>
  verifyMigration(facts, 'gen2').findings.map(({ area, change, subject, gen1 = '', gen2 = '' }) =>
    [area, change, subject, gen1, gen2].join(' | '),
  );
const statements2 = (facts: MigrationFacts) =>
  resourceOf(stackNamed(facts.gen2, functionStack2), 'Policy').Properties.PolicyDocument.Statement;

it('are the same on tables, files and the API, whatever a function may do elsewhere', () => {
  expect(verifyMigration(pairWithFunction(), 'gen2')).toMatchObject({
    ...{ verdict: 'same', findings: [], unproven: [] },
  });
});

it.each<[string, (facts: MigrationFacts) => unknown, string]>([
  [
    'a table that it writes to',
    facts => statements2(facts)[0].Action.push('dynamodb:PutItem'),
    'functions | wider | function resize: orders-dev |  | dynamodb:PutItem',
  ],
  [
    'a table of a model that it loses',
    facts => statements2(facts).splice(1, 1),
    `functions | narrower | function resize: Order-${apiId}-dev | dynamodb:GetItem | `,
  ],
  [
    'files that it loses',
    facts => statements2(facts).splice(2, 1),
    'functions | narrower | function resize: files * | s3:GetObject | ',
  ],
  [
    'mutations',
    facts => {
      const [, , , api] = statements2(facts);
      api.Resource['Fn::Join'][1].splice(-1, 1, '/*');
    },
    'functions | wider | function resize: API * |  | appsync:GraphQL',
  ],
  [
    'all tables',
    facts => statements2(facts).push({ Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' }),
    'functions | wider | function resize: * * |  | dynamodb:*',
  ],
])('finds %s', (_, change, finding) => {
  const facts = pairWithFunction();
  change(facts);
  expect(shown(facts)).toContain(finding);
  expect(shown(facts).filter(one => !one.includes(': orders-dev'))).toHaveLength(
    finding.includes(': orders-dev') ? 0 : 1,
  );
});

it('is unproven where Gen 2 has no such function, or its rights are not known', () => {
  const gone = pairWithFunction();
  Reflect.deleteProperty(
    stackNamed(gone.gen2, functionStack2).template?.Resources ?? {},
    'resizegen2lambda1234',
  );
  expect(verifyMigration(gone, 'gen2')).toMatchObject({
    verdict: 'unproven',
    unproven: ['Gen 2 has no "function resize" to compare rights with.'],
  });
  const unknown = pairWithFunction();
  const policy = resourceOf(stackNamed(unknown.gen1, functionStack1), 'AmplifyResourcesPolicy');
  policy.Properties.PolicyDocument.Statement[1].Resource = { 'Fn::ImportValue': 'unknown' };
  expect(verifyMigration(unknown, 'gen2').unproven.join()).toMatch(/function resize.*Gen 1/);
});
