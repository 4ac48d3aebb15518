/** After `install` and `uninstall` a file has the same bytes as before, and files that `install` created are gone. */
import { existsSync, lstatSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CODEX, CURSOR, user } from '../../support/host-user.ts';

const json = {
  'an empty file': '',
  'a byte order mark alone': '\ufeff',
  blanks: '  \n\t\n',
  'blank lines of Windows': '\r\n\r\n',
  'an empty object': '{}',
  'an empty object with a blank': '{ }',
  'an empty object on two lines': '{\n}\n',
  'no servers yet': '{"theme":"dark"}',
  'servers without any': '{ "mcpServers": {} }',
  'servers on two lines': '{\n  "mcpServers": {\n  }\n}\n',
  'a trailing comma': '{"a":1,}',
  'trailing commas of servers': '{"mcpServers":{"x":{},},}',
  'trailing commas on one line': '{ "mcpServers": { "x": { "command": "x" }, }, }',
  'a comment in an empty object': '{ /* nothing */ }',
  'a comment in empty servers': '{\n  "mcpServers": {\n    // nothing\n  }\n}',
  'a comment after the last member': '{\n  "a": 1 // last\n}\n',
  'comments alone': '// nothing\n/* yet */',
  'a byte order mark and CRLF': '\ufeff{\r\n\t"a": 1\r\n}\r\n',
  'blank lines around it': '\n\n{ "a": 1 }\n\n\n',
};

const toml = {
  'an empty TOML file': '',
  'a comment alone': '# mine',
  'no newline at the end': 'model = "o3"',
  'blank lines at the end': 'model = "o3"\n\n\n',
  'CRLF without a newline at the end': '# a\r\nmodel = "o3"\r\n\r\n[x]\r\ny = 1',
  'a byte order mark': '\ufeffmodel = "o3"\n',
  'an empty table of servers': '[mcp_servers]\n',
  'an inline table': 'mcp_servers = { other = { command = "other" }, }\n',
};

describe('uninstall restores every byte', () => {
  const cases = [
    ...Object.entries(json).map(([title, text]) => [title, 'cursor', CURSOR, text] as const),
    ...Object.entries(toml).map(([title, text]) => [title, 'codex', CODEX, text] as const),
  ];

  it.each(cases)('of %s', async (_, host, name, text) => {
    const { install, uninstall, read } = user({ [name]: text });
    await install(host, { settings: ['--sandbox'] });
    expect(read(name)).toContain('--sandbox');
    await uninstall(host);
    expect(read(name)).toBe(text);
  });

  it.each([
    ['on one line', 'cursor', CURSOR, '{ "a": 1, /* x */ }'],
    ['on several lines', 'cursor', CURSOR, '{\n\t"a": 1, // x\n}'],
    ['in TOML', 'codex', CODEX, 'a = 1\n\n\n'],
  ])('after several installs with different settings, twice: %s', async (_, host, name, text) => {
    const { install, uninstall, read } = user({ [name]: text });
    for (const settings of [['--sandbox'], ['--profile', 'shop'], ['--read-only']])
      await install(host, { settings });
    await uninstall(host);
    expect(read(name)).toBe(text);
    await install(host);
    await uninstall(host);
    expect(read(name)).toBe(text);
  });
});

describe('uninstall keeps changes made since install', () => {
  it('in a file with a backup', async () => {
    const { install, uninstall, read, write } = user({ [CURSOR]: '{ }' });
    await install('cursor');
    write(
      CURSOR,
      read(CURSOR).replace('"mcpServers": {', '"theme": "dark",\n  "mcpServers": {\n    "x": {},'),
    );
    await uninstall('cursor');
    expect(JSON.parse(read(CURSOR))).toEqual({ theme: 'dark', mcpServers: { x: {} } });
  });

  it('in a file that install created', async () => {
    const { install, uninstall, read, write } = user();
    await install('codex');
    write(CODEX, `model = "o3"\n${read(CODEX)}`);
    await uninstall('codex');
    expect(read(CODEX)).toBe('model = "o3"\n');
  });
});

describe('uninstall removes what install created', () => {
  it('in a project, whose folder stays', async () => {
    const { install, uninstall, names, lines, path } = user();
    mkdirSync(path('project'));
    await install('vscode', { isProject: true });
    await install('opencode', { isProject: true });
    await uninstall('vscode', { isProject: true });
    await uninstall('opencode', { isProject: true });
    expect(names()).toEqual(['project']);
    expect(names('project')).toEqual([]);
    expect(lines.join('\n')).toMatch(
      /Removed .*opencode\.json \(opencode\), which held nothing but amplify-backend/,
    );
  });

  it('but no folder with something else in it, and no link', async () => {
    const { install, uninstall, names, path, read, write } = user({ '.cursor/rules': '' });
    await install('cursor');
    await uninstall('cursor');
    expect(names('.cursor')).toEqual(['rules']);
    await install('codex');
    write('config.toml', read(CODEX));
    rmSync(path(CODEX));
    symlinkSync(path('config.toml'), path(CODEX));
    await uninstall('codex');
    expect(lstatSync(path(CODEX)).isSymbolicLink()).toBe(true);
    expect(read(CODEX)).toBe('');
  });

  it('but in a dry run only says so', async () => {
    const { install, uninstall, lines, path } = user();
    await install('cursor');
    await uninstall('cursor', { isDryRun: true });
    expect(existsSync(path(CURSOR))).toBe(true);
    expect(lines.join('\n')).toMatch(/mcp\.json holds nothing else and would be removed\./);
  });
});
