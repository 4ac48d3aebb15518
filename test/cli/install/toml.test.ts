/** TOML files of every style: install adds one table, and every other byte stays. */
import { describe, expect, it } from 'vitest';
import { parseToml } from '../../../src/cli/install/toml-edit.ts';
import { CODEX, SELF, user } from '../../support/host-user.ts';

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
    ['an inline table', 'mcp_servers = { other = { command = "other" } } # inline\n'],
    ['blank lines at the end', `${toml}\n\n`],
  ])('%s: install adds one table, uninstall without a copy gives back every byte', async (_, text) => {
    const { install, uninstall, read, removeCopies } = user({ [CODEX]: text });
    await install('codex', { settings: ['--profile', 'a "quoted" \\name'] });
    removeCopies(CODEX);
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

  it('removes its table with nested tables, and leaves the comments of the next table', async () => {
    const ours =
      '[mcp_servers."amplify-backend"]\ncommand = "amplify-backend-mcp"\n[mcp_servers."amplify-backend".env]\nA = "b"\n\n';
    const { uninstall, read } = user({
      [CODEX]: toml.replace('# about profiles', `${ours}# about profiles`),
    });
    await uninstall('codex');
    expect(read(CODEX)).toBe(toml);
  });

  it('updates its table in place, and keeps what people added to it', async () => {
    const { install, read } = user({
      [CODEX]: `${toml}\n[mcp_servers.amplify-backend] # ours\ncommand = "/old/node"\nargs = ["/old/amplify-backend-mcp/dist/cli.js"]\ntool_timeout_sec = 90 # long jobs\n`,
    });
    await install('codex', { settings: ['--sandbox'] });
    expect(parseToml(read(CODEX)).mcp_servers).toMatchObject({
      'amplify-backend': { command: SELF[0], args: [SELF[1], '--sandbox'], tool_timeout_sec: 90 },
    });
    expect(read(CODEX)).toContain('tool_timeout_sec = 90 # long jobs');
    expect(read(CODEX)).toContain('# that one');
  });
});
