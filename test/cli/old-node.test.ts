/** What the command does under an old Node: it prints one line that says what to install. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSync } from 'rolldown/utils';
import { expect, it, onTestFinished } from 'vitest';
import { cli } from '../support/child.ts';

/** A module to import first, which makes the process report another version of Node. */
function pretend(version: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'old-node-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'pretend.mjs');
  const versions = `{ ...process.versions, node: '${version}' }`;
  writeFileSync(file, `Object.defineProperty(process, 'versions', { value: ${versions} });`);
  return file;
}

it.each([
  ['16.20.2', ['--version']],
  ['18.20.8', ['call', 'list_apps', '{}', '--sandbox']],
  ['19.9.0', []],
])('Node %s with %j ends with one line', (version, args) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', pretend(version), cli, ...args],
    {
      encoding: 'utf8',
    },
  );
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toMatch(
    /^amplify-backend-mcp: Node\.js 20 or later is needed, and this is Node\.js [\d.]+: install it from \S+, or with nvm: nvm install 20\n$/,
  );
  expect(stderr).toContain(version);
});

it('the command imports nothing before it has checked the version', () => {
  const { program } = parseSync(cli, readFileSync(cli, 'utf8'));
  expect(program.body.filter(({ type }) => /^(Import|ExportAll)/.test(type))).toEqual([]);
});

it('a new Node runs the program', () => {
  expect(execFileSync(process.execPath, [cli, '--version'], { encoding: 'utf8' })).toMatch(
    /^\d+\.\d+\.\d+\n$/,
  );
});
