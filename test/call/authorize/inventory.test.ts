/** The inventory in the plan of a deletion: what is deleted, by name, what stays, and what is unknown. */
import { describe, expect, it } from 'vitest';
import { type DeletionInventory, readInventory } from '../../../src/call/authorize/inventory.ts';
import type { Read } from '../../../src/call/read-environment.ts';
import { operationOf } from '../../../src/call/reads.ts';
import { ServerError } from '../../../src/errors.ts';
import { entries, metaOf } from '../../support/metas.ts';

const refusal = () => new ServerError('bad_request', { message: 'AWS says (quoted data): "no bucket"' });

/** AWS, with environments by their metas; one whose meta is an error is listed, and its read fails. */
const awsWith =
  (metas: Readonly<Record<string, unknown>>, schema?: string | ServerError): Read =>
  async (toolName, { backendEnvironmentName: name }) => {
    if (toolName !== 'get_backend') {
      if (schema instanceof ServerError) throw schema;
      return { resourceConfig: { transformSchema: schema } };
    }
    if (name === undefined) return { appName: 'Bakery', backendEnvironmentList: Object.keys(metas) };
    const meta = metas[String(name)];
    if (meta === undefined) throw new ServerError('not_found');
    if (meta instanceof ServerError) throw meta;
    return { amplifyMetaConfig: meta };
  };

const where = { appId: 'd1bakery00001', backendEnvironmentName: 'dev' };

async function takenBy(
  toolName: string,
  read: Read,
  more: object = {},
  environments?: string[],
): Promise<DeletionInventory> {
  const taken = await readInventory(read, operationOf(toolName), { ...where, ...more }, environments);
  if (!taken) throw new Error('nothing is taken');
  return taken;
}

describe('a deletion of one resource', () => {
  const storage = { photos: entries.bucket, orders: entries.table };
  const meta = metaOf({
    storage,
    function: {
      bake: { ...entries.lambda, dependsOn: [{ category: 'storage', resourceName: 'photos' }] },
    },
  });

  it('shows that resource and those that need it, without its neighbours', async () => {
    const { goes, remarks } = await takenBy('delete_backend_storage', awsWith({ dev: meta }), {
      resourceName: 'photos',
    });
    expect(goes.dev?.map(({ resource }) => resource)).toEqual(['storage/photos']);
    expect(remarks.join(' ')).toContain('function/bake');
  });

  it('that is not in the meta says so, and names no other', async () => {
    const { goes } = await takenBy('delete_backend_storage', awsWith({ dev: meta }), {
      resourceName: 'files',
    });
    expect(goes.dev).toEqual([
      {
        ...{ resource: 'storage/files', service: 'unknown', holds: [] },
        note: 'the meta names no such resource',
      },
    ]);
  });

  it('that was imported deletes nothing, and names what stays', async () => {
    const orders = { ...entries.table, serviceType: 'imported', output: { Name: 'company-orders' } };
    const { goes, stays } = await takenBy(
      'delete_backend_storage',
      awsWith({ dev: metaOf({ storage: { orders } }) }),
      { resourceName: 'orders' },
    );
    expect(goes.dev).toEqual([]);
    expect(stays).toEqual(['storage/orders: company-orders — imported, stays']);
  });
});

describe('the tables of an API', () => {
  const api = { resourceName: 'bread' };
  const meta = metaOf({ api: { bread: entries.graphql, ovens: entries.rest } });
  const tablesWith = async (schema: string | undefined | ServerError) =>
    (await takenBy('delete_backend_api', awsWith({ dev: meta }, schema), api)).goes.dev?.[0];

  it("are those of the schema's models only", async () => {
    const schema =
      '# type Old @model { id: ID! }\ntype Real @auth(rules: [{allow: owner}]) @model { id: ID! }';
    const holds = (await tablesWith(schema))?.holds.join(' ');
    expect(holds).toMatch(/\bReal-\w+-dev\b/);
    expect(holds).not.toContain('Old-');
  });

  it.each([
    ['type Real @model {', 'does not parse as GraphQL'],
    [' '.repeat(1_000_001), 'is too large to be read'],
    [undefined, 'was not read'],
    [new ServerError('bad_request'), 'was not read: AWS refuses to show its settings (bad_request)'],
  ])('that are unknown are not reported as none (%#)', async (schema, why) => {
    expect((await tablesWith(schema))?.note).toContain(why);
    expect((await tablesWith(schema))?.note).toContain('not all of its tables are named');
  });

  it('include a search domain of unknown name', async () => {
    const schema = 'type Loaf @model @searchable { id: ID! }';
    expect((await tablesWith(schema))?.holds).toContain('a search domain');
  });

  it('do not affect a REST API, which is named without a read', async () => {
    const asked: unknown[] = [];
    const read = awsWith({ dev: meta }, 'type Loaf @model { id: ID! }');
    const { goes } = await takenBy('delete_backend', async (tool, args) => {
      asked.push(args.resourceName);
      return read(tool, args);
    });
    expect(goes.dev?.map(({ resource }) => resource)).toEqual(['api/bread', 'api/ovens', 'stack']);
    expect(asked).not.toContain('ovens');
  });
});

describe('an environment that cannot be read', () => {
  const ghost = { dev: refusal(), qa: metaOf({ storage: { photos: entries.bucket } }) };

  it("is deleted as a whole, with AWS's words and the command for a person", async () => {
    const { goes, notItemized, remarks } = await takenBy('delete_backend', awsWith(ghost));
    expect(goes).toEqual({});
    expect(notItemized).toEqual(['dev']);
    const said = remarks.join('\n');
    expect(said).toContain('dev is listed, but AWS refuses to read it: AWS says (quoted data): "no bucket"');
    expect(said).toContain(
      'aws amplify delete-backend-environment --app-id d1bakery00001 --environment-name dev',
    );
  });

  it('does not prevent the inventory of the others', async () => {
    const { goes, notItemized } = await takenBy('remove_all_backends', awsWith(ghost), {}, ['dev', 'qa']);
    expect(Object.keys(goes)).toEqual(['qa']);
    expect(notItemized).toEqual(['dev']);
  });

  it.each([
    ['<<<<<<< HEAD\n{}', 'merge conflict'],
    ['{"auth":{},}', 'a comma too many'],
  ])('because of the meta %j is not reported as empty', async (meta, why) => {
    const { notItemized, remarks } = await takenBy('delete_backend', awsWith({ dev: meta }));
    expect(notItemized).toEqual(['dev']);
    expect(remarks[0]).toContain(why);
  });

  it('with shell characters in its name has no complete command', async () => {
    const name = 'x;id';
    const { remarks } = await takenBy('remove_all_backends', awsWith({ [name]: refusal() }), {}, [name]);
    expect(remarks.join('\n')).toContain('--environment-name NAME (');
  });

  it.each(['throttled', 'credentials_expired', 'cancelled'] as const)(
    'because of a failure of another kind fails the inventory: %s',
    async code => {
      const aws = awsWith({ dev: new ServerError(code) });
      await expect(takenBy('delete_backend', aws)).rejects.toMatchObject({ code });
    },
  );

  it('that is not listed is refused with the existing names', async () => {
    const aws = awsWith({ prod: metaOf({}) });
    await expect(takenBy('delete_backend', aws)).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('it has (quoted data): prod'),
    });
  });
});

it('other entries of the meta are reported as unread', async () => {
  const { remarks } = await takenBy('delete_backend', awsWith({ dev: metaOf({ auth: 'text' }) }));
  expect(remarks.join(' ')).toContain('could not be read, and may be deleted without being named here: auth');
});
