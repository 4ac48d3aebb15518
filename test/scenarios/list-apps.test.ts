/** `list_apps` through real servers: ids for names, among the apps that the configuration allows. */
import { describe, expect, it } from 'vitest';
import { generations, textOf } from '../support/clients.ts';
import { setHome } from '../support/home.ts';
import { shareClients } from '../support/scene.ts';
import { appId } from './cases/case.ts';

const home = setHome({});

describe.each(generations)('$name', ({ connect, connectHere }) => {
  const share = shareClients(connect, connectHere);
  const open = (flags: readonly string[] = [], env = home.sandbox.env) => share(env, flags);

  it('names the apps and their URIs', async () => {
    const client = await open();
    const { structuredContent } = await client.callTool('list_apps');
    expect(structuredContent).toEqual({
      summary: `1 Amplify app: shop (${appId}).`,
      apps: [
        {
          appId,
          name: 'shop',
          createdAt: expect.stringMatching(/^\d{4}-/),
          updatedAt: expect.stringMatching(/^\d{4}-/),
          uri: `amplify-backend://apps/${appId}`,
        },
      ],
    });
  });

  it('sorts them by name, so that equal names are adjacent', async () => {
    const client = await open();
    for (const [id, name] of [
      ['d3zoo', 'zoo'],
      ['d2twin', 'shop'],
      ['d4bar', 'bar'],
    ])
      await client.callTool('create_backend', { appId: id, appName: name, backendEnvironmentName: 'dev' });
    const { apps } = (await client.callTool('list_apps')).structuredContent as { apps: { appId: string }[] };
    expect(apps.map(app => app.appId)).toEqual(['d4bar', appId, 'd2twin', 'd3zoo']);
  });

  it('stays short for hundreds of apps, and says how to name one that is left out', async () => {
    const client = await open();
    for (let at = 0; at < 160; at++)
      await home.sandbox.load({ appId: `d${at}many`, appName: `many-${at}`, environment: 'dev', meta: {} });
    const result = await client.callTool('list_apps');
    expect(textOf(result).length).toBeLessThan(6_000);
    expect(textOf(result)).toMatch(/and \d+ more: tools take an app's name in place of its id\.$/);
  });

  it('leaves out excluded apps, and says how many', async () => {
    const client = await open(['--apps', 'd1mine']);
    const result = await client.callTool('list_apps');
    expect(result.structuredContent).toMatchObject({ apps: [], notes: [expect.stringMatching(/^1 more/)] });
    expect(textOf(result)).not.toContain(appId);
  });
});

// One process has the credentials of one client at a time: those above are closed.
describe.each(generations)('$name with wrong credentials', ({ connectHere }) => {
  const share = shareClients(connectHere);

  it('names the missing permission if AWS refuses', async () => {
    const wrong = { ...home.sandbox.env, AWS_SECRET_ACCESS_KEY: 'wrong' };
    const { isError, structuredContent } = await (await share(wrong)).callTool('list_apps');
    expect(isError).toBe(true);
    expect(structuredContent.error).toMatchObject({ code: 'credentials_refused' });
  });
});
