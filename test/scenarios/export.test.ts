/**
 * `export_environment` through real servers: one document, identical each time, without secrets, and as a
 * resource.
 */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { generations, textOf, today } from '../support/clients.ts';
import { setScene } from '../support/scene.ts';
import { seededLabels, seededResources } from '../support/seed.ts';
import { appId, on } from './cases/case.ts';

const uriOf = (environment: string) => `amplify-backend://apps/${appId}/environments/${environment}/snapshot`;

const namesIn = (wanted: string) =>
  seededResources('dev')
    .flatMap(({ category, name }) => (category === wanted ? [name] : []))
    .sort();

/** A document without the time at which it was written. */
const undated = ({ exportedAt, ...document }: Json) => {
  expect(Date.parse(String(exportedAt))).not.toBeNaN();
  return document;
};

describe.each(generations)('$name', ({ connect }) => {
  const scene = setScene(connect);
  const call = (environment: string, app = 'shop') =>
    scene.client.callTool('export_environment', { app, environment });

  it('exports what the API knows about an environment', async () => {
    const result = await call('dev');
    const { snapshot, uri } = result.structuredContent as { snapshot: Json; uri: string };
    expect(uri).toBe(uriOf('dev'));
    expect(snapshot).toMatchObject({
      ...{ format: 'amplify-backend-snapshot', version: 1, environment: 'dev', region: 'us-east-1' },
      app: { appId, appName: 'shop' },
      auth: { resourceName: 'shopauth', resourceConfig: { userPoolConfigs: { signInMethod: 'EMAIL' } } },
      api: { resourceName: 'shopapi', resourceConfig: { defaultAuthType: { mode: 'API_KEY' } } },
      storage: { resourceName: 'shopmedia', resourceConfig: { permissions: { unAuthenticated: ['READ'] } } },
      models: 'LATEST',
      functions: namesIn('function'),
      hosting: namesIn('hosting'),
      others: [
        { category: 'analytics', resourceName: 'shopanalytics' },
        { category: 'api', resourceName: 'shopwebhooks' },
        { category: 'auth', resourceName: 'userPoolGroups' },
        { category: 'storage', resourceName: 'shopcarts' },
      ],
    });
    expect((snapshot.api as Json).schema).toContain(
      'type Review @model @auth(rules: [{ allow: owner }, { allow: public, operations: [read] }]) {',
    );
    expect(textOf(result)).toContain('auth/shopauth, api/shopapi, storage/shopmedia');
    const [, byName = ''] = /By name only: (.*)\.$/m.exec(textOf(result)) ?? [];
    const withSettings = ['auth/shopauth', 'api/shopapi', 'storage/shopmedia'];
    expect(byName.split(', ').sort()).toEqual(
      seededLabels('dev')
        .filter(label => !withSettings.includes(label))
        .sort(),
    );
    expect(textOf(result)).toContain(
      'The snapshot does not contain data, files, users or the code of functions.',
    );
  });

  it('is identical each time, and as a resource', async () => {
    const [first, second] = [await call('dev'), await call('dev', appId)];
    const { contents } = await scene.client.readResource(uriOf('dev'));
    const read = JSON.parse(contents[0]?.text ?? '');
    expect(undated(second.structuredContent.snapshot as Json)).toEqual(
      undated(first.structuredContent.snapshot as Json),
    );
    expect(undated(read)).toEqual(undated(first.structuredContent.snapshot as Json));
    expect(Object.keys(read)).toEqual(Object.keys(first.structuredContent.snapshot as Json));
  });

  it('names what was withheld, and holds no secret', async () => {
    const result = await call('dev');
    const { withheld } = result.structuredContent.snapshot as { withheld: string[] };
    expect(withheld).toContain(
      'auth/resourceConfig/userPoolConfigs/oAuth/socialProviderSettings/Google/client_secret',
    );
    expect(withheld).toEqual([...withheld].sort());
    expect(JSON.stringify(result)).not.toMatch(/sandbox-google-client-secret|da2-/);
  });

  it('includes the ids of imported resources', async () => {
    await scene.client.callTool('create_backend', on('one', { appName: 'shop' }));
    scene.sandbox.finishJobs();
    const ids = { userPoolId: 'us-east-1_Elsewhere', webClientId: 'web1', nativeClientId: 'native1' };
    await scene.client.callTool('import_backend_auth', on('one', ids));
    scene.sandbox.finishJobs();
    const { structuredContent } = await call('one');
    expect(structuredContent.snapshot).toMatchObject({ auth: { imported: ids } });
  });

  it('says that an environment that was never deployed cannot be restored', async () => {
    await scene.client.callTool('create_backend', on('one', { appName: 'shop' }));
    const result = await call('one');
    expect(result.structuredContent.snapshot).toMatchObject({
      environment: 'one',
      functions: [],
      withheld: [],
    });
    expect(textOf(result)).toContain('never deployed');
  });

  it.each([
    ['gone', 'shop'],
    ['dev', 'none'],
  ])('refuses %s of %s', async (environment, app) => {
    expect((await call(environment, app)).structuredContent.error).toMatchObject({ code: 'not_found' });
  });

  it('sends an update when its environment changes', async () => {
    const watch = await scene.client.subscribe(uriOf('dev'));
    await scene.client.callTool('generate_backend_api_models', on('dev', { resourceName: 'shopapi' }));
    await watch.next();
    await watch.stop();
  });

  it('completes its URI, and refuses one that names nothing', async () => {
    const uri = 'amplify-backend://apps/{appId}/environments/{backendEnvironmentName}/snapshot';
    const ref = { type: 'ref/resource', uri } as const;
    const argument = { name: 'backendEnvironmentName', value: 'd' };
    expect(await scene.client.complete({ ref, argument, context: { arguments: { appId } } })).toMatchObject({
      values: ['dev'],
    });
    await expect(scene.client.readResource(uriOf('gone'))).rejects.toMatchObject({ code: -32602 });
  });
});

describe('with revealed secrets', () => {
  const { connect } = today;
  const scene = setScene(connect, ['--reveal-secrets']);

  it('a snapshot still holds none', async () => {
    const result = await scene.client.callTool('export_environment', { app: 'shop', environment: 'dev' });
    expect(JSON.stringify(result)).toContain('Your code is');
    expect(JSON.stringify(result)).not.toContain('sandbox-google-client-secret');
  });
});
