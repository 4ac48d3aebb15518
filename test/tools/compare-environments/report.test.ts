/** The answer of a comparison is bounded whatever the metas hold, and complete over all its pages. */
import { describe, expect, it } from 'vitest';
import type { EnvironmentSources } from '../../../src/environment/index.ts';
import { type Compared, compareForAnswer } from '../../../src/tools/compare-environments/compared.ts';
import type { Selection } from '../../../src/tools/compare-environments/report.ts';
import { entries, metaOf, read, settingsOf } from '../../support/metas.ts';

type More = Partial<EnvironmentSources>;
type Found = Extract<Compared, { state: 'compared' }>;

const LONGEST_TEXT = 11_000;
const LONGEST_JSON = 20_000;

/** Two environments, to be compared: by pages too. */
async function comparisonOf(left: object, right: object, more: readonly [More?, More?] = []) {
  const environments = [
    await read(metaOf({ ...left }), more[0]),
    await read(metaOf({ ...right }, 'prod'), { environment: 'prod', ...more[1] }),
  ] as const;
  return async (selection: Selection): Promise<Found> => {
    const found = await compareForAnswer(...environments, 'Call again with', selection);
    if (found.state !== 'compared') throw new Error(found.why.join());
    return found;
  };
}

async function of(
  left: object,
  right: object,
  selection: Selection = {},
  more: readonly [More?, More?] = [],
): Promise<Found> {
  const compare = await comparisonOf(left, right, more);
  return compare(selection);
}

const textOf = ({ lines, notes }: Found) => [...lines, ...notes].join('\n');

const many = (count: number, makeEntry: (at: number) => object, name = 'f') =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`${name}${at}`, makeEntry(at)]));

const api = (schema: string): More => ({
  schemas: new Map([['api/it', schema]]),
  settings: settingsOf({ 'api/it': { service: 'AppSync', transformSchema: schema } }),
});

const schemaOf = (types: number, field = 'name') =>
  Array.from({ length: types }, (_, at) => `type T${at} @model { id: ID! ${field}: String }`).join('\n');

/** All pages of a report. */
async function pagesOf(page: (page: number) => Promise<Found>): Promise<Found[]> {
  const first = await page(1);
  const pages = Number(/^Page 1 of (\d+)/m.exec(textOf(first))?.[1] ?? 1);
  const rest: Found[] = [];
  for (let at = 2; at <= pages; at += 1) rest.push(await page(at));
  return [first, ...rest];
}

it('says how each resource was compared, and what was not compared', async () => {
  const both = {
    auth: { it: entries.auth },
    function: { bake: entries.lambda, idle: { service: 'Lambda' } },
  };
  const config = { 'auth/it': { service: 'COGNITO', authResources: 'USER_POOL_ONLY' } };
  const settings = { settings: settingsOf(config) };
  const found = await of(both, both, {}, [settings, settings]);
  expect(found.fields).toMatchObject({
    counts: { resources: 3, same: 3, differences: 0 },
    resources: [
      { resource: 'auth/it', comparedBy: 'settings', differences: 0 },
      { resource: 'function/bake', comparedBy: 'outputs' },
      { resource: 'function/idle', comparedBy: 'name' },
    ],
    notCompared: [
      { what: expect.stringContaining('code'), resources: 2, of: ['function/bake', 'function/idle'] },
    ],
    valuesNotCompared: expect.arrayContaining(['output/UserPoolId', 'output/Arn']),
  });
  const text = textOf(found);
  expect(text).toContain('- by their settings: auth/it\n');
  expect(text).toContain('- by name, service, origin and state alone: function/idle\n');
  expect(text).toMatch(/- its code.*: function\/bake, function\/idle\n/);
  expect(text).toContain('output/UserPoolId');
});

it('names settings that could not be read, and the environment', async () => {
  const both = { auth: { it: entries.auth } };
  const refused = new Map([
    ['auth/it', { state: 'unavailable', why: 'AWS answered without settings' } as const],
  ]);
  const found = await of(both, both, {}, [{}, { settings: refused }]);
  expect(textOf(found)).toContain('- settings, of prod: AWS answered without settings: auth/it');
});

it('explains what "declared" means where a resource was never deployed', async () => {
  const found = await of({ function: { it: entries.lambda } }, { function: { it: { service: 'Lambda' } } });
  expect(textOf(found)).toContain('| function/it/state | "deployed" | "declared" |');
  expect(textOf(found)).toContain('never deployed');
});

it('says which flags could not be read', async () => {
  const found = await of({}, {}, {}, [{ flags: '{}' }, { flags: '<<<<<<< HEAD' }]);
  expect(textOf(found)).toMatch(
    /Feature flags were not compared: of prod, amplifyFeatureFlags .*merge conflict/,
  );
});

it('names parts of a meta that are no resources', async () => {
  expect(textOf(await of({ auth: 'gone' }, {}))).toContain(
    'in the meta of dev nothing could be read there: auth.',
  );
});

describe('a selection', () => {
  const left = { auth: { it: entries.auth }, function: { a: entries.lambda, ab: entries.lambda } };
  const more = [{ flags: '{"a":1}' }, { flags: '{"a":2}' }] as const;
  const pathsOf = async (only: string) =>
    (await of(left, {}, { only }, more)).fields.differences.map(({ path }) => path);

  it('is one resource, one category, or the feature flags', async () => {
    expect(await pathsOf('function/a')).toEqual(['function/a']);
    expect(await pathsOf('function')).toEqual(['function/a', 'function/ab']);
    expect(await pathsOf('feature flags')).toEqual(['feature flags/a']);
  });

  it('is refused where neither environment has it, with a list of what there is', async () => {
    await expect(pathsOf('func')).rejects.toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringContaining('auth/it, function/a, function/ab'),
    });
    await expect(of(left, {}, { page: 2 })).rejects.toMatchObject({ code: 'invalid_arguments' });
  });
});

describe('long answers', () => {
  it('show the first of each resource and kind, and the rest on further pages', async () => {
    const left = { auth: { it: entries.auth }, function: many(150, () => entries.lambda) };
    const right = { auth: { it: { ...entries.auth, serviceType: 'imported' } } };
    const withSchema = { api: { it: entries.graphql } };
    const [ofLeft, ofRight] = [
      { ...left, ...withSchema },
      { ...right, ...withSchema },
    ];
    const compare = await comparisonOf(ofLeft, ofRight, [api(schemaOf(80)), api(schemaOf(80, 'title'))]);
    const pages = await pagesOf(page => compare({ page }));
    const [first] = pages as [Found];
    const paths = first.fields.differences.map(({ path }) => path);
    expect(paths).toContain('auth/it/origin');
    expect(paths.some(path => path.startsWith('api/it/transformSchema/'))).toBe(true);
    expect(textOf(first)).toMatch(
      /Page 1 of \d+, of 311 differences \(230 only in dev, 80 only in prod, 1 set differently\) in 152 resources\. Call again with page: 2/,
    );
    const all = pages.flatMap(({ fields }) => fields.differences.map(({ path }) => path));
    expect(new Set(all).size).toBe(311);
    expect(all).toHaveLength(311);
    expect(pages.flatMap(({ fields }) => fields.resources)).toHaveLength(152);
    expect(textOf(pages.at(-1) as Found)).toContain('page: 1 shows the first');
    for (const page of pages) expect(textOf(page).length).toBeLessThan(LONGEST_TEXT);
  });

  const hostile = '|<`\u202e\u0007"\\'.repeat(500);
  const lines = (at: number) =>
    Array.from({ length: 2_000 }, (_, line) => `${hostile.slice(line % 8)}${at}${line}`);
  it.each<[string, object, object, readonly [More?, More?]]>([
    [
      'many alike',
      { function: many(1_000, () => entries.lambda) },
      { function: many(1_000, () => entries.lambda) },
      [],
    ],
    [
      'hostile names and values',
      {
        [hostile]: many(100, at => ({ service: hostile + at, output: { [hostile + at]: hostile } }), hostile),
      },
      {
        [hostile]: many(
          100,
          at => ({ service: hostile, x: hostile + at, output: { a: [hostile] } }),
          hostile,
        ),
      },
      [{ flags: JSON.stringify({ [hostile]: hostile }) }, { flags: '<<<<<<< HEAD' }],
    ],
    [
      'values that differ and are long',
      { auth: many(200, at => ({ ...entries.auth, [`x${at}`]: 'a'.repeat(5_000) })) },
      { auth: many(200, at => ({ ...entries.auth, [`x${at}`]: 'b'.repeat(5_000) })) },
      [],
    ],
    [
      'schemas that are none',
      { api: { it: entries.graphql, ...many(300, () => entries.graphql, hostile) } },
      { api: { it: entries.graphql, ...many(300, () => entries.rest, hostile) } },
      [api(`type A {\n${lines(1).join('\n')}`), api(`type A {\n${lines(2).join('\n')}`)],
    ],
  ])('are bounded: %s', async (_, left, right, more) => {
    const found = await of(left, right, {}, more);
    expect(textOf(found).length).toBeLessThan(LONGEST_TEXT);
    expect(JSON.stringify(found.fields).length).toBeLessThan(LONGEST_JSON);
    expect(found.lines.length).toBeGreaterThan(2);
  });
});

describe('schemas', () => {
  const meta = { api: { it: entries.graphql } };

  it('of hundreds of kilobytes differ only by the field that differs', async () => {
    const schema = schemaOf(6_000);
    const other = schema.replace('type T3777 @model { id: ID!', 'type T3777 @model { id: ID! price: Int');
    const { fields } = await of(meta, meta, {}, [api(schema), api(other)]);
    expect(fields.differences).toEqual([
      { path: 'api/it/transformSchema/T3777/price', is: 'only right', right: 'price: Int' },
    ]);
  });

  it('do not block the event loop while they are compared', async () => {
    const comparison = of(meta, meta, {}, [api(schemaOf(6_000)), api(schemaOf(6_000, 'other'))]);
    let turns = 0;
    const count = setInterval(() => {
      turns += 1;
    });
    const { fields } = await comparison;
    clearInterval(count);
    expect(fields.counts.differences).toBe(12_000);
    expect(turns).toBeGreaterThan(5);
  });

  it('that cannot be parsed are shown by at most 40 lines that differ', async () => {
    const body = (word: string) => Array.from({ length: 50 }, (_, at) => `  ${word}${at}: Int`).join('\n');
    const found = await of(meta, meta, {}, [api(`type A {\n${body('a')}`), api(`type A {\n${body('b')}`)]);
    expect(found.fields.schema).toMatchObject({ resource: 'api/it', isCut: true, lines: { length: 40 } });
    expect(textOf(found)).toMatch(
      /The schemas of api\/it were compared by their lines, since one of them does not parse as GraphQL \(line \d+\):\n- " {2}a0: Int"\n/,
    );
    expect(textOf(found)).toContain('and more');
  });

  it('that cannot be parsed are alike where their texts are equal', async () => {
    const { fields } = await of(meta, meta, {}, [api('type A {'), api('type A {')]);
    expect(fields).toMatchObject({ differences: [], same: ['api/it'] });
  });
});
