/**
 * What hosts and registries take: plugin, extension, links, registry entry. They are generated (`npm run docs` renews
 * them), they start a server, and none of them runs a package by a name that nobody owns yet.
 */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import pkg from '../package.json' with { type: 'json' };
import { installedLaunch } from '../scripts/integrations/launch.mjs';
import { cursorLink, cursorWebLink, vscodeLink, vscodeWebLink } from '../scripts/integrations/links.mjs';
import { manifests, PLUGIN, SERVER, thisRelease } from '../scripts/integrations/manifests.mjs';
import { pages } from '../scripts/integrations/pages.mjs';
import { SERVER_NAME } from '../src/cli/install/block.ts';
import { operations } from '../src/operations/index.ts';
import { settingsTable } from '../src/server/settings.ts';
import { declaredTools } from '../src/tools/index.ts';
import { childEnv, cli } from './support/child.ts';

const root = new URL('..', import.meta.url).pathname;
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const parsed = (file: string) => JSON.parse(manifests(thisRelease)[file] ?? '');
const toolNames = [...declaredTools, ...operations].map(({ toolName }) => toolName);

it.each(Object.entries(manifests(thisRelease)))('%s is as it is generated', async (file, text) => {
  await expect(text).toMatchFileSnapshot(`../${file}`);
});

/** Every text that a release makes. */
const texts = (published: boolean) => {
  const release = { ...thisRelease, published };
  const parts = Object.values(pages(release)).flatMap(page => Object.values(page));
  return [...Object.values(manifests(release)), ...parts].join('\n');
};

describe('until the package is published', () => {
  it('nothing generated asks a registry for it', () => {
    expect(texts(false)).not.toMatch(/npx/);
    expect(texts(false)).not.toMatch(/npm (?:install|i|exec)\b.* amplify-backend-mcp(?:@|\s|$)/m);
    expect(decodedLinks(false)).not.toContain('npx');
  });

  it('no page, unit, example or source does either', () => {
    const others = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter(
        file =>
          !/^(?:node_modules|dist|\.git|test|scripts\/integrations)(?:\/|$)|package-lock|CHANGELOG/.test(
            file,
          ),
      )
      .filter(
        file =>
          /\.(?:md|json|example|ya?ml|service|ts|mjs|sh)$|Dockerfile/.test(file) &&
          statSync(join(root, file)).isFile(),
      );
    expect(others.length).toBeGreaterThan(300);
    const asking = thisRelease.published
      ? /npx (?:-y |--yes )?amplify-backend-mcp(?!@\d)|amplify-backend-mcp@latest/
      : /npx[^\n]{0,20}amplify-backend-mcp|"npx"|npm (?:install|i|exec)\b[^\n]* amplify-backend-mcp(?:@|\s|$)/m;
    expect(others.filter(file => asking.test(read(file)))).toEqual([]);
  });
});

describe('once it is published', () => {
  it('everything names this very version', () => {
    const text = decodeURIComponent(`${texts(true)}\n${decodedLinks(true)}`);
    const calls = text.split(/\bnpx\b/).slice(1);
    expect(calls.length).toBeGreaterThan(8);
    const pinned = new RegExp(
      `^[^@]{0,40}\\b${pkg.name}@${pkg.version.replaceAll('.', '\\.')}(?!\\S*[.\\d])`,
    );
    expect(calls.filter(call => !pinned.test(call))).toEqual([]);
    expect(text).not.toMatch(/dist\/cli\.js/);
  });
});

/** The configurations in the links of a release. */
function decodedLinks(published: boolean): string {
  const launch = installedLaunch({ ...thisRelease, published });
  const cursor = [cursorLink('x y', launch), cursorWebLink('x y', launch)].map(link => {
    const { searchParams } = new URL(link);
    expect(searchParams.get('name')).toBe('x y');
    return Buffer.from(searchParams.get('config') ?? '', 'base64').toString();
  });
  const vscode = decodeURIComponent(new URL(vscodeLink('x y', launch)).search.slice(1));
  expect(JSON.parse(vscode)).toEqual({ name: 'x y', type: 'stdio', ...launch });
  const web = new URL(vscodeWebLink('x y', launch)).searchParams.get('config') ?? '';
  expect([...cursor, web].map(text => JSON.parse(text))).toEqual([
    launch,
    launch,
    { type: 'stdio', ...launch },
  ]);
  return [...cursor, vscode, web].join('\n');
}

it('the links of docs/installing.md are those of this release', () => {
  // That the page holds this part is test/docs.test.ts's to check.
  const page = pages(thisRelease)['docs/installing.md']?.links ?? '';
  const links = [
    ...page.matchAll(/(?:\]\(|^)((?:cursor:|vscode:|https:\/\/(?:cursor\.com|insiders))[^\s)]+)/gm),
  ].map(([, link = '']) => link);
  const launch = installedLaunch(thisRelease);
  const withSandbox = { ...launch, args: [...launch.args, '--sandbox'] };
  expect(links.sort()).toEqual(
    [
      ...[cursorLink, vscodeLink, cursorWebLink, vscodeWebLink].map(link => link(SERVER_NAME, launch)),
      ...[cursorWebLink, vscodeWebLink].map(link => link(`${SERVER_NAME}-sandbox`, withSandbox)),
    ].sort(),
  );
});

it('no tool passes 64 characters under any of its names', () => {
  const prefixes = [
    `mcp__plugin_${PLUGIN}_${SERVER}__`,
    `mcp__${SERVER_NAME}-sandbox__`,
    `mcp__${'x'.repeat(30)}__`,
    `mcp_${SERVER}_`,
  ];
  for (const prefix of prefixes) expect(toolNames.filter(name => `${prefix}${name}`.length > 64)).toEqual([]);
});

const variables = settingsTable.map(({ variable }) => variable);

describe('the plugin of Claude Code', () => {
  const plugin = parsed('integrations/claude-code/.claude-plugin/plugin.json');
  const { env, command, args } = parsed('integrations/claude-code/.mcp.json').mcpServers[SERVER];

  it('has the version of the package, and hands every setting of its form to the server', () => {
    expect(plugin).toMatchObject({ name: PLUGIN, version: pkg.version, license: pkg.license });
    expect(Object.keys(env).filter(name => !variables.includes(name))).toEqual([]);
    expect(Object.values(env)).toEqual(Object.keys(plugin.userConfig).map(key => `\${user_config.${key}}`));
    expect(Object.keys(plugin.userConfig)).toEqual(
      expect.arrayContaining(['profile', 'region', 'read_only', 'sandbox']),
    );
    for (const { default: value } of Object.values<{ default: unknown }>(plugin.userConfig))
      expect(value).toBeDefined();
  });

  it('starts the installed program with what was entered', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plugin-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const program = join(folder, pkg.name);
    writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`);
    chmodSync(program, 0o755);
    const form = plugin.userConfig as Record<string, { default: unknown }>;
    const entered: Record<string, unknown> = { sandbox: true, read_only: true };
    const given = Object.entries(env as Record<string, string>).map(([name, text]) => {
      const key = /^\$\{user_config\.(\w+)\}$/.exec(text)?.[1] ?? '';
      return [name, String(entered[key] ?? form[key]?.default)];
    });
    const client = new Client({ name: 'host', version: '1' });
    await client.connect(
      new StdioClientTransport({
        ...{
          command: command === pkg.name ? program : process.execPath,
          args: command === pkg.name ? args : [cli],
        },
        ...{ env: childEnv(Object.fromEntries(given)), stderr: 'ignore' },
      }),
    );
    const { tools } = await client.listTools();
    expect(tools.every(({ annotations }) => annotations?.readOnlyHint)).toBe(true);
    const { structuredContent } = await client.callTool({
      name: 'get_backend',
      arguments: { appId: 'd1sandboxshop' },
    });
    expect(structuredContent).toMatchObject({ appName: 'shop' });
    await client.close();
  });

  it('is listed in the marketplace of this repository, where it is', () => {
    const { plugins } = parsed('.claude-plugin/marketplace.json');
    expect(plugins).toEqual([expect.objectContaining({ name: PLUGIN })]);
    expect(read(join(plugins[0].source, '.claude-plugin/plugin.json'))).toContain(`"name": "${PLUGIN}"`);
  });
});

describe('the skill', () => {
  const text = read(`integrations/claude-code/skills/${PLUGIN}/SKILL.md`);

  it('has the head that a skill needs', () => {
    const [, head = ''] = /^---\n([\s\S]*?)\n---\n/.exec(text) ?? [];
    const [, name, description = ''] = /^name: (.*)\ndescription: (.*)$/.exec(head) ?? [];
    expect(name).toBe(PLUGIN);
    expect(description.length).toBeGreaterThan(100);
    expect(description.length).toBeLessThanOrEqual(1024);
    expect(description).not.toMatch(/: |[<>]/);
  });

  it('names the tools in the order of the work, and the extension of Gemini CLI says the same', () => {
    const steps = [...text.matchAll(/^\d\. \*\*(\w+)/gm)].map(([, step]) => step);
    expect(steps).toEqual(['Inspect', 'Compare', 'Plan', 'Confirm', 'Write', 'Wait', 'Verify', 'Clean']);
    const order = [
      'whoami',
      'list_apps',
      'dryRun',
      'wait_for_job',
      'compare_environments',
      'decommission_environment',
    ];
    const places = order.map(name => text.lastIndexOf(`\`${name}`));
    expect(places.every(place => place > 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(text).toContain(parsedText('integrations/gemini/GEMINI.md'));
  });
});

const parsedText = (file: string) => manifests(thisRelease)[file] ?? '?';

it('the extension of Gemini CLI asks for settings that there are, and hands on an empty text for what was not entered', () => {
  const { name, version, settings, mcpServers } = parsed('integrations/gemini/gemini-extension.json');
  expect({ name, version }).toEqual({ name: PLUGIN, version: pkg.version });
  const asked = settings.map(({ envVar }: { envVar: string }) => envVar);
  expect(asked.filter((variable: string) => !variables.includes(variable))).toEqual([]);
  expect(mcpServers[SERVER].env).toEqual(
    Object.fromEntries(asked.map((variable: string) => [variable, `\${${variable}:-}`])),
  );
});

/** What the schema of the MCP registry (2025-12-11) demands of the members that this entry has. */
const registryEntry = z.strictObject({
  $schema: z.literal('https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json'),
  name: z
    .string()
    .max(200)
    .regex(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/),
  title: z.string().min(1).max(100),
  description: z.string().min(1).max(100),
  repository: z.strictObject({ url: z.url(), source: z.literal('github') }),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  packages: z
    .array(
      z.strictObject({
        registryType: z.enum(['npm', 'oci', 'mcpb']),
        identifier: z.string(),
        version: z.string().regex(/^\d+\.\d+\.\d+$/),
        transport: z.strictObject({ type: z.literal('stdio') }),
        environmentVariables: z.array(
          z.strictObject({
            name: z.string(),
            description: z.string(),
            format: z.enum(['string', 'number', 'boolean', 'filepath']).optional(),
          }),
        ),
      }),
    )
    .min(1),
});

it('the entry of the MCP registry has the form that the registry takes', () => {
  expect(registryEntry.parse(parsed('server.json')).name).toBe(pkg.mcpName);
});
