/** `compare_environments` through real servers: what differs, what always differs, and what a clone lacks. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { generations, type ToolResult, textOf } from '../support/clients.ts';
import { entries, metaOf } from '../support/metas.ts';
import { setScene } from '../support/scene.ts';
import { seededLabels } from '../support/seed.ts';
import { appId, on } from './cases/case.ts';

describe.each(generations)('$name', ({ connect }) => {
  const scene = setScene(connect);

  const compare = (left: string, right: string, app = 'shop') =>
    scene.client.callTool('compare_environments', { app, left, right });

  async function clone(): Promise<void> {
    await scene.client.callTool('clone_backend', on('dev', { targetEnvironmentName: 'qa' }));
    scene.sandbox.finishJobs();
  }

  it('finds no difference between a clone and its source, although every id differs', async () => {
    await clone();
    const result = await compare('dev', 'qa');
    expect(result.structuredContent).toMatchObject({ appId, identical: true, differences: [] });
    expect(result.structuredContent.same).toEqual(seededLabels('dev'));
    expect(textOf(result)).toContain('dev and qa are set up alike');
  });

  it('shows the differences of two environments as data and as a table', async () => {
    const result = await compare('dev', 'prod');
    const { differences, identical } = result.structuredContent as {
      differences: Json[];
      identical: boolean;
    };
    expect(identical).toBe(false);
    const paths = differences.map(({ path }) => String(path));
    expect(paths).toContain('function/shopOrderNotifier');
    expect(paths.some(path => path.startsWith('api/shopapi/transformSchema/'))).toBe(true);
    expect(paths.join('\n')).not.toMatch(/userPoolName|bucketName|cognitoUserPoolId/);
    expect(textOf(result)).toContain('| setting | dev | prod |');
    for (const path of paths) expect(textOf(result)).toContain(path);
  });

  it('says that an environment is empty', async () => {
    await scene.sandbox.order('CloneBackend', 'clone-leaves-empty-environment');
    await clone();
    const result = await compare('dev', 'qa');
    expect(result.structuredContent).toMatchObject({ identical: false });
    expect(textOf(result)).toContain('qa has no resources');
    expect(result.structuredContent.differences).toContainEqual(
      expect.objectContaining({ path: 'auth/shopauth', is: 'only left' }),
    );
  });

  it("accepts the app's id", async () => {
    expect((await compare('dev', 'dev', appId)).structuredContent).toMatchObject({ appId, identical: true });
  });

  it.each([
    ['an app that is not there', 'nothing', 'not_found', 'list_apps'],
    ['an id that nobody has', 'd1nobody', 'not_found', ''],
  ])('refuses %s', async (_, app, code, hint) => {
    const { isError, structuredContent } = await compare('dev', 'prod', app);
    expect(isError).toBe(true);
    expect(structuredContent.error).toMatchObject({ code, hint: expect.stringContaining(hint) });
  });

  it('refuses an unknown environment', async () => {
    expect((await compare('dev', 'gone')).structuredContent.error).toMatchObject({ code: 'not_found' });
  });

  it('asks which of two apps with the same name is meant', async () => {
    const twin = { appId: 'd2twin', appName: 'shop', backendEnvironmentName: 'dev' };
    await scene.client.callTool('create_backend', twin);
    expect((await compare('dev', 'prod')).structuredContent.error).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringMatching(/d1sandboxshop and d2twin/),
    });
  });

  it('compares no secret, and says so', async () => {
    const result = await compare('dev', 'prod');
    expect(textOf(result)).toContain('Also not compared: secrets, which are withheld');
    expect(JSON.stringify(result)).not.toMatch(/da2-/);
  });

  describe('real environments', () => {
    const categories = {
      auth: { bakeryauth: entries.auth, userPoolGroups: entries.groups },
      api: { bread: entries.graphql, ovens: entries.rest },
      storage: { photos: entries.bucket, orders: entries.table },
      function: { bake: entries.lambda },
    };
    const load = (environment: string, meta: unknown, more: Json = {}) =>
      scene.sandbox.load({ environment, meta, ...more });
    const loadTwins = async (
      schemas: readonly [string, string] = ['type A @model { id: ID! }', 'type A @model { id: ID! }'],
    ) => {
      await load('left', metaOf(categories, 'left'), { schema: schemas[0] });
      await load('right', metaOf(categories, 'right'), { schema: schemas[1] });
    };

    it.each(['not-found', 'bad-request', 'empty'])(
      'have only managed settings read, where AWS answers %s for the others',
      async unmanaged => {
        await scene.sandbox.set({ unmanaged });
        await loadTwins();
        const { structuredContent, isError } = await compare('left', 'right');
        expect(isError).toBeFalsy();
        expect(structuredContent).toMatchObject({ identical: true, differences: [] });
        expect(structuredContent.resources).toEqual([
          { resource: 'auth/bakeryauth', comparedBy: 'settings', differences: 0 },
          { resource: 'auth/userPoolGroups', comparedBy: 'outputs', differences: 0 },
          { resource: 'api/bread', comparedBy: 'settings', differences: 0 },
          { resource: 'api/ovens', comparedBy: 'outputs', differences: 0 },
          { resource: 'storage/photos', comparedBy: 'settings', differences: 0 },
          { resource: 'storage/orders', comparedBy: 'outputs', differences: 0 },
          expect.objectContaining({ resource: 'function/bake', differences: 0 }),
        ]);
        const asked = async (operation: string) => (await scene.sandbox.verdicts(operation)).length;
        expect([
          await asked('GetBackendAuth'),
          await asked('GetBackendAPI'),
          await asked('GetBackendStorage'),
        ]).toEqual([2, 2, 2]);
      },
    );

    it('have a text that says which parts were not compared', async () => {
      await loadTwins();
      const text = textOf(await compare('left', 'right'));
      expect(text).toContain('left and right are set up alike, as far as they were compared.');
      expect(text).toMatch(/- its code[^:]*: function\/bake/);
      expect(text).toContain('- by their settings: auth/bakeryauth, api/bread, storage/photos');
      expect(text).not.toContain('"comparedBy"');
    });

    it('that cannot be read are neither alike nor different, with the reason', async () => {
      await load('left', metaOf(categories, 'left'));
      await load('right', '<<<<<<< HEAD\n{}');
      const result = await compare('left', 'right');
      expect(result.structuredContent).toMatchObject({
        identical: false,
        unreadable: [expect.stringMatching(/^right cannot be read: its amplifyMetaConfig .*merge conflict/)],
      });
      expect(textOf(result)).toContain('right cannot be read: its amplifyMetaConfig');
      expect(textOf(result)).not.toContain('alike, as far');
    });

    it('that AWS lists and refuses to read are reported as such', async () => {
      await load('left', metaOf(categories, 'left'));
      await load('right', metaOf(categories, 'right'), { ghost: 'The specified bucket does not exist' });
      const result = await compare('left', 'right');
      expect(textOf(result)).toMatch(
        /right is listed, but AWS refuses to read it: .*The specified bucket does not exist/,
      );
      expect(result.structuredContent).toMatchObject({ identical: false });
    });

    it('are compared in one selected resource, page by page if that is long', async () => {
      const schemaOf = (field: string) =>
        Array.from({ length: 200 }, (_, at) => `type T${at} @model { id: ID! ${field}: Int }`).join('\n');
      await loadTwins([schemaOf('a'), schemaOf('b')]);
      const page = (more: Json) =>
        scene.client.callTool('compare_environments', { app: 'shop', left: 'left', right: 'right', ...more });
      const one = await page({ resource: 'function' });
      expect(one.structuredContent).toMatchObject({ identical: true, same: ['function/bake'] });
      expect(textOf(one)).toContain('In function: left and right are set up alike');
      const [first, second] = [
        await page({ resource: 'api/bread' }),
        await page({ resource: 'api/bread', page: 2 }),
      ];
      expect(textOf(first)).toMatch(/400 differences between[\s\S]*Page 1 of \d+, of 400 differences/);
      const pathsOf = ({ structuredContent }: ToolResult) =>
        (structuredContent.differences as Json[]).map(({ path }) => path);
      expect(pathsOf(second).filter(path => pathsOf(first).includes(path))).toEqual([]);
      for (const result of [first, second]) expect(textOf(result).length).toBeLessThan(12_000);
      expect((await page({ resource: 'nothing' })).structuredContent.error).toMatchObject({
        code: 'invalid_arguments',
        message: expect.stringContaining('auth/bakeryauth'),
      });
    });
  });
});
