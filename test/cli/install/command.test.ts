/** `install` as people run it: real processes, a temporary home, and Claude Code's own command if it is on the PATH. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from '@decimalturn/toml-patch';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, it, onTestFinished } from 'vitest';
import { childEnv, cli, run } from '../../support/child.ts';

function temporaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

it('writes a block that starts a server, for a host that reads JSON and one that reads TOML', async () => {
  const HOME = temporaryHome();
  const added = await run(['install', 'cursor', '--sandbox', '--read-only'], { HOME });
  expect(added).toMatchObject({ code: 0, stderr: '' });
  const { mcpServers } = JSON.parse(readFileSync(join(HOME, '.cursor/mcp.json'), 'utf8'));
  const { command, args } = mcpServers['amplify-backend'];
  expect([command, args[0]]).toEqual([process.execPath, cli]);
  const client = new Client({ name: 'host', version: '1' });
  await client.connect(
    new StdioClientTransport({ command, args, env: childEnv({ HOME }), stderr: 'ignore' }),
  );
  const { tools } = await client.listTools();
  await client.close();
  expect(tools.map(({ name }) => name)).toContain('list_apps');
  expect(tools.map(({ name }) => name)).not.toContain('delete_backend');

  expect((await run(['install', 'codex', '--sandbox', '--read-only'], { HOME })).code).toBe(0);
  const { mcp_servers: servers } = parse(readFileSync(join(HOME, '.codex/config.toml'), 'utf8'));
  expect(servers).toEqual({ 'amplify-backend': { command, args } });
});

it('keeps both servers if two commands run at the same time', async () => {
  const HOME = temporaryHome();
  const names = ['one', 'two', 'three'];
  const ended = await Promise.all(names.map(name => run(['install', 'cursor', '--name', name], { HOME })));
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
  const { mcpServers } = JSON.parse(readFileSync(join(HOME, '.cursor/mcp.json'), 'utf8'));
  expect(Object.keys(mcpServers).sort()).toEqual(names.toSorted());
  const { stdout } = await run(['uninstall', 'cursor', '--name', 'one'], { HOME });
  expect(stdout).toContain('Cursor reads the file at once.');
});

it('names the hosts and ends with 2 for one that it does not know', async () => {
  const { code, stdout, stderr } = await run(['install', 'cusror'], { HOME: temporaryHome() });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(
    /^amplify-backend-mcp: unknown host cusror; did you mean cursor\? there are claude-desktop, .*zed\n$/,
  );
});

it('refuses a pipe at once instead of waiting for what is written into it', async () => {
  const HOME = temporaryHome();
  mkdirSync(join(HOME, '.cursor'));
  execFileSync('mkfifo', [join(HOME, '.cursor/mcp.json')]);
  const { code, stderr } = await run(['uninstall', 'cursor'], { HOME });
  expect(code).toBe(1);
  expect(stderr).toMatch(/mcp\.json is a pipe, not a file; nothing was written\. Move it away/);
});

/** A stand-in for Claude Code's program, which takes the same arguments and keeps its state in its own file. */
const claude = `#!/usr/bin/env node
const { readFileSync, writeFileSync, existsSync, appendFileSync } = require('node:fs');
const file = process.env.HOME + '/.claude.json';
const [, , mcp, verb, , scope, name, json] = process.argv;
appendFileSync(process.env.HOME + '/calls', [mcp, verb, scope, name].join(' ') + '\\n');
if (process.env.BROKEN) process.exit(1);
const state = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
state.mcpServers ??= {};
if (verb === 'add-json') state.mcpServers[name] = JSON.parse(json);
else delete state.mcpServers[name];
state.numStartups = (state.numStartups ?? 0) + 1;
writeFileSync(file, JSON.stringify(state));
`;

it.each<[string, { BROKEN?: string }]>([
  ['works', {}],
  ['fails', { BROKEN: 'yes' }],
])("the server is added to Claude Code and removed where Claude Code's own command %s", async (_, more) => {
  const HOME = temporaryHome();
  mkdirSync(join(HOME, 'bin'));
  writeFileSync(join(HOME, 'bin/claude'), claude);
  chmodSync(join(HOME, 'bin/claude'), 0o755);
  writeFileSync(join(HOME, '.claude.json'), '{"mcpServers":{"other":{"command":"x"}}}');
  const env = { HOME, PATH: `${join(HOME, 'bin')}:${process.env.PATH}`, ...more };
  const state = () => JSON.parse(readFileSync(join(HOME, '.claude.json'), 'utf8'));
  expect((await run(['install', 'claude-code', '--sandbox'], env)).code).toBe(0);
  const { numStartups, mcpServers } = state();
  expect(mcpServers).toEqual({
    other: { command: 'x' },
    'amplify-backend': { type: 'stdio', command: process.execPath, args: [cli, '--sandbox'] },
  });
  expect(numStartups).toBe('BROKEN' in more ? undefined : 1);
  const { code, stdout } = await run(['uninstall', 'claude-code'], env);
  expect(code).toBe(0);
  expect(stdout).toMatch(/What was there before: .*\.claude\.json\.backup-/);
  expect(state().mcpServers).toEqual({ other: { command: 'x' } });
  expect(readFileSync(join(HOME, 'calls'), 'utf8')).toBe(
    'mcp add-json user amplify-backend\nmcp remove user amplify-backend\n',
  );
});
