/** `take_inventory` of apps on the way to Gen 2: a row for each Gen 2 backend, and where each environment stands. */
import { describe, expect, it } from 'vitest';
import { textOf, today } from '../support/clients.ts';
import { environmentOf, rowsOf } from '../support/inventories.ts';
import { loadInto } from '../support/load-environment.ts';
import { setScene } from '../support/scene.ts';

describe('apps on the way to Gen 2', () => {
  const scene = setScene(today.connect, ['--confirm', 'never']);

  it('have a row for each Gen 2 backend, and say where each environment stands', async () => {
    const root = { Description: '{"stackType":"root"}', Resources: {} };
    const name = 'amplify-d1many0003-main-branch-1a2b3c4d5e';
    const holding = `${name}-auth179371D7-holding`;
    await loadInto(scene.sandbox, {
      ...environmentOf(3, 'live'),
      stacks: [
        { name, template: root },
        { name: holding, status: 'REVIEW_IN_PROGRESS' },
      ],
    });
    const result = await scene.client.callTool('take_inventory', { apps: ['app3'] });
    expect(result.structuredContent.totals).toMatchObject({ both: 1, gen2Backends: 1, environments: 1 });
    expect(rowsOf(result)).toMatchObject([
      { generation: 'both', environment: 'live', migration: 'beside' },
      { generation: 'both', branch: 'main', lastChange: expect.stringMatching(/^\d{4}-/) },
    ]);
    expect(textOf(result)).toContain('branch main (Gen 2)');
  });
});

describe('the migration state of an environment', () => {
  const scene = setScene(today.connect, ['--confirm', 'never']);
  const statesOf = async () => {
    const result = await scene.client.callTool('take_inventory');
    return Object.fromEntries(rowsOf(result).map(row => [row.environment ?? row.branch, row.migration]));
  };

  it.each([
    ['not-begun', { dev: 'none', prod: 'none' }],
    ['locked', { dev: 'locked', prod: 'none' }],
    ['deployed-adopted', { dev: 'deployed', prod: 'beside', 'gen2-main': undefined }],
    ['refactored', { dev: 'refactored', prod: 'beside' }],
    ['half-failed', { dev: 'failed', prod: 'beside' }],
    ['retained', { dev: 'retained', prod: 'beside' }],
  ])('%s', async (state, states) => {
    await scene.sandbox.migrate({ state });
    expect(await statesOf()).toMatchObject(states);
  });

  it('says where moved pools and buckets are, and what the states mean', async () => {
    const dataOf = async (state: string) => {
      await scene.sandbox.migrate({ state });
      const result = await scene.client.callTool('take_inventory');
      const of = (name: string) =>
        rowsOf(result).find(row => row.environment === name || row.branch === name)?.data as string[];
      return { dev: of('dev'), branch: of('gen2-main'), text: textOf(result) };
    };
    const before = await dataOf('deployed-adopted');
    expect(before.dev).toContain('auth/shopauth: user pool, identity pool');
    expect(before.branch).toBeUndefined();
    for (const state of ['refactored', 'retained']) {
      const after = await dataOf(state);
      expect(after.dev.join()).not.toMatch(/pool(?! group)|bucket/);
      expect(after.dev.join()).toMatch(/table/);
      expect(after.branch).toEqual(['from dev: user pool, identity pool, bucket']);
      expect(after.text).toContain('beside: not locked, but there is a Gen 2 backend');
    }
  });

  it('is unknown if AWS denies the read, and the answer says so', async () => {
    await scene.sandbox.set({ migrationReads: 'denied' });
    const result = await scene.client.callTool('take_inventory');
    expect(rowsOf(result).map(row => row.migration)).toEqual(['unknown', 'unknown', 'unknown']);
    expect(textOf(result)).toContain('it needs the IAM action cloudformation:GetStackPolicy');
  });
});
