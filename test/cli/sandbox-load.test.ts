/** `sandbox --load`: files and folders of environments, in the command, read over real HTTP. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { clientFor, type Fields, send } from '../sandbox/support.ts';
import { cli, run, startChild, startProgram } from '../support/child.ts';
import { runInMemory, runWithServer } from '../support/command.ts';
import { entries, metaOf, providerOf } from '../support/metas.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'load-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function put(path: string, content: unknown): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const secrets = { STRIPE_KEY: 'sk_live_9s8d7f6g5h4j3k2l', DB_URL: 'postgres://baker:p4ssw0rd@db.example/x' };
const creds = JSON.stringify([{ ProviderName: 'Google', client_id: '77', client_secret: 'hunter2hunter2' }]);
const meta = metaOf({
  api: { bread: entries.graphql },
  auth: { secretsanta: { ...entries.oldAuth, hostedUIProviderCreds: creds } },
  function: { bake: { ...entries.lambda, environmentMap: secrets } },
});
const real = ['sk_live_9s8d7f6g5h4j3k2l', 'p4ssw0rd', 'hunter2', 'keykeykey', 'oldoldold'];

/** Runs the command in the test's own process, until the test has finished. @returns its output until it serves */
async function sandboxLines(...args: string[]): Promise<string[]> {
  const lines: string[] = [];
  let end = () => {};
  const interrupted = new Promise<void>(resolve => {
    end = resolve;
  });
  await new Promise<void>((serves, fails) => {
    const out = (line: string) => {
      lines.push(...line.split('\n'));
      if (line.includes('AWS_REGION')) serves();
    };
    const io = { out, interrupted: () => interrupted };
    const ended = runInMemory(['sandbox', '--port', '0', ...args], {}, { io });
    ended.then(({ stderr }) => fails(new Error(`ended: ${stderr}`)));
    onTestFinished(async () => {
      end();
      await ended;
    });
  });
  return lines;
}

/** Starts the command. @returns a function that calls its AmplifyBackend */
const sandboxWith = async (...args: string[]) => callsTo(await sandboxLines(...args));

/** @param lines the output of a sandbox @returns a function that calls its AmplifyBackend */
function callsTo(lines: readonly string[]) {
  const [url = ''] = /http:.*/.exec(lines.find(line => line.startsWith('sandbox on')) ?? '') ?? [];
  const client = clientFor(url);
  onTestFinished(() => client.destroy());
  return (operation: 'GetBackend' | 'GetBackendAPI', AppId: string, environment: string, more: Fields = {}) =>
    send(client, operation, { AppId, BackendEnvironmentName: environment, ...more });
}

describe('sandbox --load', () => {
  it('loads a meta, says which environment it is, and replaces its secrets', async () => {
    const file = put('meta/any.json', meta);
    const child = startChild(['sandbox', '--port', '0', '--load', file]);
    expect(await child.line(line => line.includes('loaded'))).toBe('# loaded "dev" of app d1bakery00001');
    await child.line(line => line.includes('AWS_REGION'));
    const call = callsTo(child.lines());
    const { AmplifyMetaConfig } = await call('GetBackend', 'd1bakery00001', 'dev');
    const loaded = JSON.parse(String(AmplifyMetaConfig));
    for (const secret of real) expect(AmplifyMetaConfig).not.toContain(secret);
    // A replaced secret still looks like a secret, so that it is treated as one.
    expect(loaded.api.bread.output.GraphQLAPIKeyOutput).toMatch(/^da2-[a-z]{26}$/);
    expect(loaded.function.bake.environmentMap.STRIPE_KEY).toMatch(/^sk_live_\w{16}$/);
    expect(loaded.auth.secretsanta.hostedUIProviderCreds).toContain('"client_id":"77"');
    expect({ ...loaded, api: 0, auth: 0, function: 0 }).toEqual({ ...meta, api: 0, auth: 0, function: 0 });
    expect(loaded.auth.secretsanta.output.UserPoolId).toBe('eu-west-1_Bakers001');
  });

  it('loads the folder of a project, with its schema, flags and stacks', async () => {
    const current = 'project/amplify/#current-cloud-backend';
    put(`${current}/amplify-meta.json`, `\ufeff${JSON.stringify(meta)}`);
    put(`${current}/api/bread/schema.graphql`, 'type Loaf @model { id: ID! }');
    put('project/amplify/cli.json', '{\n // ours\n "features": {}\n}');
    const name = 'amplify-bakery-dev-40404';
    put(`${current}/stacks/${name}.template.json`, { Description: 'mine', Resources: {} });
    put(`${current}/stacks/${name}.outputs.json`, [{ OutputKey: 'Region', OutputValue: 'eu-west-1' }]);
    const call = await sandboxWith('--load', join(folder, 'project'));
    expect(await call('GetBackend', 'd1bakery00001', 'dev')).toMatchObject({
      AppName: 'project',
      AmplifyFeatureFlags: expect.stringContaining('// ours'),
    });
    const api = await call('GetBackendAPI', 'd1bakery00001', 'dev', { ResourceName: 'bread' });
    expect(api.ResourceConfig).toMatchObject({ TransformSchema: 'type Loaf @model { id: ID! }' });
  });

  it('loads one or several documents of the control endpoint, from more than one path', async () => {
    const one = put('one.json', { appId: 'd1sandboxshop', environment: 'staging', meta });
    const several = put('several.json', [
      { appId: 'd1sandboxshop', environment: 'qa', meta: '{"a":1,}' },
      { appId: 'd1sandboxshop', environment: 'ghost', ghost: 'gone' },
    ]);
    const call = await sandboxWith('--load', one, '--load', several);
    const { BackendEnvironmentList } = await call('GetBackend', 'd1sandboxshop', 'staging');
    expect(BackendEnvironmentList).toEqual(['dev', 'prod', 'partner', 'staging', 'qa', 'ghost']);
    expect(await call('GetBackend', 'd1sandboxshop', 'qa')).toMatchObject({ AmplifyMetaConfig: '{"a":1,}' });
  });

  it('replaces invalid app ids by one valid id for each app', async () => {
    const of = (app: string, environment: string) => ({
      ...metaOf({ auth: { bakeryauth: entries.auth } }, environment),
      providers: { awscloudformation: { ...providerOf(environment), AmplifyAppId: app } },
    });
    const files = [
      put('ids/1.json', of('project-boards', 'dev')),
      put('ids/2.json', of('mood-board', 'dev')),
      put('ids/3.json', of('project-boards', 'qa')),
    ];
    const lines = await sandboxLines(...files.flatMap(file => ['--load', file]));
    expect(lines.filter(line => line.includes('loaded'))).toEqual([
      '# loaded "dev" of app d1loadedapp',
      '# loaded "dev" of app d1loadedapp2',
      '# loaded "qa" of app d1loadedapp',
    ]);
  });

  it('works as the documentation shows', async () => {
    const page = readFileSync('docs/reference/sandbox.md', 'utf8');
    const section = /## Your own environment in it\n([\s\S]*)/.exec(page)?.[1] ?? '';
    const blocks = [...section.matchAll(/```sh\n([^`]*)```/g)].map(([, lines = '']) => lines);
    const shown = (word: string) =>
      blocks
        .flatMap(block => block.split('\n'))
        .find(line => line.includes(word))
        ?.replace(/ +#.*/, '') ?? '';
    const [, load = ''] = /^amplify-backend-mcp (.*)$/.exec(shown('sandbox --load')) ?? [];
    const [, call = '', json = '{}'] = /^amplify-backend-mcp (call \w+) '(.*)'$/.exec(shown(' call ')) ?? [];
    const [, path = '', body = ''] =
      /^curl -X POST "\$AWS_ENDPOINT_URL(.*)" -d '(.*)'$/.exec(shown('curl')) ?? [];
    const { app, environment } = JSON.parse(json) as { app: string; environment: string };

    const provider = { ...providerOf(environment), AmplifyAppId: app };
    put('own/amplify/#current-cloud-backend/amplify-meta.json', {
      ...metaOf({ auth: { bakeryauth: entries.auth } }, environment),
      providers: { awscloudformation: provider },
    });
    const child = startProgram([cli, ...load.split(' '), '--port', '0'], {}, join(folder, 'own'));
    expect(await child.line(line => line.includes('loaded'))).toBe(`# loaded "${environment}" of app ${app}`);
    await child.line(line => line.includes('AWS_REGION'));
    const exported = [
      ...child
        .lines()
        .join('\n')
        .matchAll(/(AWS_\w+)=(\S+)/g),
    ];
    const env = Object.fromEntries(exported.map(([, name = '', value = '']) => [name, value]));
    const { code, stdout } = await runWithServer([...call.split(' '), json], env);
    expect(code).toBe(0);
    expect(stdout).toContain(provider.StackName);
    expect(JSON.parse(stdout)).toHaveProperty('plan.app', { id: app, name: 'own' });

    const response = await fetch(`${env.AWS_ENDPOINT_URL}${path}`, { method: 'POST', body });
    expect(await response.json()).toMatchObject({ appId: 'd1sandboxshop', environment: 'staging' });
  });

  it.each([
    ['a missing path', () => join(folder, 'nothing'), 'there is no'],
    ['a folder without a meta', () => dirname(put('empty/readme.txt', '')), 'has no amplify-meta.json'],
    [
      'a document with an unknown member',
      () => put('odd.json', { appId: 'd1x', environment: 'a', odd: 1 }),
      '"odd"',
    ],
  ])('exits 2 with one line for %s', async (what, path, words) => {
    const by = what === 'a missing path' ? run : runInMemory;
    const { code, stdout, stderr } = await by(['sandbox', '--port', '0', '--load', path()]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^[^\n]*flag --load: [^\n]*\n$/);
    expect(stderr).toContain(words);
  });
});
