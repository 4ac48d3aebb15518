/** Files and requests that `install` refuses with one line and without writing anything. */

import { once } from 'node:events';
import { chmodSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type InstallRequest, install } from '../../../src/cli/install/index.ts';
import { installedSettings } from '../../../src/cli/install/settings.ts';
import type { Io } from '../../../src/cli/io.ts';
import { CODEX, CURSOR, SECRET, user } from '../../support/host-user.ts';

describe('install refuses with one line, and writes nothing for', () => {
  const deep = (open: string, close: string) => open.repeat(5_000) + close.repeat(5_000);

  it.each<[string, 'cursor' | 'codex', string | Buffer, RegExp]>([
    [
      'JSON without a comma',
      'cursor',
      '{ "mcpServers": {\n  "a": 1 "b": 2 } }',
      /is not valid JSON \(line 2, column 10: a comma is missing\).*Correct it/,
    ],
    [
      'JSON that ends too early',
      'cursor',
      '{ "mcpServers": {',
      /line 1, column 18: a closing brace } is missing/,
    ],
    ['a bare word', 'cursor', '{ "a": yes }', /line 1, column 8: a word stands here that is none of true/],
    [
      'a comment that is not closed',
      'cursor',
      '// a\n/* b',
      /is not valid JSON \(line 2, column 1: a comment is not/,
    ],
    ['a list', 'cursor', '[]', /is not valid JSON.*the file holds no object/],
    [
      'a list of servers',
      'cursor',
      '{ "mcpServers": [] }',
      /mcpServers is a list, where servers.*Make it an object/,
    ],
    ['null for servers', 'cursor', '{ "mcpServers": null }', /mcpServers is null, where servers/],
    [
      'lists nested 5,000 deep',
      'cursor',
      `{"a":${deep('[', ']')}}`,
      /mcp\.json is not valid JSON.*more than 200/,
    ],
    ['brackets that are never closed', 'cursor', '['.repeat(5_000), /mcp\.json is not valid JSON/],
    ['objects nested 300 deep', 'cursor', `${'{"a":'.repeat(300)}1${'}'.repeat(300)}`, /more than 200/],
    [
      'servers twice',
      'cursor',
      '{ "mcpServers": {}, "mcpServers": { "a": {} } }',
      /a form that cannot be changed/,
    ],
    [
      "another program under this one's name",
      'cursor',
      '{ "mcpServers": { "amplify-backend": { "command": "other-program" } } }',
      /another server called amplify-backend \("other-program"\).*--name/,
    ],
    [
      "a server over HTTP under this one's name",
      'cursor',
      '{ "mcpServers": { "amplify-backend": { "url": "https://x.example/mcp" } } }',
      /another server called/,
    ],
    ['bytes that are not UTF-8', 'cursor', Buffer.from([0x7b, 0xff, 0x7d]), /is not UTF-8/],
    [
      'TOML without a value',
      'codex',
      'model = \nx = 1\n',
      /is not valid TOML \(line 2, column 1: "Value must be on same line/,
    ],
    [
      'TOML with a number for servers',
      'codex',
      'mcp_servers = 3\n',
      /mcp_servers is a number.*Make it a table/,
    ],
    [
      'TOML lists nested 5,000 deep',
      'codex',
      `a = ${deep('[', ']')}`,
      /config\.toml is not valid TOML.*more than 200/,
    ],
  ])('a file with %s', async (_, host, content, message) => {
    const name = host === 'cursor' ? CURSOR : CODEX;
    const { install, path, names } = user({ [name]: '' });
    writeFileSync(path(name), content);
    await expect(install(host, { settings: ['--sandbox'] })).rejects.toThrow(message);
    expect(readFileSync(path(name))).toEqual(Buffer.from(content));
    expect(names(dirname(name))).toHaveLength(1);
  });

  it('a read-only file, and a link to a missing file', async () => {
    const { install, path } = user({ [CURSOR]: '{}' });
    chmodSync(path(CURSOR), 0o444);
    await expect(install('cursor')).rejects.toThrow(/read-only/);
    mkdirSync(path('.codex'));
    symlinkSync(path('gone.toml'), path(CODEX));
    await expect(install('codex')).rejects.toThrow(/link to a file that is not there/);
    expect(lstatSync(path(CODEX)).isSymbolicLink()).toBe(true);
  });

  it('a folder, a device and a socket', async () => {
    const { install, uninstall, path, names } = user({
      '.gemini/settings.json/x': '',
      '.codex/x': '',
      '.cursor/x': '',
    });
    symlinkSync('/dev/zero', path(CODEX));
    const server = createServer().listen(path(CURSOR));
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    for (const command of [install, uninstall]) {
      await expect(command('gemini')).rejects.toThrow(/settings\.json is a folder, not a file.*Move it away/);
      await expect(command('codex')).rejects.toThrow(/config\.toml is a device, not a file/);
      await expect(command('cursor')).rejects.toThrow(/mcp\.json is a socket, not a file/);
    }
    expect(names('.codex')).toEqual(['config.toml', 'x']);
  });

  it.each<[string, InstallRequest, RegExp]>([
    [
      'a mistyped host',
      { host: 'cursr' },
      /unknown host cursr; did you mean cursor\? there are claude-desktop, claude-code/,
    ],
    ["a part of two hosts' names", { host: 'claude' }, /did you mean claude-desktop or claude-code\?/],
    ['an unknown host', { host: 'emacs' }, /unknown host emacs; there are/],
    ['a name that every JavaScript object has as a member', { host: 'constructor' }, /unknown host/],
    ['a server name with a space', { host: 'cursor', name: 'a b' }, /flag --name/],
    ['a server name that is too long', { host: 'cursor', name: 'x'.repeat(31) }, /flag --name/],
    [
      'a project file of a host without one',
      { host: 'claude-desktop', isProject: true },
      /Claude Desktop has no configuration of a project/,
    ],
  ])('%s', async (_, { host, ...more }, message) => {
    await expect(user().install(host ?? '', more)).rejects.toThrow(message);
  });

  it('settings with which the server would not start, and keys in place of a profile', async () => {
    await expect(installedSettings({ region: 'x' })).rejects.toThrow(/flag --region/);
    await expect(installedSettings({ profile: 'AKIAIOSFODNN7EXAMPLE' })).rejects.toThrow(/not a key/);
    await expect(installedSettings({ profile: SECRET })).rejects.toThrow(/not a key/);
    await expect(installedSettings({ config: '/nowhere.yaml' })).rejects.toThrow(/cannot read/);
    const settings = { sandbox: true, readOnly: true, surface: 'compact', region: 'us-east-1' };
    expect((await installedSettings(settings)).sort()).toEqual([
      '--read-only',
      '--region',
      '--sandbox',
      '--surface',
      'compact',
      'us-east-1',
    ]);
    expect(await installedSettings({ profile: 'shop.dev@x' })).toEqual(['--profile', 'shop.dev@x']);
  });

  it('a placeholder in place of a profile, because no host replaces it', async () => {
    for (const profile of [
      '$' + '{AWS_PROFILE}',
      '$AWS_PROFILE',
      '$(whoami)',
      '%AWS_PROFILE%',
      '{{profile}}',
      '<profile>',
      '$env:X',
    ])
      await expect(installedSettings({ profile }), profile).rejects.toThrow(/flag --profile: .*placeholder/);
  });

  it('a profile together with the sandbox, which uses none', async () => {
    await expect(installedSettings({ sandbox: true, profile: 'x' })).rejects.toThrow(
      /sandbox uses no profile/,
    );
  });

  it("a program in npm's cache", async () => {
    const io = {
      self: ['/n', '/home/ada/.npm/_npx/0a1b/node_modules/amplify-backend-mcp/dist/cli.js'],
      env: {},
      out() {},
    } as Partial<Io> as Io;
    await expect(install(io, { host: 'cursor' })).rejects.toThrow(/npm's cache/);
  });
});
