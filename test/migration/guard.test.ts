/** Whether a write may go on while an environment is on its way to Gen 2: what is refused, in which words, and what is not. */
import { describe, expect, it } from 'vitest';
import { guardOf, type MigrationFacts, type StackEffect } from '../../src/migration/index.ts';
import { migrationPair, refactored, resourceOf, stackNamed } from '../support/migration-pair.ts';
import { apiId } from '../support/migration-templates.ts';

const strict = { allowMigrated: false };
const refusalOf = (facts: MigrationFacts, effect: StackEffect = 'deletes') => {
  const { refusal } = guardOf(facts, effect, strict);
  return refusal && `${refusal.message} ${refusal.hint}`;
};
const tables = `${['Order', 'Customer'].map(name => `${name}-${apiId}-dev`).join(', ')}`;

/** Facts of an environment that has no sign of its own. */
const withoutLock = (facts: MigrationFacts): MigrationFacts => ({
  ...facts,
  appVariables: {},
  gen1: facts.gen1.map(stack => ({ ...stack, ...(stack.policy !== undefined && { policy: null }) })),
});

describe('a deletion', () => {
  it('is refused with each table, although nothing is locked', () => {
    const text = refusalOf(withoutLock(migrationPair()));
    expect(text).toContain(`CloudFormation would delete with the Gen 1 stacks the tables ${tables}`);
    expect(text).toContain('gen2-migration refactor --to');
  });

  it('names what has moved apart from what would be deleted', () => {
    const text = refusalOf(refactored());
    expect(text).toMatch(
      /would delete with the Gen 1 stacks the tables [^;]*; the Gen 1 stacks no longer own/,
    );
    expect(text).toMatch(/no longer own [^.]*the user pool \S*gen1pool, the identity pool/);
  });

  it('sends nobody to delete the stack because the tables alone are retained, as lock may set it', () => {
    const facts = migrationPair();
    for (const table of ['Order', 'Customer'])
      resourceOf(stackNamed(facts.gen1, `-${table}-`), `${table}Table`).DeletionPolicy = 'Retain';
    const text = refusalOf(facts);
    expect(text).toContain(`CloudFormation would retain the tables ${tables}`);
    expect(text).not.toContain('delete-stack');
  });

  it('goes on where no Gen 2 stack uses anything and nothing is locked', () => {
    expect(refusalOf({ ...withoutLock(migrationPair()), gen2: [] })).toBeUndefined();
  });

  it('goes on with a warning where a person has set allowMigrated', () => {
    const { refusal, warnings } = guardOf(migrationPair(), 'deletes', { allowMigrated: true });
    expect(refusal).toBeUndefined();
    expect(warnings.join(' ')).toContain(tables);
    expect(warnings.join(' ')).toContain('allowMigrated');
  });

  it('does not take tables for its own that another environment has', () => {
    const facts = { ...withoutLock(migrationPair()), gen1: [] };
    expect(refusalOf(facts)).toContain(tables.split(', ')[0]);
    expect(refusalOf({ ...facts, environment: 'prod' })).toBeUndefined();
  });

  it('says what could not be looked at', () => {
    const { unseen } = guardOf({ ...migrationPair(), unread: ['Not checked: x.'] }, 'deletes', strict);
    expect(unseen).toMatch(/not fully known. Not checked: x\./);
  });
});

describe('a push', () => {
  it('is refused by a lock, whatever allowMigrated says', () => {
    const facts: MigrationFacts = {
      ...{ appId: 'd1shop', environment: 'dev', gen2: [], holding: [], unread: [] },
      gen1: [
        {
          ...{ name: 'amplify-shop-dev-1a2b3', parameters: {}, outputs: {} },
          policy: { Statement: [{ Effect: 'Deny', Action: 'Update:*', Principal: '*', Resource: '*' }] },
        },
      ],
    };
    const { refusal } = guardOf(facts, 'pushes', { allowMigrated: true });
    expect(refusal?.message).toContain('refuses updates');
    expect(refusal?.hint).toContain('lock --rollback');
  });

  it('is refused where pools have moved, although nothing is locked, and keeps the lock', () => {
    const text = refusalOf(withoutLock(refactored()), 'pushes');
    expect(text).toContain('resource conflicts');
    expect(text).toContain('Do not roll the lock back');
  });

  it('goes on with a warning where Gen 2 only uses tables, unless it destroys data', () => {
    const facts = withoutLock(migrationPair());
    const { refusal, warnings } = guardOf(facts, 'pushes', strict);
    expect(refusal).toBeUndefined();
    expect(warnings.join(' ')).toContain(tables);
    expect(guardOf(facts, 'pushes', { ...strict, destroys: true }).refusal?.message).toContain(tables);
  });
});

it('quotes the names that AWS or an attacker chose, and puts none into a command', () => {
  const facts = migrationPair();
  const hostile = 'x; rm -rf /\u202e\n';
  const text = refusalOf({
    ...facts,
    branches: [{ name: hostile, backendStackArn: `arn:aws:cloudformation:r:1:stack/${hostile}/1` }],
  });
  expect(text).not.toContain('\n');
  expect(text).not.toContain('\u202e');
  expect(text).toContain('--to <gen2-root-stack-name>');
});
