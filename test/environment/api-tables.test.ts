/** The tables and search domains of a GraphQL API, by its schema and its settings. */
import { describe, expect, it } from 'vitest';
import { entries, metaOf, onlyResource, settingsOf } from '../support/metas.ts';

const meta = metaOf({ api: { bread: entries.graphql } });
const id = 'breadbreadbreadbreadbreadb';

const ofSchema = (transformSchema: string, more: object = {}) =>
  onlyResource(meta, { settings: settingsOf({ 'api/bread': { transformSchema, ...more } }) });

const namesOf = ({ holds }: Awaited<ReturnType<typeof ofSchema>>, kind: string) =>
  holds.filter(one => one.kind === kind).map(({ name }) => name);

describe('tables', () => {
  it.each([
    [
      'of models, whatever stands before the directive',
      'type Loaf @auth(rules: [{ allow: owner }]) @model { id: ID! }',
      ['Loaf'],
    ],
    ['of no comment', '# type Old @model { id: ID! }\ntype Loaf @model { id: ID! }', ['Loaf']],
    ['of an extension', 'type Loaf { id: ID! }\nextend type Loaf @model', ['Loaf']],
    ['once of what is written twice', 'type Loaf @model { a: Int }\ntype Loaf @model { b: Int }', ['Loaf']],
    [
      'of what joins two',
      'type Loaf @model { t: [Tag] @manyToMany(relationName: "loafTags") } type Tag @model { l: [Loaf] @manyToMany(relationName: "loafTags") }',
      ['Loaf', 'Tag', 'LoafTags'],
    ],
    ['under the name that a model had', 'type Bun @model @mapsTo(name: "Loaf") { id: ID! }', ['Loaf']],
    ['none of a schema without models', 'type Query { a: Int }', []],
  ])('%s', async (_, schema, types) => {
    const resource = await ofSchema(schema);
    expect(namesOf(resource, 'table').sort()).toEqual(types.map(type => `${type}-${id}-dev`).sort());
    expect(resource).not.toHaveProperty('tablesUnknown');
  });

  it('include the sync table under conflict resolution', async () => {
    const schema = 'type Loaf @model { id: ID! }';
    const sync = { conflictResolution: { resolutionStrategy: 'AUTOMERGE' } };
    expect(namesOf(await ofSchema(schema, sync), 'table')).toContain(`AmplifyDataStore-${id}-dev`);
    const none = { conflictResolution: { resolutionStrategy: 'NONE' } };
    expect(namesOf(await ofSchema(schema, none), 'table')).toEqual([`Loaf-${id}-dev`]);
  });

  it('include a search domain of unknown name', async () => {
    const { holds } = await ofSchema('type Loaf @model @searchable { id: ID! }');
    expect(holds.at(-1)).toEqual({ kind: 'search domain', holdsData: true, costsMoney: true });
  });

  it("have AWS's placeholder in an environment without a name", async () => {
    const schemas = new Map([['api/bread', 'type Loaf @model { id: ID! }']]);
    const resource = await onlyResource(meta, { schemas, environment: 'NONE' });
    expect(namesOf(resource, 'table')).toEqual([`Loaf-${id}`]);
  });

  it('include the sync table in an environment without a name', async () => {
    const settings = settingsOf({ 'api/bread': { conflictResolution: { resolutionStrategy: 'LAMBDA' } } });
    const resource = await onlyResource(meta, { settings, environment: 'NONE' });
    expect(namesOf(resource, 'table')).toEqual([`AmplifyDataStore-${id}`]);
  });
});

describe('why tables are unknown', () => {
  it.each([
    ['type Loaf @model {', 'its schema does not parse as GraphQL (line 1)'],
    ['type Loaf @model { id: ID!\n} }', 'its schema does not parse as GraphQL (line 2)'],
    [
      'input AMPLIFY { engine: String = "mysql" } type Loaf @model { id: ID! }',
      'its models are in a database of mysql, not in tables of its own',
    ],
  ])('%s', async (schema, why) => {
    const resource = await ofSchema(schema);
    expect(resource).toMatchObject({ tablesUnknown: why });
    expect(namesOf(resource, 'table')).toEqual([]);
  });

  it('because the schema was not read, or AWS did not show it', async () => {
    expect(await onlyResource(meta)).toMatchObject({ tablesUnknown: 'its schema was not read' });
    const settings = new Map([['api/bread', { state: 'unavailable', why: 'not_found' } as const]]);
    expect(await onlyResource(meta, { settings })).toMatchObject({
      tablesUnknown: 'its schema was not read: not_found',
    });
    expect(
      await onlyResource(meta, { settings: settingsOf({ 'api/bread': { apiName: 'x' } }) }),
    ).toMatchObject({
      tablesUnknown: 'its schema was not read',
    });
  });

  it('is absent for an API without tables', async () => {
    const added = { service: 'AppSync', output: { authConfig: {} } };
    const schemas = new Map([['api/it', 'type Loaf @model { id: ID! }']]);
    for (const entry of [added, entries.rest])
      expect(await onlyResource(metaOf({ api: { it: entry } }), { schemas })).not.toHaveProperty(
        'tablesUnknown',
      );
  });
});
