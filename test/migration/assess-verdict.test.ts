/** The readiness as a whole: ready, unknown for what was not read, and what is still judged once Gen 2 is deployed. */
import { describe, expect, it } from 'vitest';
import { matrixDate } from '../../src/migration/feature-matrix.ts';
import type { MigrationFacts } from '../../src/migration/index.ts';
import { requirements, toolActionOf } from '../../src/migration/requirements.ts';
import { migrationPair, resourceOf, stackNamed } from '../support/migration-pair.ts';
import { assess, type Scene, scene } from '../support/migration-readiness.ts';

it('is ready where the tool takes all along, and says what no cloud shows', async () => {
  const { verdict, findings, unknown, notSeen, matrix } = await assess(scene());
  expect({ verdict, unknown }).toEqual({ verdict: 'ready', unknown: [] });
  expect(findings.map(({ what, effect, seenAt }) => [what, effect, seenAt])).toEqual([
    ['user pool', 'carried', ['auth/shop']],
    ['GraphQL API', 'carried', ['api/shop']],
    ['S3 storage', 'carried', ['storage/files']],
    ['hosting by Git', 'carried', ['hosting/amplifyhosting']],
  ]);
  expect(notSeen.join('\n')).toMatch(/override\.ts[\s\S]*code[\s\S]*frontend/);
  expect(matrix).toEqual({ date: matrixDate, isOld: false });
});

const doubts: [name: string, change: (scene: Scene) => unknown, unknown: RegExp][] = [
  [
    'no schema',
    it => {
      it.schema = undefined;
    },
    /schema of api\/shop was not read/,
  ],
  [
    'a schema that does not parse',
    it => {
      it.schema = 'type {';
    },
    /schema of api\/shop/,
  ],
  [
    'unreadable flags',
    it => {
      it.flags = '{';
    },
    /transformer version/,
  ],
  ['no stack', it => Object.assign(it.facts, { gen1: [] }), /No stack was read/],
  [
    'what could not be read',
    it => Object.assign(it.facts, { unread: ['GetApp was denied.'] }),
    /GetApp was denied/,
  ],
];

it.each(doubts)('is unknown with %s', async (_, change, unknown) => {
  const changed = scene();
  change(changed);
  const found = await assess(changed);
  expect(found.verdict).toBe('unknown');
  expect(found.unknown.join('\n')).toMatch(unknown);
});

describe('once a Gen 2 branch is deployed', () => {
  /** All that was found before, and what is still judged with the branch. */
  async function judged(more: Partial<MigrationFacts>) {
    const it = scene();
    Object.assign(it.facts, { isConnected: false });
    Reflect.deleteProperty(it.meta, 'hosting');
    for (const stack of it.facts.gen1.slice(0, 1)) Object.assign(stack, { templateBytes: 60_000 });
    const before = await assess(it);
    Object.assign(it.facts, more);
    const after = await assess(it);
    const named = ({ findings }: typeof after) => findings.map(({ what }) => what);
    return { before: named(before), after: named(after), found: after };
  }
  const { branches = [], gen2 } = migrationPair(['Order']);

  it('judges only what is still to come', async () => {
    const { before, after, found } = await judged({ branches, gen2 });
    expect(before).toEqual(expect.arrayContaining(['hosting by hand', 'large template', 'user pool']));
    expect(found).toMatchObject({ stage: 'deployed', backends: [{ label: 'gen2' }] });
    expect(after).toContain('large template');
    expect(after).not.toEqual(expect.arrayContaining(['hosting by hand']));
    expect(after).not.toContain('user pool');
    expect(found.next).toContain('amplify gen2-migration refactor --to amplify-d1shop-gen2-branch-');
  });

  it('judges all but the hosting where the branch may be of another environment', async () => {
    const { before, after, found } = await judged({ branches, appVariables: {} });
    expect(found.stage).toBe('beside');
    expect(after).toEqual(before.filter(what => what !== 'hosting by hand'));
  });

  it('judges what is still to come where Gen 2 uses its tables, although nothing is locked', async () => {
    const { after, found } = await judged({ branches, gen2, appVariables: {} });
    expect(found).toMatchObject({ stage: 'beside', isUsed: true });
    expect(after).toContain('large template');
    expect(after).not.toContain('user pool');
  });

  it('is blocked where Gen 2 has new and empty tables', async () => {
    const fresh = migrationPair(['Order']);
    Object.assign(resourceOf(stackNamed(fresh.gen2, 'amplifyDataOrder'), 'OrderTable'), {
      Type: 'Custom::AmplifyDynamoDBTable',
      Properties: { tableName: 'Order-new-NONE' },
    });
    const { found } = await judged({ branches, gen2: fresh.gen2 });
    expect(found.verdict).toBe('blocked');
    expect(found.findings).toContainEqual(
      expect.objectContaining({ what: 'new tables', seenAt: ['model Order'] }),
    );
    expect((await judged({ branches, gen2 })).after).not.toContain('new tables');
  });

  it('says who has no rules, and what becomes of it', () => {
    expect(toolActionOf(requirements['no @auth'])).toMatch(/become private/);
  });
});
