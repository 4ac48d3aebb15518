/** The proof as a whole: the same, unproven where something was not read, retained; and what makes no difference. */
import { expect, it } from 'vitest';
import { type MigrationFacts, verifyMigration } from '../../src/migration/index.ts';
import { migrationPair, refactored, resourceOf, stackNamed } from '../support/migration-pair.ts';
import { bucketPath, pool2, shown, statements } from '../support/migration-proof.ts';
import { apiId, userId } from '../support/migration-templates.ts';

it('is the same, before and after the refactoring, and says who owns what', () => {
  const before = verifyMigration(migrationPair(), 'gen2');
  expect(before).toMatchObject({ verdict: 'same', findings: [], unproven: [], hasMoved: false });
  expect(before.models).toEqual(
    ['Order', 'Customer'].map(model => ({
      model,
      table: `${model}-${apiId}-dev`,
      gen2Table: `${model}-${apiId}-dev`,
      state: 'adopted',
      withGen1Stack: 'deleted',
    })),
  );
  expect(before.holdings.map(({ kind, owner, withGen1Stack }) => [kind, owner, withGen1Stack])).toEqual([
    ['user pool', 'Gen 1', 'deleted'],
    ['identity pool', 'Gen 1', 'deleted'],
    ['bucket', 'Gen 1', 'retained'],
    ['table', 'Gen 1', 'deleted'],
  ]);
  const after = verifyMigration(refactored(), 'gen2');
  expect(after).toMatchObject({ verdict: 'same', findings: [], unproven: [], hasMoved: true });
  expect(after.holdings.map(({ owner }) => owner)).toEqual(['Gen 2', 'Gen 2', 'Gen 2', 'Gen 2']);
});

const doubts: [name: string, change: (facts: MigrationFacts) => void, unproven: RegExp][] = [
  [
    'a template that was not read',
    facts => {
      const storage = stackNamed(facts.gen2, '-storage0EC3F24A-');
      Object.assign(storage, { template: undefined, unread: 'Access was denied.' });
    },
    /storage0EC3F24A.*Access was denied/,
  ],
  [
    'what could not be read',
    facts => Object.assign(facts, { unread: ['GetApp was denied.'] }),
    /GetApp was denied/,
  ],
  [
    'a condition that is not known',
    facts => {
      Object.assign(resourceOf(stackNamed(facts.gen2, '-storage0EC3F24A-'), 'Access4'), {
        Condition: 'Unknown',
      });
    },
    /guests.*Gen 2/,
  ],
  [
    'a statement by exclusion',
    facts => {
      statements(facts, 'Access4').push({ Effect: 'Allow', NotAction: 's3:PutObject', Resource: '*' });
    },
    /guests.*Gen 2/,
  ],
  ['no Gen 1 stack', facts => Object.assign(facts, { gen1: [] }), /No stack of the Gen 1 environment/],
];

it.each(doubts)('is unproven with %s', (_, change, unproven) => {
  const facts = migrationPair();
  change(facts);
  const { verdict, unproven: why } = verifyMigration(facts, 'gen2');
  expect(verdict).toBe('unproven');
  expect(why.join('\n')).toMatch(unproven);
});

it('is retained where all below the root is, whatever the root has', () => {
  const facts = refactored();
  expect(verifyMigration(facts, 'gen2')).toMatchObject({ stage: 'refactored', isRetained: false });
  for (const { template, parentName } of facts.gen1)
    if (parentName !== undefined)
      for (const resource of Object.values(template?.Resources ?? {}) as Record<string, unknown>[])
        if (resource.Type !== 'AWS::CloudFormation::Stack') resource.DeletionPolicy = 'Retain';
  expect(verifyMigration(facts, 'gen2')).toMatchObject({ stage: 'retained', isRetained: true });
  const [first] = Object.values(stackNamed(facts.gen1, '-authshop-').template?.Resources ?? {});
  Object.assign(first as object, { DeletionPolicy: 'Delete' });
  expect(verifyMigration(facts, 'gen2').stage).toBe('refactored');
});

it('compares nothing where no template of a generation was read', () => {
  const facts = migrationPair();
  expect(verifyMigration(facts, 'gen2').isBlind).toBe(false);
  const unread = (stacks: MigrationFacts['gen1']) =>
    stacks.map(({ template: _, ...stack }) => ({ ...stack, unread: 'GetTemplate was denied.' }));
  const blind = verifyMigration({ ...facts, gen2: unread(facts.gen2) }, 'gen2');
  expect(blind).toMatchObject({ isBlind: true, verdict: 'unproven', findings: [] });
});

it('is unproven for a branch that is not there', () => {
  expect(verifyMigration(migrationPair(), 'other')).toMatchObject({ verdict: 'unproven', findings: [] });
});

it('takes lists in either form, texts for numbers, and spelled-out defaults for the same', () => {
  const facts = migrationPair();
  Object.assign(pool2(facts), { UsernameAttributes: 'email', AutoVerifiedAttributes: 'email' });
  Object.assign(pool2(facts).Policies.PasswordPolicy, {
    MinimumLength: '8',
    TemporaryPasswordValidityDays: '7',
  });
  const path = `/public/*`;
  statements(facts, 'Access4')[0].Resource = [`arn:aws:s3:::amplify-d1shop-gen2-files-abcdef${path}`];
  expect(shown(facts)).toEqual([]);
  expect(userId).toContain('sub');
});

it('still finds a wider right where another Gen 2 stack was not read, and no lost one', () => {
  const facts = migrationPair();
  statements(facts, 'Access3')[2].Resource = bucketPath('/private/*');
  statements(facts, 'Access4').pop();
  Object.assign(stackNamed(facts.gen2, '-data7552DF31-'), {
    template: undefined,
    unread: 'Access was denied.',
  });
  expect(shown(facts)).toEqual([
    'access | wider | signed-in users: files private/* |  | s3:DeleteObject, s3:GetObject, s3:PutObject',
  ]);
});
