/**
 * The MCP bundle (`npm run bundle`): packed, unpacked and started as a desktop host does, with the format's
 * own library.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getMcpConfigForManifest } from '@anthropic-ai/mcpb/node';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, expect, it } from 'vitest';
import pkg from '../package.json' with { type: 'json' };
import { settingsTable } from '../src/server/settings.ts';
import { childEnv } from './support/child.ts';

type Manifest = Parameters<typeof getMcpConfigForManifest>[0]['manifest'];

const root = new URL('..', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
const unpacked = join(folder, 'unpacked');
let manifest: Manifest;

beforeAll(() => {
  // Packs the tests' own build.
  execFileSync(process.execPath, ['scripts/bundle.mjs', folder], { cwd: root });
  const file = join(folder, `${pkg.name}-${pkg.version}.mcpb`);
  execFileSync(join(root, 'node_modules/.bin/mcpb'), ['unpack', file, unpacked]);
  manifest = JSON.parse(readFileSync(join(unpacked, 'manifest.json'), 'utf8')) as Manifest;
});

afterAll(() => rmSync(folder, { recursive: true }));

/** A client of the unpacked bundle, started with what a person entered in the host's form. */
async function start(entered: Record<string, string | boolean>): Promise<Client> {
  const config = await getMcpConfigForManifest({
    ...{ manifest, extensionPath: unpacked, systemDirs: {}, pathSeparator: '/' },
    userConfig: entered,
  });
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(
    new StdioClientTransport({
      command: config?.command === 'node' ? process.execPath : '',
      args: config?.args ?? [],
      env: childEnv(config?.env),
      cwd: folder,
      stderr: 'ignore',
    }),
  );
  return client;
}

it('starts without settings, and lists every tool', async () => {
  const client = await start({});
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['clone_environment', 'delete_backend']),
  );
  expect(client.getServerVersion()?.version).toBe(pkg.version);
  await client.close();
});

it('passes the entered settings on', async () => {
  const client = await start({
    sandbox: true,
    read_only: true,
    protected: 'prod*,main',
    region: 'us-east-1',
  });
  const { tools } = await client.listTools();
  expect(tools.filter(({ annotations }) => annotations?.readOnlyHint !== true)).toEqual([]);
  const read = await client.callTool({ name: 'get_backend', arguments: { appId: 'd1sandboxshop' } });
  expect(read.structuredContent).toMatchObject({ appName: 'shop' });
  await client.close();
});

it('asks only for existing settings, and has the metadata of package.json', () => {
  const variables = Object.keys(manifest.server.mcp_config?.env ?? {});
  expect(variables.length).toBe(Object.keys(manifest.user_config ?? {}).length);
  const known = new Map(settingsTable.map(({ variable, key }) => [variable, key]));
  expect(variables.filter(variable => !known.has(variable))).toEqual([]);
  expect(manifest).toMatchObject({ name: pkg.name, version: pkg.version, license: pkg.license });
  // The oldest Node that is supported tells ES modules by this alone.
  expect(JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')).type).toBe('module');
  // A field that a person left empty must not reach the server as the text `${user_config.…}`.
  for (const { default: value } of Object.values(manifest.user_config ?? {})) expect(value).toBeDefined();
});
