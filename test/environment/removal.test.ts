/** What a deletion removes, what it leaves, and what is unknown. */
import { describe, expect, it } from 'vitest';
import {
  bucketsIn,
  namesOfThing,
  type Removal,
  type RemovalItem,
  removalOf,
} from '../../src/environment/index.ts';
import { hostileNames, unseenIn } from '../support/hostile-names.ts';
import { account, entries, metaOf, read, settingsOf } from '../support/metas.ts';

async function removal(meta: unknown, label?: string, more = {}): Promise<Removal> {
  const found = removalOf(await read(meta, more), label);
  if (found.state !== 'known') throw new Error(found.why);
  return found;
}

const told = (items: readonly RemovalItem[]) =>
  items.map(({ resource, holds }) => `${resource}: ${holds.flatMap(namesOfThing).join(', ')}`);

const neighbours = metaOf({ storage: { photos: entries.bucket, orders: entries.table } });

describe('of a whole environment', () => {
  it('removes everything, with its stack and the bucket of its deployments', async () => {
    const { goes, stays, unsure, breaks } = await removal(neighbours);
    expect(told(goes)).toEqual([
      'storage/photos: bakeryphotos40404-dev',
      expect.stringContaining('storage/orders: orders-dev'),
      expect.stringContaining('stack: amplify-bakery-dev-40404, amplify-bakery-dev-40404-deployment'),
    ]);
    expect([stays, unsure, breaks]).toEqual([[], [], []]);
    expect(bucketsIn(goes)).toEqual(['bakeryphotos40404-dev', 'amplify-bakery-dev-40404-deployment']);
  });

  it('does not list undeployed resources or unknown things', async () => {
    const added = { api: { bread: { service: 'AppSync', output: { authConfig: {} } } } };
    const schemas = new Map([['api/bread', 'type Loaf @model { id: ID! }']]);
    const { goes } = await removal(
      { providers: { awscloudformation: { Region: 'eu-west-1' } }, ...added },
      undefined,
      {
        schemas,
      },
    );
    expect(goes).toEqual([]);
  });

  it('is unknown for an unreadable environment', async () => {
    expect(removalOf(await read('{"a":1,}'))).toEqual({
      state: 'unknown',
      why: 'cannot be read: its amplifyMetaConfig is not JSON: it has a comma too many (line 1)',
    });
  });
});

describe('of one resource', () => {
  it('removes neither its neighbours nor the stack', async () => {
    const { goes } = await removal(neighbours, 'storage/photos');
    expect(told(goes)).toEqual(['storage/photos: bakeryphotos40404-dev']);
  });

  it('names the resources that need it', async () => {
    const meta = metaOf({ auth: { bakeryauth: entries.auth, userPoolGroups: entries.groups } });
    expect((await removal(meta, 'auth/bakeryauth')).breaks).toEqual(['auth/userPoolGroups']);
    expect((await removal(meta, 'auth/userPoolGroups')).breaks).toEqual([]);
  });

  it('distinguishes it from one with a slash in its category', async () => {
    const odd = metaOf({ storage: { 'a/b': entries.bucket }, 'storage/a': { b: entries.table } });
    const { goes } = await removal(odd, 'storage/a/b');
    expect(told(goes)).toEqual(['storage/a/b: bakeryphotos40404-dev']);
    expect((await removal(odd)).goes.map(({ resource }) => resource)).toEqual([
      'storage/a/b',
      'storage\\/a/b',
      'stack',
    ]);
  });

  it('may find none of that name', async () => {
    expect(await removal(neighbours, 'storage/phantoms')).toMatchObject({
      goes: [],
      unsure: [{ resource: 'storage/phantoms', why: 'the meta names no such resource' }],
    });
  });
});

describe('an imported resource', () => {
  const imported = (entry: object) => ({ ...entry, serviceType: 'imported' });

  it('stays, by name', async () => {
    const meta = metaOf({
      auth: { secretsanta: imported(entries.auth) },
      storage: { orders: imported(entries.table), photos: entries.bucket },
    });
    const { goes, stays } = await removal(meta);
    expect(told(stays)).toEqual([
      expect.stringContaining('auth/secretsanta: bakery_users, eu-west-1_Bakers001'),
      expect.stringContaining('storage/orders: orders-dev'),
    ]);
    expect(JSON.stringify(goes)).not.toMatch(/orders-dev|Bakers001/);
    expect((await removal(meta, 'storage/orders')).goes).toEqual([]);
  });

  it('stays also if a custom stack names it', async () => {
    const output = { OrdersTable: entries.table.output.Arn, LedgerName: 'orders-dev', Mine: 'mine-dev' };
    const meta = metaOf({
      storage: { orders: imported(entries.table) },
      custom: { extra: { service: 'customCloudformation', output } },
    });
    const { goes } = await removal(meta);
    expect(told(goes)[0]).toBe('custom/extra: extra, mine-dev');
  });

  it('does not keep a thing of another kind with the same name', async () => {
    const meta = metaOf({
      storage: { orders: imported(entries.table) },
      function: {
        orders: {
          service: 'Lambda',
          output: { Name: 'orders-dev', Arn: `arn:aws:lambda:x:${account}:function:o` },
        },
      },
    });
    expect(told((await removal(meta)).goes)[0]).toBe('function/orders: orders-dev');
  });
});

describe('unknown are', () => {
  const unsureOf = async (categories: object, more = {}) =>
    (await removal(metaOf({ ...categories }), undefined, more)).unsure;

  it('the tables of an API whose schema was not read', async () => {
    expect(await unsureOf({ api: { bread: entries.graphql } })).toEqual([
      { resource: 'api/bread', why: 'its schema was not read, so not all of its tables are named' },
    ]);
    const settings = settingsOf({ 'api/bread': { transformSchema: 'type Loaf @model { id: ID! }' } });
    expect(await unsureOf({ api: { bread: entries.graphql } }, { settings })).toEqual([]);
  });

  it('the contents of a custom stack and of an unknown service', async () => {
    const unsure = await unsureOf({ custom: { extra: entries.custom }, xr: { scene: entries.unknown } });
    expect(unsure.map(({ resource }) => resource)).toEqual(['custom/extra', 'xr/scene']);
    const silent = { service: 'Sumerian', lastPushTimeStamp: '2024-03-02T01:00:00.000Z' };
    expect(await unsureOf({ xr: { scene: silent } })).toEqual([
      { resource: 'xr/scene', why: 'the meta names nothing that it holds' },
    ]);
  });

  it('described in sentences that quote the names of services', async () => {
    for (const [what, service] of Object.entries(hostileNames)) {
      const entry = { service, output: { Arn: 'arn:aws:s3:::b' } };
      const [found] = await unsureOf({ cat: { r: entry } });
      expect(found?.why, what).toMatch(/^what its outputs name .* may be removed$/);
      expect(unseenIn(found?.why ?? ''), what).toEqual([]);
      expect(found?.why.length, what).toBeLessThan(300);
    }
  });

  it('the contents of an output without a name', async () => {
    const arn = `arn:aws:lambda:eu-west-1:${account}:function:jjj`;
    const lambda = (output: unknown) => metaOf({ function: { it: { service: 'Lambda', output } } });
    const named = await removal(lambda(arn));
    expect(told(named.goes)[0]).toBe('function/it: jjj');
    expect(named.unsure[0]).toEqual({
      resource: 'function/it',
      why: expect.stringContaining('its output is a single value'),
    });
    for (const output of ['mode=A', 7, true]) {
      const { goes, unsure } = await removal(lambda(output));
      expect(told(goes)[0]).toBe('function/it: ');
      expect(unsure).toMatchObject([{ resource: 'function/it' }]);
    }
    for (const output of ['', null]) expect((await removal(lambda(output))).unsure).toEqual([]);
  });

  it('the contents of a resource that was pushed without outputs', async () => {
    const entry = { service: 'Cognito', lastPushTimeStamp: '2024-03-02T01:00:00.000Z' };
    expect(await unsureOf({ auth: { bakeryauth: entry } })).toEqual([
      { resource: 'auth/bakeryauth', why: expect.stringContaining('it was pushed') },
    ]);
  });
});
