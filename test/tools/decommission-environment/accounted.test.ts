/** What became of what a plan listed, by its kinds and counts. */
import { describe, expect, it } from 'vitest';
import type { HeldThing, Removal, ThingKind } from '../../../src/environment/index.ts';
import {
  accountFor,
  accountText,
  type Evidence,
} from '../../../src/tools/decommission-environment/accounted.ts';

const thing = (kind: ThingKind, name: string, more: Partial<HeldThing> = {}): HeldThing => ({
  ...{ kind, name, holdsData: true, costsMoney: false },
  ...more,
});

const removal: Removal = {
  state: 'known',
  goes: [
    { resource: 'auth/users', service: 'Cognito', holds: [thing('user pool', 'users', { id: 'eu_1' })] },
    { resource: 'api/shop', service: 'AppSync', holds: [thing('table', 'Post'), thing('table', 'Comment')] },
    { resource: 'storage/files', service: 'S3', holds: [thing('bucket', 'files')] },
    { resource: 'function/empty', service: 'Lambda', holds: [] },
  ],
  stays: [],
  unsure: [{ resource: 'custom/odd', why: 'the meta names nothing that it holds' }],
  breaks: [],
};
const clean: Evidence = { isStackDeleted: true, kept: new Set(), buckets: { names: [], areAll: true } };
const of = (evidence: Partial<Evidence>) => {
  const all = accountFor(removal, { ...clean, ...evidence });
  return { all, kind: (name: string) => all.find(({ kind }) => kind === name), text: accountText(all)[0] };
};

describe('what a plan listed', () => {
  it('is gone where its stack was deleted without it, and counted by kind as in the plan', () => {
    const { kind, text } = of({});
    expect(kind('auth')).toEqual({
      ...{ kind: 'auth', resources: 1, things: 2 },
      ...{ gone: 3, left: 0, notChecked: 0 },
    });
    expect(kind('function')).toMatchObject({ resources: 1, things: 0, gone: 1 });
    expect(kind('custom')).toMatchObject({ resources: 1, gone: 0, notChecked: 1 });
    expect(text).toContain('(resources: 5, things of theirs: 5): gone 9, left 0, not checked 1');
  });

  it('is left where its stack kept it, or where its bucket is still listed', () => {
    const { kind } = of({ kept: new Set(['Post']), buckets: { names: ['files'], areAll: false } });
    expect(kind('api')).toMatchObject({ things: 2, gone: 1, left: 2, notChecked: 0 });
    expect(kind('storage')).toMatchObject({ gone: 0, left: 2 });
  });

  it('counts as not checked, and not as gone, where nothing could be read', () => {
    const { all, kind } = of({ isStackDeleted: false, buckets: undefined });
    expect(all.every(({ gone }) => gone === 0)).toBe(true);
    expect(kind('storage')).toMatchObject({ notChecked: 2 });
    expect(of({ buckets: { names: [], areAll: false } }).kind('storage')).toMatchObject({ notChecked: 2 });
  });

  it('is not checked where it was a guess', () => {
    const goes = [
      { resource: 'custom/x', service: 'x', holds: [thing('something else', 'a', { isGuess: true })] },
    ];
    expect(accountFor({ ...removal, goes, unsure: [] }, clean)).toMatchObject([{ gone: 0, notChecked: 2 }]);
  });

  it('is bounded: the last of very many kinds stand together', () => {
    const goes = Array.from({ length: 300 }, (_, at) => ({
      ...{ resource: `kind${at}/x`, service: 'x', holds: [thing('table', `t${at}`)] },
    }));
    const all = accountFor({ ...removal, goes, unsure: [] }, clean);
    expect(all).toHaveLength(21);
    expect(all.at(-1)).toMatchObject({ kind: 'others', resources: 280, things: 280, gone: 560 });
  });
});
