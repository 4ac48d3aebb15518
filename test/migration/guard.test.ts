/** Whether a write may go on while an environment is on its way to Gen 2: what is refused, in which words, and what is not. */
import { describe, expect, it } from 'vitest';
import { guardOf, type MigrationFacts, type StackEffect } from '../../src/migration/index.ts';
import { migrationPair, refactored, resourceOf, stackNamed } from '../support/migration-pair.ts';
import { apiId } from '../support/migration-templates.ts';

const strict = { allowMigrated: false, canAsk: true };
const deletion = { ...strict, effect: 'deletes' } as const;
const push = { ...strict, effect: 'pushes' } as const;
const refusalOf = (facts: MigrationFacts, effect: StackEffect = 'deletes') => {
  const { refusal } = guardOf(facts, { ...strict, effect });
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

  it('does not advise to delete the stack if only the tables are retained, as a lock may set it', () => {
    const facts = migrationPair();
    for (const table of ['Order', 'Customer'])
      resourceOf(stackNamed(facts.gen1, `-${table}-`), `${table}Table`).DeletionPolicy = 'Retain';
    const text = refusalOf(facts);
    expect(text).toContain(`CloudFormation would retain the tables ${tables}`);
    expect(text).not.toContain('delete-stack');
  });

  it('names the lock first where nothing is locked, and no sandbox as the target of a refactoring', () => {
    expect(refusalOf(withoutLock(migrationPair()))).toContain('Lock (amplify gen2-migration lock), then');
    const [root] = migrationPair().gen2;
    const stackName = 'amplify-shop-alice-sandbox-886dbd2dec';
    const gen2 = migrationPair().gen2.map(stack => ({
      ...stack,
      ...(stack.name === root?.name && { name: stackName }),
      ...(stack.parentName === root?.name && { parentName: stackName }),
    }));
    const sandbox = { appId: 'shop', label: stackName, stackName, stackArn: 'arn', isHidden: false };
    const text = refusalOf({ ...withoutLock(migrationPair()), branches: [], gen2, elsewhere: [sandbox] });
    expect(text).toContain('personal sandbox');
    expect(text).not.toContain('refactor --to');
  });

  it('goes on where no Gen 2 stack uses anything and nothing is locked', () => {
    expect(refusalOf({ ...withoutLock(migrationPair()), gen2: [] })).toBeUndefined();
  });

  it('goes on with a warning where a person has set allowMigrated', () => {
    const { refusal, warnings } = guardOf(migrationPair(), { ...deletion, allowMigrated: true });
    expect(refusal).toBeUndefined();
    expect(warnings.join(' ')).toContain(tables);
    expect(warnings.join(' ')).toContain('allowMigrated');
  });

  it('does not take tables for its own that another environment has', () => {
    const facts = { ...withoutLock(migrationPair()), gen1: [] };
    expect(refusalOf(facts)).toContain(tables.split(', ')[0]);
    expect(refusalOf({ ...facts, environment: 'prod' })).toBeUndefined();
  });

  it('names first what the call itself would delete, and the rest by number', () => {
    const pools = { ...deletion, deletes: ({ kind }: { kind: string }) => kind.endsWith(' pool') };
    const text = guardOf(refactored(), pools).refusal?.message;
    expect(text).toMatch(
      /^This call would delete what Gen 2 \(gen2\) uses: the Gen 1 stacks no longer own the user pool/,
    );
    expect(text).toMatch(/Gen 2 also uses 3 tables, 1 bucket of the environment/);
    expect(text).not.toContain(tables);
    const files = { ...deletion, deletes: ({ kind }: { kind: string }) => kind === 'bucket' };
    const other = guardOf(withoutLock(migrationPair()), files).refusal?.message;
    expect(other).toMatch(
      /^Gen 2 is not known to use what this call deletes, but Gen 2 \(gen2\) uses 2 tables/,
    );
  });

  it('does not say of an environment without a lock that it is on its way', () => {
    const text = refusalOf(withoutLock(migrationPair()));
    expect(text).toContain('is not locked for a migration');
    expect(text).not.toContain('on its way');
    expect(refusalOf(migrationPair())).toContain('is on its way to Gen 2');
  });

  it('gives no advice to roll the lock back where Gen 2 is deployed', () => {
    const locked = { ...migrationPair(), gen2: [] };
    expect(refusalOf(locked)).toContain('set branchName');
    expect(refusalOf(locked)).not.toContain('lock --rollback');
    expect(refusalOf({ ...locked, branches: [] })).toContain('lock --rollback');
  });

  it('is refused where nobody can be asked and not all could be looked at', () => {
    const facts = { ...withoutLock(migrationPair()), branches: [], gen2: [], unread: ['Not checked: x.'] };
    expect(refusalOf(facts)).toBeUndefined();
    const silent = { ...deletion, canAsk: false };
    expect(guardOf(facts, silent).refusal?.message).toMatch(
      /not fully known. Not checked: x\..*nobody can be asked/,
    );
    expect(guardOf(facts, silent).refusal?.hint).toContain('allowMigrated');
    expect(guardOf(facts, { ...silent, allowMigrated: true }).refusal).toBeUndefined();
    expect(guardOf({ ...facts, unread: [] }, silent).refusal).toBeUndefined();
  });

  it('says what could not be looked at', () => {
    const { unseen } = guardOf({ ...migrationPair(), unread: ['Not checked: x.'] }, deletion);
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
    const { refusal } = guardOf(facts, { ...push, allowMigrated: true });
    expect(refusal?.message).toContain('refuses updates');
    expect(refusal?.hint).toContain('lock --rollback');
  });

  it('is refused where pools have moved, although nothing is locked, and keeps the lock', () => {
    const text = refusalOf(withoutLock(refactored()), 'pushes');
    expect(text).toContain('resource conflicts');
    expect(text).toContain('Do not roll the lock back');
  });

  it('must be confirmed where Gen 2 only uses tables, in words of a push, unless it destroys data', () => {
    const facts = withoutLock(migrationPair());
    const { refusal, warnings, mustAsk } = guardOf(facts, push);
    expect(refusal).toBeUndefined();
    expect(mustAsk).toBe(true);
    expect(warnings.join(' ')).toContain(`uses the tables ${tables} of environment dev. AWS deploys this`);
    expect(warnings.join(' ')).not.toContain('delete');
    expect(guardOf(facts, { ...push, destroys: true }).refusal?.message).toContain(tables);
  });

  it('is refused where nobody can be asked, unless a person has set allowMigrated', () => {
    const silent = { ...push, canAsk: false };
    const facts = withoutLock(migrationPair());
    expect(guardOf(facts, silent).refusal?.message).toMatch(/AWS deploys this change.*nobody can be asked/);
    const { refusal, warnings } = guardOf(facts, { ...silent, allowMigrated: true });
    expect(refusal).toBeUndefined();
    expect(warnings.join(' ')).toContain('The setting allowMigrated lets this through.');
  });

  it('needs no confirmation where the Gen 2 backend uses nothing of the environment, and one where that is unknown', () => {
    const apart = { ...withoutLock(migrationPair()), gen2: [] };
    expect(guardOf(apart, push)).not.toHaveProperty('mustAsk');
    const unread = { ...apart, unread: ['Not checked: x.'] };
    expect(guardOf(unread, push)).toMatchObject({ mustAsk: true });
    expect(guardOf(unread, push).warnings.join(' ')).toContain('is not fully known');
    expect(guardOf({ ...unread, branches: [] }, push)).not.toHaveProperty('mustAsk');
  });

  it('creates a new environment without a question', () => {
    const finding = guardOf(migrationPair(), { ...strict, effect: 'creates', canAsk: false });
    expect(finding).not.toHaveProperty('refusal');
    expect(finding).not.toHaveProperty('mustAsk');
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

it('asks about a push to what the variable names, where the lock could not be read', () => {
  const facts = { ...migrationPair(), branches: [], gen1: [], gen2: [], unread: ['Not checked: the lock.'] };
  expect(guardOf(facts, push)).toMatchObject({ mustAsk: true });
  expect(guardOf({ ...facts, unread: [] }, push)).not.toHaveProperty('mustAsk');
  expect(guardOf({ ...facts, appVariables: {} }, push)).not.toHaveProperty('mustAsk');
});
