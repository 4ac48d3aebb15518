/** `compare_environments` through real servers: what differs, what must differ, and what a clone lacks. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { generations, textOf } from '../support/clients.ts';
import { setScene } from '../support/scene.ts';
import { appId, on } from './cases/case.ts';

describe.each(generations)('$name', ({ connect }) => {
  const scene = setScene(connect);

  const compare = (left: string, right: string, app = 'shop') =>
    scene.client.callTool('compare_environments', { app, left, right });

  async function clone(): Promise<void> {
    await scene.client.callTool('clone_backend', on('dev', { targetEnvironmentName: 'qa' }));
    scene.sandbox.finishJobs();
  }

  it('finds a clone to be what its source is, although every id differs', async () => {
    await clone();
    const result = await compare('dev', 'qa');
    expect(result.structuredContent).toMatchObject({ appId, identical: true, differences: [] });
    expect(result.structuredContent.same).toEqual([
      'auth/shopauth',
      'api/shopapi',
      'storage/shopmedia',
      'function/shopOrderNotifier',
      'hosting/amplifyhosting',
    ]);
    expect(textOf(result)).toContain('dev and qa are set up alike');
  });

  it('tells what two environments have apart, as data and as a table', async () => {
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

  it('takes the app by its id as well', async () => {
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

  it('refuses an environment that is not there', async () => {
    expect((await compare('dev', 'gone')).structuredContent.error).toMatchObject({ code: 'not_found' });
  });

  it('asks which of two apps of one name is meant', async () => {
    const twin = { appId: 'd2twin', appName: 'shop', backendEnvironmentName: 'dev' };
    await scene.client.callTool('create_backend', twin);
    expect((await compare('dev', 'prod')).structuredContent.error).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringMatching(/d1sandboxshop and d2twin/),
    });
  });

  it('compares no secret, and says so', async () => {
    const result = await compare('dev', 'prod');
    expect(textOf(result)).toContain('Secrets are withheld');
    expect(JSON.stringify(result)).not.toMatch(/da2-/);
  });
});
