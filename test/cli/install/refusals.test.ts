/** Files and requests that are refused with one line; nothing is written then. */
import { chmodSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { install } from '../../../src/cli/install/index.ts';
import { installedSettings } from '../../../src/cli/install/settings.ts';
import type { Io } from '../../../src/cli/io.ts';
import { CODEX, CURSOR, SECRET, user } from '../../support/host-user.ts';

describe('what cannot be changed is refused with one line, and nothing is written', () => {
  it.each<[string, string, string | Buffer, RegExp]>([
    [
      'cursor',
      CURSOR,
      '{ "mcpServers": {\n  "a": 1 "b": 2 } }',
      /is not valid JSON \(line 2, column \d+: .*Mend it/,
    ],
    ['cursor', CURSOR, '{ "mcpServers": {', /is not valid JSON \(line 1/],
    ['cursor', CURSOR, '[]', /is not valid JSON.*no object/],
    ['cursor', CURSOR, '{ "mcpServers": [] }', /mcpServers holds no servers by name/],
    ['cursor', CURSOR, '{ "mcpServers": null }', /mcpServers holds no servers by name/],
    [
      'cursor',
      CURSOR,
      '{ "mcpServers": {}, "mcpServers": { "a": {} } }',
      /mcpServers in a form that cannot be changed/,
    ],
    [
      'cursor',
      CURSOR,
      '{ "mcpServers": { "amplify-backend": { "command": "somebody-else" } } }',
      /another server called amplify-backend \("somebody-else"\).*--name/,
    ],
    [
      'cursor',
      CURSOR,
      '{ "mcpServers": { "amplify-backend": { "url": "https://x.example/mcp" } } }',
      /another server called/,
    ],
    ['cursor', CURSOR, Buffer.from([0x7b, 0xff, 0x7d]), /is not UTF-8/],
    ['codex', CODEX, 'model = \nx = 1\n', /is not valid TOML \(line 2/],
    ['codex', CODEX, 'mcp_servers = 3\n', /mcp_servers holds no servers by name/],
  ])('%s %s %j', async (host, name, content, message) => {
    const { install, path, names } = user({ [name]: '' });
    writeFileSync(path(name), content);
    await expect(install(host, { settings: ['--sandbox'] })).rejects.toThrow(message);
    expect(readFileSync(path(name))).toEqual(Buffer.from(content));
    expect(names(dirname(name))).toHaveLength(1);
  });

  it('a file that is read-only, a link to nothing, a folder', async () => {
    const { install, path } = user({ [CURSOR]: '{}', '.gemini/settings.json/x': '' });
    chmodSync(path(CURSOR), 0o444);
    await expect(install('cursor')).rejects.toThrow(/read-only/);
    await expect(install('gemini')).rejects.toThrow(/cannot be read \(EISDIR\)/);
    mkdirSync(path('.codex'));
    symlinkSync(path('gone.toml'), path(CODEX));
    await expect(install('codex')).rejects.toThrow(/link to a file that is not there/);
    expect(lstatSync(path(CODEX)).isSymbolicLink()).toBe(true);
  });

  it.each([
    [{ host: 'cursr' }, /unknown host cursr; did you mean cursor\? there are claude-desktop, claude-code/],
    [{ host: 'claude' }, /did you mean claude-desktop or claude-code\?/],
    [{ host: 'emacs' }, /unknown host emacs; there are/],
    [{ host: 'constructor' }, /unknown host/],
    [{ host: 'cursor', name: 'a b' }, /flag --name/],
    [{ host: 'cursor', name: 'x'.repeat(31) }, /flag --name/],
    [{ host: 'claude-desktop', isProject: true }, /Claude Desktop has no configuration of a project/],
  ])('%j', async ({ host, ...more }, message) => {
    await expect(user().install(host, more)).rejects.toThrow(message);
  });

  it('settings that a start would refuse, and keys in place of a profile', async () => {
    await expect(installedSettings({ region: 'x' })).rejects.toThrow(/flag --region/);
    await expect(installedSettings({ profile: 'AKIAIOSFODNN7EXAMPLE' })).rejects.toThrow(/not a key/);
    await expect(installedSettings({ profile: SECRET })).rejects.toThrow(/not a key/);
    await expect(installedSettings({ config: '/nowhere.yaml' })).rejects.toThrow(/cannot read/);
    const settings = { sandbox: true, readOnly: true, profile: 'shop', region: 'us-east-1' };
    expect((await installedSettings(settings)).sort()).toEqual([
      '--profile',
      '--read-only',
      '--region',
      '--sandbox',
      'shop',
      'us-east-1',
    ]);
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
