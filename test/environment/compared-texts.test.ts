/** Comparison of the schemas and the feature flags of two environments. */
import { describe, expect, it } from 'vitest';
import { compare, type More, textOf } from '../support/comparisons.ts';
import { entries, metaOf, settingsOf } from '../support/metas.ts';

describe('schemas', () => {
  const meta = metaOf({ api: { bread: entries.graphql } });
  const having = (transformSchema?: string): More => ({
    settings: settingsOf({
      'api/bread': { apiName: 'bread', ...(transformSchema !== undefined && { transformSchema }) },
    }),
  });
  const of = (left?: string, right?: string) => compare(meta, meta, having(left), having(right));
  const at = 'api/bread/transformSchema';

  it.each<[string, string, string, string[]]>([
    [
      'an extension before its type',
      'extend type Query { a: Int @auth(rules: [{allow: public}]) }\ntype Query { b: Int }',
      'extend type Query { c: Int }\ntype Query { b: Int }',
      [
        `${at}/Query/a: "a: Int @auth(rules: [{allow: public}])" → undefined`,
        `${at}/Query/c: undefined → "c: Int"`,
      ],
    ],
    [
      'a type that is missing, by its size',
      'type A { a: Int }\ntype B @model { a: Int b: Int }',
      'type A { a: Int }',
      [`${at}/B: "type @model with 2 fields" → undefined`],
    ],
    [
      'a directive of a type',
      'type A @model { a: Int }',
      'type A @model @searchable { a: Int }',
      [`${at}/A/(type): "type @model" → "type @model @searchable"`],
    ],
    [
      'a type that is written twice',
      'type A { a: Int }\ntype A { b: Int }',
      'type A { a: Int }',
      [`${at}/A (2): "type with 1 field" → undefined`],
    ],
    [
      'no order, comments and descriptions',
      '"""x""" type A { a: Int b: Int }',
      '# y\ntype A { b: Int, a: Int }',
      [],
    ],
  ])('are compared by types: %s', async (_, left, right, differences) => {
    expect(textOf(await of(left, right))).toEqual(differences);
  });

  it('are compared by lines if one of them does not parse', async () => {
    const lines = Array.from({ length: 300 }, (_, at_) => `  field${at_}: Int`);
    const left = `type A {\n${lines.join('\n')}\n}`;
    const found = await of(left, left.replace('field7: Int', 'field7: String').replace('\n}', ''));
    const schema = found.resources[0]?.schema;
    expect(schema?.why).toContain('does not parse as GraphQL');
    expect(schema?.lines).toEqual({ lines: ['-   field7: Int', '+   field7: String', '- }'], isCut: false });
    expect(textOf(found)).toEqual([`${at}: "a schema of 302 lines" → "a schema of 301 lines"`]);
  });

  it('show at most forty lines', async () => {
    const left = `{${Array.from({ length: 5_000 }, (_, n) => `left ${n} ${'x'.repeat(500)}`).join('\n')}`;
    const right = left.replaceAll('left', 'right');
    const { lines = [], isCut } = (await of(left, right)).resources[0]?.schema?.lines ?? {};
    expect(isCut).toBe(true);
    expect(lines).toHaveLength(40);
    expect(Math.max(...lines.map(line => line.length))).toBeLessThan(210);
  });

  it('show the first forty lines that differ', async () => {
    const left = Array.from({ length: 1_000 }, (_, n) => `line ${n}`).join('\n');
    const right = left.replaceAll(/line (\d+)0$/gm, 'other $10');
    const { lines = [], isCut } = (await of(`{${left}`, `{${right}`)).resources[0]?.schema?.lines ?? {};
    expect([lines.length, isCut]).toEqual([40, true]);
    expect(lines.slice(0, 2)).toEqual(['- line 10', '+ other 10']);
  });

  it('with other line endings are alike although they do not parse', async () => {
    expect(textOf(await of('type A {\n a: Int', 'type A {\r\n a: Int  '))).toEqual([]);
  });

  it('differ if only one side has one and both show their settings', async () => {
    expect(textOf(await of('type A { a: Int }', undefined))).toEqual([
      `${at}: "a schema of 1 lines" → undefined`,
    ]);
    const alone = await compare(meta, meta, having('type A { a: Int }'));
    expect(textOf(alone)).toEqual([]);
    expect(alone.resources[0]?.notCompared).toContain('transformSchema');
  });
});

describe('feature flags', () => {
  const meta = metaOf({});
  const of = (left: unknown, right: unknown) => compare(meta, meta, { flags: left }, { flags: right });

  it('are compared, with or without comments', async () => {
    const found = await of('{ // old\n "features": { "a": 1 } }', '{"features":{"a":2}}');
    expect(textOf(found)).toEqual(['feature flags/features/a: 1 → 2']);
    expect(found.flags).toBe('compared');
    expect((await of('{}', undefined)).flags).toBe('compared');
  });

  it('that cannot be read are reported as not compared', async () => {
    expect(await of('{}', '<<<<<<< HEAD')).toMatchObject({
      differences: [],
      flags: { notCompared: expect.stringMatching(/^of prod, amplifyFeatureFlags .*merge conflict/) },
    });
    expect((await of(undefined, undefined)).flags).toEqual({ notCompared: 'neither side has any' });
  });
});
