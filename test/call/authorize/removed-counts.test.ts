/** How much of a deletion a plan does not show. */
import { expect, it } from 'vitest';
import type { RemovedResource } from '../../../src/call/authorize/inventory.ts';
import { mergedPlan } from '../../../src/call/authorize/joint-confirmation.ts';
import type { Plan } from '../../../src/call/authorize/plan.ts';
import { boundedPlan } from '../../../src/call/authorize/plan-bounds.ts';

const many = (kind: string, count: number, holds: readonly string[]): RemovedResource[] =>
  Array.from({ length: count }, (_, at) => ({ resource: `${kind}/r${at}`, service: 'S', holds }));

const planOf = (goes: Record<string, readonly RemovedResource[]>): Plan => ({
  ...{ account: '1', region: 'us-east-1', policy: 'allowed' },
  request: { operation: 'DeleteBackend', method: 'POST', path: '/', body: {} },
  confirmation: { type: 'dev', goes },
});

const totalOf = ({ confirmation }: Plan) => {
  const { goes = {}, moreGoes = 0, moreByKind = {} } = confirmation ?? {};
  const shown = Object.values(goes).flat();
  const hidden = Object.values(moreByKind);
  return {
    resources: shown.length + moreGoes,
    byKind: shown.length + hidden.reduce((sum, { resources }) => sum + resources, 0),
    things:
      shown.reduce((sum, { holds, more = 0 }) => sum + holds.length + more, 0) +
      hidden.reduce((sum, { things }) => sum + things, 0),
  };
};

it('is counted by kind, in one environment and in several', () => {
  const dev = [...many('storage', 1_000, ['a', 'b']), ...many('function', 500, [])];
  const one = boundedPlan(planOf({ dev }));
  expect(totalOf(one)).toEqual({ resources: 1_500, byKind: 1_500, things: 2_000 });
  expect(one.confirmation?.moreByKind).toMatchObject({ function: { resources: 500, things: 0 } });
  const both = mergedPlan([one, boundedPlan(planOf({ qa: many('storage', 700, ['c']) }))]);
  expect(totalOf(both)).toEqual({ resources: 2_200, byKind: 2_200, things: 2_700 });
});

it('says nothing where all is shown', () => {
  const { confirmation } = boundedPlan(planOf({ dev: many('storage', 3, ['a']) }));
  expect(Object.keys(confirmation ?? {})).toEqual(['type', 'goes']);
});

it('names the largest of very many kinds, each by a short name', () => {
  const dev = Array.from({ length: 900 }, (_, at) => many(`kind${at}${'x'.repeat(99)}`, 1, ['a'])).flat();
  const plan = boundedPlan(planOf({ dev: [...dev, ...many('storage', 100, [])] }));
  const kinds = Object.keys(plan.confirmation?.moreByKind ?? {});
  expect(kinds).toHaveLength(12);
  expect(kinds).toEqual(expect.arrayContaining(['storage', 'other kinds']));
  expect(Math.max(...kinds.map(kind => kind.length))).toBeLessThanOrEqual(40);
  expect(totalOf(plan)).toEqual({ resources: 1_000, byKind: 1_000, things: 900 });
});
