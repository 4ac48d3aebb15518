/** What `doctor` finds in the configuration files of MCP hosts, in a temporary home folder. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkHosts } from '../../src/cli/host-findings.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'home-'));
});
afterEach(() => rm(home, { recursive: true }));

const program = new URL('../../src/cli.ts', import.meta.url).pathname;

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(home, file)), { recursive: true });
  await writeFile(join(home, file), text);
}

/** The findings as doctor prints them. */
async function findings(): Promise<string[]> {
  const found: string[] = [];
  const report = (level: string, what: string, type?: string) =>
    void found.push(`${level} ${what.replaceAll(home, '~')}${type === undefined ? '' : ` | ${type}`}`);
  const folder = join(home, 'project');
  await checkHosts(report, { platform: 'linux', home, env: {}, folder });
  return found;
}

const servers = (block: unknown, name = 'amplify-backend') =>
  JSON.stringify({ mcpServers: { [name]: block } });

it('reports nothing if no host has this program, whatever else their files hold', async () => {
  await write('.cursor/mcp.json', servers({ command: 'other', args: [] }, 'other'));
  await write('.gemini/settings.json', '{ not json');
  expect(await findings()).toEqual([]);
});

it('names each host that starts this program, with its settings but no secret', async () => {
  const args = [program, '--profile', 'dev', '--redis', 'redis://:hunter2secret@cache:6379'];
  await write(
    '.cursor/mcp.json',
    servers({ command: process.execPath, args: [program, '--profile', 'dev'] }),
  );
  await write('project/.mcp.json', servers({ command: process.execPath, args }, 'shop'));
  const [cursor, project, ...others] = (await findings()).sort();
  expect(others).toEqual([]);
  expect([cursor, project].join('\n')).toContain(
    'host Cursor: amplify-backend in "~/.cursor/mcp.json", with --profile dev',
  );
  expect([cursor, project].join('\n')).not.toContain('hunter2secret');
});

it('fails if the program no longer exists, with the command that repairs it', async () => {
  await write(
    '.codex/config.toml',
    '[mcp_servers.amplify-backend]\ncommand = "/gone/node"\nargs = ["/gone/amplify-backend-mcp/dist/cli.js"]\n',
  );
  await write(
    'project/.cursor/mcp.json',
    servers({ command: process.execPath, args: ['/gone/\u001b[2J/amplify-backend-mcp/dist/cli.js'] }, 'shop'),
  );
  const found = (await findings()).sort();
  expect(found).toHaveLength(2);
  expect(found.join('\n')).toMatch(
    /FAIL host Codex: amplify-backend in .* starts "\/gone\/node", which is not there \| amplify-backend-mcp install codex$/m,
  );
  expect(found.join('\n')).toMatch(
    /FAIL host Cursor: shop in .* \| amplify-backend-mcp install cursor --project --name shop$/m,
  );
  expect(found.join('\n')).not.toContain('\u001b');
});

it('warns of a start through npx, and of a file that cannot be read', async () => {
  await write('.cursor/mcp.json', servers({ command: 'npx', args: ['-y', 'amplify-backend-mcp'] }));
  await write('.gemini/settings.json', '{ "mcpServers": { "amplify-backend": ');
  const found = (await findings()).sort();
  expect(found).toHaveLength(2);
  expect(found[0]).toMatch(/^warn host Cursor: .* npx/);
  expect(found[1]).toMatch(/^warn host Gemini CLI: .*is not valid JSON/);
});
