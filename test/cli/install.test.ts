/** `install` and `uninstall` on files of every form: what is there stays, byte by byte, and what is broken is refused. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseTree, stripComments } from 'jsonc-parser';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type HostName, hostNames, hosts } from '../../src/cli/install/hosts.ts';
import { install, type Request, uninstall } from '../../src/cli/install/index.ts';
import { parseJson } from '../../src/cli/install/json-edit.ts';
import { candidates, fileOf, type Place } from '../../src/cli/install/place.ts';
import { installedSettings } from '../../src/cli/install/settings.ts';
import { parseToml } from '../../src/cli/install/toml-edit.ts';
import type { Io } from '../../src/cli/io.ts';

const SELF = ['/opt/node/bin/node', '/opt/amplify-backend-mcp/dist/cli.js'] as const;
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

/** A user with a home of their own, on Linux, without any host's program on the PATH. */
function user(files: Record<string, string> = {}) {
  const home = mkdtempSync(join(tmpdir(), 'install-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const path = (name: string) => join(home, name);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
  }
  const lines: string[] = [];
  const env = {
    AWS_SECRET_ACCESS_KEY: SECRET,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_PROFILE: 'of-the-shell',
  };
  const io = { out: (line: string) => void lines.push(line), env, self: SELF } as Partial<Io> as Io;
  const place: Place = { platform: 'linux', home, env, folder: join(home, 'project') };
  const run =
    (command: typeof install) =>
    (host: string, more: Omit<Request, 'host'> = {}) =>
      command(io, { host, ...more }, place);
  return {
    path,
    read: (name: string) => readFileSync(path(name), 'utf8'),
    names: (folder = '') => readdirSync(path(folder)).sort(),
    lines,
    install: run(install),
    uninstall: run(uninstall),
  };
}

const CURSOR = '.cursor/mcp.json';
const CODEX = '.codex/config.toml';

describe('the file of each host', () => {
  const at = (platform: string, env: Place['env'] = {}, disk?: Place['disk']): Place => ({
    ...{ platform, env, folder: platform === 'win32' ? 'C:\\work' : '/work' },
    home: { darwin: '/Users/ada', win32: 'C:\\Users\\ada' }[platform] ?? '/home/ada',
    disk: disk ?? { exists: () => false, list: () => [] },
  });
  const roaming = 'C:\\Users\\ada\\AppData\\Roaming';
  const support = '/Users/ada/Library/Application Support';

  it.each<[HostName, string, string, string]>([
    [
      'claude-desktop',
      `${support}/Claude/claude_desktop_config.json`,
      `${roaming}\\Claude\\claude_desktop_config.json`,
      '/home/ada/.config/Claude/claude_desktop_config.json',
    ],
    ['claude-code', '/Users/ada/.claude.json', 'C:\\Users\\ada\\.claude.json', '/home/ada/.claude.json'],
    [
      'cursor',
      '/Users/ada/.cursor/mcp.json',
      'C:\\Users\\ada\\.cursor\\mcp.json',
      '/home/ada/.cursor/mcp.json',
    ],
    [
      'vscode',
      `${support}/Code/User/mcp.json`,
      `${roaming}\\Code\\User\\mcp.json`,
      '/home/ada/.config/Code/User/mcp.json',
    ],
    [
      'windsurf',
      '/Users/ada/.codeium/windsurf/mcp_config.json',
      'C:\\Users\\ada\\.codeium\\windsurf\\mcp_config.json',
      '/home/ada/.codeium/windsurf/mcp_config.json',
    ],
    [
      'gemini',
      '/Users/ada/.gemini/settings.json',
      'C:\\Users\\ada\\.gemini\\settings.json',
      '/home/ada/.gemini/settings.json',
    ],
    [
      'codex',
      '/Users/ada/.codex/config.toml',
      'C:\\Users\\ada\\.codex\\config.toml',
      '/home/ada/.codex/config.toml',
    ],
    [
      'opencode',
      '/Users/ada/.config/opencode/opencode.json',
      'C:\\Users\\ada\\.config\\opencode\\opencode.json',
      '/home/ada/.config/opencode/opencode.json',
    ],
    [
      'zed',
      '/Users/ada/.config/zed/settings.json',
      `${roaming}\\Zed\\settings.json`,
      '/home/ada/.config/zed/settings.json',
    ],
  ])('%s on macOS, Windows and Linux', (host, ...paths) => {
    expect(['darwin', 'win32', 'linux'].map(platform => fileOf(hosts[host], at(platform), false))).toEqual(
      paths,
    );
  });

  it('follows the variables that move it', () => {
    const env = {
      XDG_CONFIG_HOME: '/x',
      CODEX_HOME: '/c',
      CLAUDE_CONFIG_DIR: '/cl',
      GEMINI_CLI_HOME: '/g',
      APPDATA: 'D:\\Roam',
    };
    const linux = (host: HostName) => fileOf(hosts[host], at('linux', env), false);
    expect(['zed', 'codex', 'claude-code', 'gemini'].map(host => linux(host as HostName))).toEqual([
      ...['/x/zed/settings.json', '/c/config.toml', '/cl/.claude.json', '/g/.gemini/settings.json'],
    ]);
    expect(fileOf(hosts.vscode, at('win32', env), false)).toBe('D:\\Roam\\Code\\User\\mcp.json');
  });

  it("is the packaged app's own on Windows, although the other one is there", () => {
    const disk = {
      exists: () => true,
      list: (folder: string) => (folder.endsWith('Packages') ? ['Claude_pzs8sxrjxfjjc', 'Other'] : []),
    };
    expect(fileOf(hosts['claude-desktop'], at('win32', {}, disk), false)).toBe(
      'C:\\Users\\ada\\AppData\\Local\\Packages\\Claude_pzs8sxrjxfjjc\\LocalCache\\Roaming\\Claude\\claude_desktop_config.json',
    );
  });

  it('is another one where only that one is there', () => {
    const only = (path: string) => ({ exists: (asked: string) => asked === path, list: () => [] });
    const jsonc = '/home/ada/.config/opencode/opencode.jsonc';
    expect(fileOf(hosts.opencode, at('linux', {}, only(jsonc)), false)).toBe(jsonc);
    const insiders = '/home/ada/.config/Code - Insiders/User';
    expect(fileOf(hosts.vscode, at('linux', {}, only(insiders)), false)).toBe(`${insiders}/mcp.json`);
  });

  it('is in the project where that is asked for', () => {
    expect(candidates(hosts.vscode, at('win32'), true)).toEqual(['C:\\work\\.vscode\\mcp.json']);
    expect(fileOf(hosts['claude-code'], at('linux'), true)).toBe('/work/.mcp.json');
  });
});

describe('a host that has no file yet', () => {
  it.each(hostNames)('%s gets a block that starts this program', async host => {
    const { install, uninstall, lines, read, path } = user();
    await install(host, { settings: ['--sandbox'] });
    const file = fileOf(hosts[host], { platform: 'linux', home: path(''), env: {}, folder: '' }, false) ?? '';
    const text = readFileSync(file, 'utf8');
    const { [hosts[host].member]: servers } = (host === 'codex' ? parseToml : parseJson)(text) as Record<
      string,
      Record<string, object>
    >;
    expect(Object.values(servers?.['amplify-backend'] ?? {}).flat()).toEqual(
      expect.arrayContaining([...SELF, '--sandbox']),
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(lines[0]).toContain(file);
    await uninstall(host);
    expect(readFileSync(file, 'utf8')).not.toContain('amplify-backend"');
    expect(() => read('nothing')).toThrow();
  });
});

const block = `{
  "mcpServers": {
    "other": { "command": "other", "env": { "TOKEN": "t0k3n" } }
  }
}
`;

/** Files in every style that people have; each must come back as it was. */
const files: Record<string, string> = {
  plain: block,
  CRLF: block.replaceAll('\n', '\r\n'),
  tabs: block.replaceAll('  ', '\t'),
  'four spaces': block.replaceAll('  ', '    '),
  'no newline at the end': block.trimEnd(),
  'one line': '{"mcpServers":{"other":{"command":"other"}},"theme":"dark"}',
  'comments everywhere': `// first
{
  // before
  "mcpServers": { // opening
    /* about */ "other": { "command": "other" } // the other one
    // last of the servers
  }, // after
  "theme": "dark" // theme
  /* end */
}
// last
`,
  'trailing commas': `{
  "mcpServers": {
    "other": { "command": "other", }, // x
  },
}
`,
  'a comma after a comment': `{
  "mcpServers": {
    "other": {}, /* , */ "more": {} // , not a comma
  }
}
`,
  'names that look like syntax': `{
  "a": "}{,//",
  "mcpServers": {
    "x}": { "command": "//\\"," }
  }
}
`,
};

describe('JSON with comments', () => {
  it.each(Object.entries(files))(
    '%s: install adds one server, uninstall gives back every byte',
    async (_, text) => {
      const { install, uninstall, read } = user({ [CURSOR]: text });
      await install('cursor', { settings: ['--read-only'] });
      const after = read(CURSOR);
      const { mcpServers, ...rest } = parseJson(after) as { mcpServers: Record<string, unknown> };
      const before = parseJson(text) as { mcpServers: Record<string, unknown> };
      const { 'amplify-backend': ours, ...others } = mcpServers;
      expect({ ...rest, mcpServers: others }).toEqual(before);
      expect(ours).toEqual({ command: SELF[0], args: [SELF[1], '--read-only'] });
      // Every line that was there is still there, but for a comma that was added.
      const lines = after.split(/\r?\n/).map(line => stripComments(line.trim()).replace(/[ ,]+$/, ''));
      if (text.includes('\n'))
        for (const line of text.split(/\r?\n/))
          expect(lines).toContain(stripComments(line.trim()).replace(/[ ,]+$/, ''));
      for (const comment of text.match(/\/\*.*?\*\/|\/\/ .*$/gm) ?? []) expect(after).toContain(comment);
      if (text.includes('\r\n')) expect(after).not.toMatch(/[^\r]\n/);
      expect(parseTree(after, [], { allowTrailingComma: text.includes(',\n  }') })).toBeDefined();
      await uninstall('cursor');
      expect(read(CURSOR)).toBe(text);
    },
  );

  it('keeps a comment on the line of the last server where it is', async () => {
    const { install, read } = user({ [CURSOR]: files['comments everywhere'] ?? '' });
    await install('cursor');
    expect(read(CURSOR)).toContain(
      '"other": { "command": "other" }, // the other one\n    // last of the servers\n    "amplify-backend"',
    );
  });

  it.each([
    '',
    '\n',
    '{}',
    '{}\n',
    '{ "theme": "dark" }',
    '{\n  // nothing yet\n}\n',
    '\ufeff{"a":1}',
    '{ "mcpServers": {\n    "other": {} } }\n',
  ])('%j gets its servers', async text => {
    const { install, read } = user({ [CURSOR]: text });
    await install('cursor');
    const after = read(CURSOR);
    expect(after.startsWith('\ufeff')).toBe(text.startsWith('\ufeff'));
    expect(parseJson(after.replace('\ufeff', ''))).toMatchObject({
      mcpServers: { 'amplify-backend': { command: SELF[0] } },
    });
    if (text.includes('//')) expect(after).toContain('// nothing yet');
  });

  it('removes its block from between others, and the comments of others stay', async () => {
    const text = `{
  "mcpServers": {
    "a": {}, // a
    // about b
    "b": {}
  }
}
`;
    const { uninstall, read } = user({
      [CURSOR]: text.replace(
        '    // about b',
        '    "amplify-backend": { "command": "amplify-backend-mcp" },\n    // about b',
      ),
    });
    await uninstall('cursor');
    expect(read(CURSOR)).toBe(text);
  });

  it('goes into the deeper place of opencode 2 where that is used', async () => {
    const name = '.config/opencode/opencode.json';
    const { install, uninstall, read } = user({
      [name]: '{ "mcp": { "servers": { "x": { "type": "local", "command": ["x"] } } } }',
    });
    await install('opencode');
    expect(parseJson(read(name))).toMatchObject({
      mcp: { servers: { x: {}, 'amplify-backend': { type: 'local', command: [...SELF], enabled: true } } },
    });
    await uninstall('opencode');
    expect(Object.keys((parseJson(read(name)) as { mcp: { servers: object } }).mcp.servers)).toEqual(['x']);
  });
});

const toml = `# mine
model = "o3" # fast

[mcp_servers.other] # that one
command = "other"
startup_timeout_sec = 20
since = 2026-01-02T03:04:05Z

# about profiles
[profiles.x]
text = """
[mcp_servers.amplify-backend]
"""

# last words
`;

describe('TOML', () => {
  it.each([
    ['plain', toml],
    ['CRLF', toml.replaceAll('\n', '\r\n')],
    ['empty', ''],
    ['an inline table', 'mcp_servers = { other = { command = "other" } } # inline\n'],
    ['blank lines at the end', `${toml}\n\n`],
  ])('%s: install adds one table, uninstall gives back every byte', async (_, text) => {
    const { install, uninstall, read } = user({ [CODEX]: text });
    await install('codex', { settings: ['--profile', 'a "quoted" \\name'] });
    const after = read(CODEX);
    const { mcp_servers: servers, ...rest } = parseToml(after) as { mcp_servers: Record<string, unknown> };
    const { 'amplify-backend': ours, ...others } = servers;
    expect(ours).toEqual({ command: SELF[0], args: [SELF[1], '--profile', 'a "quoted" \\name'] });
    expect({ ...rest, ...(Object.keys(others).length > 0 ? { mcp_servers: others } : {}) }).toEqual({
      ...parseToml(text),
    });
    for (const comment of text.match(/# .*$/gm) ?? []) expect(after).toContain(comment.trimEnd());
    await uninstall('codex');
    expect(read(CODEX)).toBe(text);
  });

  it('takes out its table with the tables inside it, and leaves the comments of the next one', async () => {
    const ours =
      '[mcp_servers."amplify-backend"]\ncommand = "amplify-backend-mcp"\n[mcp_servers."amplify-backend".env]\nA = "b"\n\n';
    const { uninstall, read } = user({
      [CODEX]: toml.replace('# about profiles', `${ours}# about profiles`),
    });
    await uninstall('codex');
    expect(read(CODEX)).toBe(toml);
  });

  it('renews its table in place, with what was added to it', async () => {
    const { install, read } = user({
      [CODEX]: `${toml}\n[mcp_servers.amplify-backend] # ours\ncommand = "/old/node"\nargs = ["/old/dist/cli.js"]\ntool_timeout_sec = 90 # long jobs\n`,
    });
    await install('codex', { settings: ['--sandbox'] });
    expect(parseToml(read(CODEX)).mcp_servers).toMatchObject({
      'amplify-backend': { command: SELF[0], args: [SELF[1], '--sandbox'], tool_timeout_sec: 90 },
    });
    expect(read(CODEX)).toContain('tool_timeout_sec = 90 # long jobs');
    expect(read(CODEX)).toContain('# that one');
  });
});

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

describe('the file on disk', () => {
  it('is copied beside, keeps its mode and its link, and is not touched again by the same request', async () => {
    const { install, path, read, names, lines } = user({ 'dotfiles/mcp.json': block });
    chmodSync(path('dotfiles/mcp.json'), 0o640);
    mkdirSync(path('.cursor'));
    symlinkSync('../dotfiles/mcp.json', path(CURSOR));
    await install('cursor', { settings: ['--sandbox'] });
    expect(lstatSync(path(CURSOR)).isSymbolicLink()).toBe(true);
    expect(statSync(path('dotfiles/mcp.json')).mode & 0o777).toBe(0o640);
    expect(names('dotfiles')).toEqual(['mcp.json']);
    const [copy = ''] = names('.cursor').filter(name => name.startsWith('mcp.json.backup-'));
    expect(read(`.cursor/${copy}`)).toBe(block);
    expect(statSync(path(`.cursor/${copy}`)).mode & 0o777).toBe(0o640);
    expect(lines.join('\n')).toContain(copy);
    const written = read(CURSOR);
    await install('cursor', { settings: ['--sandbox'] });
    expect(read(CURSOR)).toBe(written);
    expect(names('.cursor')).toHaveLength(2);
    expect(lines.at(-1)).toMatch(/as it should be/);
  });

  it('keeps what people added to the block, says which settings change, and drops variables that contradict them', async () => {
    const old = {
      command: 'node',
      args: ['/old/dist/cli.js', '--read-only'],
      disabled: false,
      env: { AWS_PROFILE: 'old', AWS_REGION: 'eu-west-1', HTTPS_PROXY: 'p' },
    };
    const { install, read, lines } = user({
      [CURSOR]: JSON.stringify({ mcpServers: { 'amplify-backend': old } }),
    });
    await install('cursor', { settings: ['--profile', 'shop'] });
    expect(parseJson(read(CURSOR))).toEqual({
      mcpServers: {
        'amplify-backend': {
          command: SELF[0],
          args: [SELF[1], '--profile', 'shop'],
          disabled: false,
          env: { AWS_REGION: 'eu-west-1', HTTPS_PROXY: 'p' },
        },
      },
    });
    expect(lines).toContain('Settings before: --read-only. Now: --profile shop.');
  });

  it('has no secret of AWS, and a dry run shows the change without the secrets of others and writes nothing', async () => {
    const text =
      '{\n  "mcpServers": {\n    "other": { "env": { "X": "hunter2" } }\n  },\n  "apiKey": "sk-other-hunter2"\n}\n';
    const { install, path, read, names, lines } = user({ [CURSOR]: text, '.zed': '' });
    expect(await install('cursor', { isDryRun: true, settings: ['--sandbox'] })).toBe(0);
    expect(read(CURSOR)).toBe(text);
    expect(names('.cursor')).toEqual(['mcp.json']);
    const shown = lines.join('\n');
    expect(shown).toMatch(/^\+ {4}"amplify-backend": \{$/m);
    expect(shown).toContain(`+      "command": "${SELF[0]}"`);
    expect(shown).toMatch(/nothing was written/);
    expect(shown).not.toContain('hunter2');
    await install('gemini', { isDryRun: true });
    expect(existsSync(path('.gemini'))).toBe(false);
    await install('cursor', { settings: ['--sandbox'] });
    expect(read(CURSOR)).not.toMatch(/AKIA|wJalr|of-the-shell/);
  });

  it('uninstall takes out nothing but this server', async () => {
    const foreign = '{ "mcpServers": { "amplify-backend": { "command": "somebody-else" } } }';
    const { uninstall, read, lines } = user({ [CURSOR]: foreign, '.gemini/settings.json': block });
    await expect(uninstall('cursor')).rejects.toThrow(/starts another program/);
    expect(read(CURSOR)).toBe(foreign);
    expect(await uninstall('gemini')).toBe(0);
    expect(read('.gemini/settings.json')).toBe(block);
    expect(lines.at(-1)).toMatch(/has no server amplify-backend/);
  });

  it('of a project is told not to be committed', async () => {
    const { install, read, lines } = user();
    await install('vscode', { isProject: true, name: 'sandbox', settings: ['--sandbox'] });
    expect(parseJson(read('project/.vscode/mcp.json'))).toEqual({
      servers: { sandbox: { type: 'stdio', command: SELF[0], args: [SELF[1], '--sandbox'] } },
    });
    expect(lines.join('\n')).toMatch(/do not commit/);
  });
});
