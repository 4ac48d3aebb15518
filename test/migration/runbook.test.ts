/** The runbook at each stage: which step is next, and no name that a shell would read as more than a word. */
import { describe, expect, it } from 'vitest';
import { type RunbookFacts, runbookOf } from '../../src/migration/index.ts';
import type { MigrationSigns } from '../../src/migration/signs.ts';

const stackName = 'amplify-d1shop-gen2main-branch-1a2b3c';
const main = {
  name: 'gen2-main',
  stackName,
  stackArn: `arn:aws:cloudformation:eu-west-1:1:stack/${stackName}/1`,
};
const held = { name: `${stackName}-auth-holding`, status: 'UPDATE_COMPLETE' };
const signs: MigrationSigns = {
  ...{ signs: [], locked: false, migrating: undefined, branches: [], holding: [], halfFailed: [] },
};
const facts: RunbookFacts = {
  ...{ appId: 'd1shop', environment: 'main', signs, isConnected: true, imported: [], unread: [] },
};
const textOf = (more: Partial<MigrationSigns>, others: Partial<RunbookFacts> = {}) =>
  runbookOf({ ...facts, signs: { ...signs, ...more }, ...others });
const nextOf = (text: string) => /^(\d+)\. .* {2}<= next$/m.exec(text)?.[1];

const proofOf = (
  state: 'adopted' | 'new and empty',
  hasMoved = false,
  isRetained = false,
): NonNullable<RunbookFacts['proof']> => ({
  models: [{ model: 'Order', state, withGen1Stack: isRetained ? 'retained' : 'deleted' }],
  ...{ hasMoved, isRetained, findings: [] },
});

describe('the next step', () => {
  it.each<[string, Partial<MigrationSigns>, string]>([
    ['before anything', {}, '0'],
    ['of a locked environment', { locked: true }, '3'],
    ['of one that the variable names', { migrating: 'main' }, '3'],
    ['where another one is migrated', { migrating: 'dev' }, '0'],
    ['with a Gen 2 backend', { locked: true, branches: [main] }, '6'],
    ['with a Gen 2 backend and no lock', { branches: [main] }, '6'],
    [
      'after half a refactoring',
      { locked: true, branches: [main], holding: [held], halfFailed: [held] },
      '7',
    ],
    ['after a refactoring', { locked: true, branches: [main], holding: [held] }, '8'],
  ])('%s', (_, more, step) => {
    const text = textOf(more);
    expect(nextOf(text)).toBe(step);
    expect(text).toContain(`ext: step ${step}.`);
  });

  it.each<[string, RunbookFacts['proof'], string]>([
    ['with new, empty tables', proofOf('new and empty'), '4'],
    ['with adopted tables', proofOf('adopted'), '6'],
    ['after a refactoring whose holding stacks are gone', proofOf('adopted', true), '8'],
    ['after Gen 1 was retained', proofOf('adopted', true, true), '9'],
  ])('by the templates: %s', (_, proof, step) => {
    expect(nextOf(textOf({ locked: true, branches: [main] }, { proof }))).toBe(step);
    // A refactoring that stopped half way comes before everything else.
    const failed = { locked: true, branches: [main], holding: [held], halfFailed: [held] };
    expect(nextOf(textOf(failed, { proof }))).toBe('7');
  });

  it('is none where the cloud could not be read', () => {
    const text = runbookOf({ ...facts, signs: undefined, unread: ['Not checked: the branches.'] });
    expect(nextOf(text)).toBeUndefined();
    expect(text).toMatch(/^Where it stands is unknown.*\nNot checked: the branches\./);
  });
});

it('has the stack and the branch that are deployed, or says what stands in their place', () => {
  const deployed = textOf({ locked: true, branches: [main] });
  expect(deployed).toContain(`amplify gen2-migration refactor --to ${stackName}\n`);
  expect(deployed).toContain('branchName: "main" becomes branchName: "gen2-main"');
  expect(textOf({})).toContain('--to <Gen 2 root stack: amplify-d1shop-gen2main-branch-…>');
});

it('tells how to deploy by the hosting', () => {
  expect(textOf({}, { isConnected: true })).not.toContain('pipeline-deploy');
  expect(textOf({}, { isConnected: false })).toContain(
    'npx ampx pipeline-deploy --branch gen2-main --app-id d1shop',
  );
  expect(textOf({}, { isConnected: false })).toContain('the console cannot add a branch');
});

it('names the branch that is there, and none that is not', () => {
  expect(textOf({ locked: true, branches: [main] })).toContain('\nGen 2 branch: gen2-main, deployed.\n');
  expect(textOf({}, {})).toContain('Gen 2 branch: none yet');
  expect(textOf({ locked: true, branches: [main] }, { branch: 'other' })).toContain(
    'Gen 2 branch: other, not deployed. Gen 2 branches that were found: gen2-main.',
  );
});

it('lets nothing delete Gen 1 until it is retained, and then only a person', () => {
  const keeps = 'Nothing may delete the Gen 1 environment';
  expect(textOf({ locked: true, branches: [main] }, { proof: proofOf('adopted', true) })).toContain(keeps);
  const retained = textOf(
    { locked: true, branches: [main] },
    { proof: proofOf('adopted', true, true), gen1Root: 'amplify-shop-dev-1a2b3' },
  );
  expect(retained).not.toContain(keeps);
  expect(retained).not.toContain('Do not run amplify env remove');
  expect(retained).toContain('aws cloudformation delete-stack --stack-name amplify-shop-dev-1a2b3');
});

it('names what a rehearsal shares', () => {
  expect(textOf({}, { imported: ['auth/pool'] })).toContain('the copy shares them with main (auth/pool)');
});

it.each(['$(reboot)', 'a b', "'; rm -rf ~ #", '-rf', 'x'.repeat(500)])('takes no %s into a command', name => {
  const hostile = { name, stackName: name, stackArn: name };
  const text = textOf({ locked: true, branches: [hostile] }, { environment: name, branch: name });
  const commands = text.split('\n').filter(line => /^ {3}(?:git|amplify|npx|aws|Undo)/.test(line));
  expect(commands.length).toBeGreaterThan(8);
  expect(commands.join('\n')).not.toContain(name);
});
