/**
 * The MCP hosts that `install` knows: where each keeps its servers and in which form. Sources are the hosts' own
 * documentation; docs/installing.md has a table that is generated from here.
 *
 * In a path, `{home}` and the other words in braces stand for folders of the user (`machine.ts`), and `*` in a folder's
 * name stands for any characters.
 */

/** The systems whose paths differ. */
export type System = 'darwin' | 'win32' | 'linux';

/** How a block says what to start. */
export type Shape = 'plain' | 'typed' | 'opencode';

export interface Host {
  readonly title: string;
  /** Files of the user that the host reads, the usual one first. */
  readonly user: readonly string[] | Readonly<Record<System, readonly string[]>>;
  /** Files of a project, from the project's folder. A host without a project file has none. */
  readonly project?: readonly string[];
  readonly format: 'json' | 'toml';
  /** The member of the file that holds the servers by their names. */
  readonly member: string;
  readonly shape: Shape;
  /** What makes the host read its file again. */
  readonly reload: string;
  /** What makes the host read its file again after a removal, if that differs. */
  readonly reloadAfterRemoval?: string;
}

export const hosts = {
  'claude-desktop': {
    title: 'Claude Desktop',
    user: {
      darwin: ['{apps}/Claude/claude_desktop_config.json'],
      linux: ['{apps}/Claude/claude_desktop_config.json'],
      // The packaged app (MSIX) sees a folder of its own in place of %APPDATA% (anthropics/claude-code#26073).
      win32: [
        '{localApps}/Packages/Claude_*/LocalCache/Roaming/Claude/claude_desktop_config.json',
        '{apps}/Claude/claude_desktop_config.json',
      ],
    },
    format: 'json',
    member: 'mcpServers',
    shape: 'plain',
    reload: 'Quit Claude Desktop and start it again.',
  },
  'claude-code': {
    title: 'Claude Code',
    user: ['{claude}/.claude.json'],
    project: ['.mcp.json'],
    format: 'json',
    member: 'mcpServers',
    shape: 'typed',
    reload: 'Start a new session; /mcp lists the servers.',
  },
  cursor: {
    title: 'Cursor',
    user: ['{home}/.cursor/mcp.json'],
    project: ['.cursor/mcp.json'],
    format: 'json',
    member: 'mcpServers',
    shape: 'plain',
    reload: 'Open the settings of Cursor, Tools & MCP, and switch the server on.',
    reloadAfterRemoval: 'Cursor reads the file at once.',
  },
  vscode: {
    title: 'VS Code',
    user: ['{apps}/Code/User/mcp.json', '{apps}/Code - Insiders/User/mcp.json'],
    project: ['.vscode/mcp.json'],
    format: 'json',
    member: 'servers',
    shape: 'typed',
    reload: 'Run "MCP: List Servers" in VS Code and start the server.',
    reloadAfterRemoval: 'VS Code reads the file at once.',
  },
  windsurf: {
    title: 'Windsurf',
    // Devin Desktop, as Windsurf is called since 2026, goes on with the first; its local agent has the second.
    user: ['{home}/.codeium/windsurf/mcp_config.json', '{config}/devin/mcp_config.json'],
    format: 'json',
    member: 'mcpServers',
    shape: 'plain',
    reload: 'Refresh the list of MCP servers in Windsurf.',
  },
  gemini: {
    title: 'Gemini CLI',
    user: ['{gemini}/.gemini/settings.json'],
    project: ['.gemini/settings.json'],
    format: 'json',
    member: 'mcpServers',
    shape: 'plain',
    reload: 'Start Gemini CLI again; /mcp lists the servers.',
  },
  codex: {
    title: 'Codex',
    user: ['{codex}/config.toml'],
    project: ['.codex/config.toml'],
    format: 'toml',
    member: 'mcp_servers',
    shape: 'plain',
    reload: 'Start a new session; /mcp lists the servers.',
  },
  opencode: {
    title: 'opencode',
    user: ['{config}/opencode/opencode.json', '{config}/opencode/opencode.jsonc'],
    project: ['opencode.json', 'opencode.jsonc', '.opencode/opencode.json', '.opencode/opencode.jsonc'],
    format: 'json',
    member: 'mcp',
    shape: 'opencode',
    reload: 'Start opencode again.',
  },
  zed: {
    title: 'Zed',
    user: {
      darwin: ['{home}/.config/zed/settings.json'],
      linux: ['{config}/zed/settings.json'],
      win32: ['{apps}/Zed/settings.json'],
    },
    project: ['.zed/settings.json'],
    format: 'json',
    member: 'context_servers',
    shape: 'plain',
    reload: 'Zed reads its settings at once; the Agent Panel lists the servers.',
  },
} as const satisfies Readonly<Record<string, Host>>;

export type HostName = keyof typeof hosts;

export const hostNames = Object.keys(hosts) as readonly HostName[];
