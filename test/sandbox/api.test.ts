/** An API, and the data models that are generated from its schema. */
import { describe, expect, it } from 'vitest';
import { generateModels } from '../../src/sandbox/graphql-models.ts';
import { configOf, dev, type Fields, jobMs, qa, setTestBed } from './support.ts';

const bed = setTestBed();
const api = { ResourceName: 'shopapi' };
const bare = () => bed.finish('CreateBackend', { ...qa, AppName: 'shop' });

describe('API', () => {
  const models = (environment: Fields, name: Fields = api) =>
    bed.call('GetBackendAPIModels', { ...environment, ...name });

  it('has no models at first, LATEST ones once generated, STALE ones after its schema changed', async () => {
    await bare();
    const orders = { ...qa, ResourceName: 'orders' };
    const TransformSchema =
      'type Pet @model @auth(rules: [{ allow: public }]) { id: ID! name: String owner: Owner @hasOne }\ntype Owner @model { id: ID! pets: [Pet!]! }\ntype Note { text: String }';
    await bed.finish('CreateBackendAPI', {
      ...orders,
      ResourceConfig: { TransformSchema, DefaultAuthType: { Mode: 'API_KEY' } },
    });
    expect(await models(orders, {})).toEqual({ Status: 'STALE' });

    await bed.finish('GenerateBackendAPIModels', orders);
    const latest = await models(orders, {});
    expect(latest.Status).toBe('LATEST');
    const parsed = JSON.parse(String(latest.Models));
    expect(Object.keys(parsed.models)).toEqual(['Pet', 'Owner']);
    expect(parsed.models.Pet.fields).toMatchObject({
      id: { type: 'ID', isRequired: true, isArray: false },
      name: { type: 'String', isRequired: false },
      owner: { type: { model: 'Owner' } },
    });
    expect(parsed.models.Owner.fields.pets).toMatchObject({
      type: { model: 'Pet' },
      isArray: true,
      isRequired: true,
    });
    expect(JSON.parse(String(latest.ModelIntrospectionSchema))).toMatchObject({
      version: 1,
      models: { Pet: { name: 'Pet' } },
    });

    await bed.finish('UpdateBackendAPI', { ...orders, ResourceConfig: { ApiName: 'renamed' } });
    expect(await models(orders, {})).toEqual(latest);
    await bed.finish('UpdateBackendAPI', {
      ...orders,
      ResourceConfig: { TransformSchema: 'type Cat @model { id: ID! }' },
    });
    expect(await models(orders, {})).toEqual({ ...latest, Status: 'STALE' });
    expect(await configOf(bed, 'GetBackendAPI', orders)).toMatchObject({
      ApiName: 'renamed',
      DefaultAuthType: { Mode: 'API_KEY' },
    });
  });

  it('reads a schema in any layout', () => {
    const schema =
      'type Pet\n  @model\n{ # a { comment }\n  id\t:\n ID !\n  "a text: [x]" tags : [ String ! ] !\n}';
    expect(JSON.parse(generateModels(schema).models).models.Pet.fields).toEqual({
      id: { name: 'id', type: 'ID', isArray: false, isRequired: true, attributes: [] },
      tags: { name: 'tags', type: 'String', isArray: true, isRequired: true, attributes: [] },
    });
  });

  it('survives schemas that are only long', () => {
    const long = 300_000;
    for (const schema of [
      `type A @model {${'x'.repeat(long)}}`,
      'x'.repeat(long),
      `type A @model { a:${' '.repeat(long)}! }`,
      '('.repeat(long),
      'type A '.repeat(long / 7),
      '"'.repeat(long),
      `type A @model {${'a '.repeat(long)}}`,
    ]) {
      expect(JSON.parse(generateModels(schema).models)).toHaveProperty('version');
    }
  });

  it('has LATEST models in the seed', async () => {
    const { Models, Status } = await models(dev);
    expect(Status).toBe('LATEST');
    expect(Object.keys(JSON.parse(String(Models)).models)).toEqual([
      'Product',
      'Order',
      'OrderItem',
      'Review',
    ]);
  });

  it('is gone when its deletion job ends', async () => {
    await bed.call('DeleteBackendAPI', { ...dev, ...api });
    await configOf(bed, 'GetBackendAPI', { ...dev, ...api });
    bed.advance(jobMs);
    expect(await bed.refusal('GetBackendAPI', { ...dev, ...api })).toMatchObject({ ResourceType: 'API' });
  });
});
