/** Which file `install` changes for each host, and what a host without a file gets. */
import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type HostName, hostNames, hosts } from '../../../src/cli/install/hosts.ts';
import { parseJson } from '../../../src/cli/install/json-edit.ts';
import { candidates, fileOf, type Machine } from '../../../src/cli/install/machine.ts';
import { parseToml } from '../../../src/cli/install/toml-edit.ts';
import { SELF, user } from '../../support/host-user.ts';

describe('the file of each host', () => {
  const at = (platform: string, env: Machine['env'] = {}, disk?: Machine['disk']): Machine => ({
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
  ])('that %s reads on macOS, Windows and Linux', (host, ...paths) => {
    expect(['darwin', 'win32', 'linux'].map(platform => fileOf(hosts[host], at(platform), false))).toEqual(
      paths,
    );
  });

  it('follows the environment variables that move it', () => {
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

  it("is the packaged app's file on Windows, even if the usual one exists", () => {
    const disk = {
      exists: () => true,
      list: (folder: string) => (folder.endsWith('Packages') ? ['Claude_pzs8sxrjxfjjc', 'Other'] : []),
    };
    expect(fileOf(hosts['claude-desktop'], at('win32', {}, disk), false)).toBe(
      'C:\\Users\\ada\\AppData\\Local\\Packages\\Claude_pzs8sxrjxfjjc\\LocalCache\\Roaming\\Claude\\claude_desktop_config.json',
    );
  });

  it('is an alternative one if only that exists', () => {
    const only = (path: string) => ({ exists: (asked: string) => asked === path, list: () => [] });
    const jsonc = '/home/ada/.config/opencode/opencode.jsonc';
    expect(fileOf(hosts.opencode, at('linux', {}, only(jsonc)), false)).toBe(jsonc);
    const insiders = '/home/ada/.config/Code - Insiders/User';
    expect(fileOf(hosts.vscode, at('linux', {}, only(insiders)), false)).toBe(`${insiders}/mcp.json`);
  });

  it('is in the project if that is asked for', () => {
    expect(candidates(hosts.vscode, at('win32'), true)).toEqual(['C:\\work\\.vscode\\mcp.json']);
    expect(fileOf(hosts['claude-code'], at('linux'), true)).toBe('/work/.mcp.json');
  });
});

describe('a host that has no file yet', () => {
  it.each(hostNames)(
    '%s gets a block that starts this program, and uninstall removes the file with its folders',
    async host => {
      const { install, uninstall, lines, names, path } = user();
      await install(host, { settings: ['--sandbox'] });
      const file =
        fileOf(hosts[host], { platform: 'linux', home: path(''), env: {}, folder: '' }, false) ?? '';
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
      expect(names()).toEqual([]);
    },
  );
});
