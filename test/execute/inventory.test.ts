/** The tables that stand in the plan of a deletion: read of the schema, or said to be unknown. */
import { expect, it } from 'vitest';
import { type Read, takeInventory } from '../../src/execute/inventory.ts';
import { operationOf } from '../../src/execute/reads.ts';

const appSync = { service: 'AppSync', output: { GraphQLAPIIdOutput: 'api1' } };

/** AWS, with an API of that schema. */
const reader =
  (transformSchema: unknown, facts: object = appSync): Read =>
  async toolName =>
    toolName === 'get_backend'
      ? { amplifyMetaConfig: { api: { shop: facts } } }
      : { resourceConfig: { transformSchema } };

async function goingWith(read: Read) {
  const args = { appId: 'd1shop', backendEnvironmentName: 'dev', resourceName: 'shop' };
  const inventory = await takeInventory(read, operationOf('delete_backend_api'), args, undefined);
  return inventory?.dev?.[0];
}

it('names the tables of the schema, and nothing that only looks like one', async () => {
  const schema = '# type Old @model { id: ID! }\ntype Real @auth(rules: [{allow: owner}]) @model { id: ID! }';
  expect(await goingWith(reader(schema))).toEqual({
    resource: 'api/shop',
    service: 'AppSync',
    holds: ['api1', 'Real-api1-dev'],
  });
});

it('reads a schema with a long comment as fast as any', async () => {
  const schema = `# ${'type x '.repeat(60_000)}\ntype Real @model { id: ID! }`;
  expect((await goingWith(reader(schema)))?.holds).toEqual(['api1', 'Real-api1-dev']);
});

it.each([
  ['type Real @model {', 'the schema does not parse as GraphQL (line 1)'],
  [' '.repeat(1_000_001), 'the schema is too large to be read (more than 1000000 characters)'],
  [undefined, 'the schema is not shown'],
])('says why it knows none, and never that there are none', async (schema, why) => {
  expect(await goingWith(reader(schema))).toMatchObject({
    holds: ['api1'],
    note: `its tables could not be listed because ${why}`,
  });
});

it('looks for no tables of an API that has no schema', async () => {
  expect(await goingWith(reader(undefined, { service: 'API Gateway', output: {} }))).not.toHaveProperty(
    'note',
  );
});
