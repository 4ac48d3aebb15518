/**
 * Deployment, as far as it can be tried without Docker: the files of the image in a folder, started and
 * health-checked as the image does; systemd checks the unit. And no file of deploy/ holds a secret.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import pkg from '../package.json' with { type: 'json' };
import { settingsTable } from '../src/server/settings.ts';
import { attempt, result } from './support/audit.ts';
import { eras, startProgram } from './support/child.ts';
import { folder, read, root } from './support/deploy-files.ts';

const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
const [, image = ''] = dockerfile.split(/^FROM .*$/m).slice(1);
const unit = read('amplify-backend-mcp.service');
const notes = read('README.md');

/** What the instructions of one kind say, in the image that is shipped. */
const all = (instruction: string) =>
  [...image.matchAll(new RegExp(`^${instruction} (.*)$`, 'gm'))].map(([, text = '']) => text);
const words = (instruction: string) =>
  JSON.parse(/\[.*\]/.exec(all(instruction)[0] ?? '')?.[0] ?? '[]') as string[];

it('builds an image with everything that runs, which answers its health check', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'image-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const copy of all('COPY')) {
    const [, from = '', to = ''] = /^--from=build \/build\/(\S+) (\S+)$/.exec(copy) ?? [];
    cpSync(join(root, from), to.endsWith('/') ? join(folder, to, from) : join(folder, to), {
      recursive: true,
    });
  }
  const config = join(folder, 'config.yaml');
  writeFileSync(config, 'issuer: https://login.example.com\npublicUrl: https://mcp.example.com/mcp\n');
  const [program, ...args] = [...words('ENTRYPOINT'), ...words('CMD')];
  expect([program, all('USER')]).toEqual(['node', ['node']]);
  const child = startProgram(
    // Not on the network, and on a port that is free.
    args.map(
      arg =>
        ({ '0.0.0.0': '127.0.0.1', '3000': '0', '/etc/amplify-backend-mcp/config.yaml': config })[arg] ?? arg,
    ),
    {},
    folder,
  );
  const [, port = ''] =
    /^listening on http:\/\/127\.0\.0\.1:(\d+)\/mcp$/.exec(await child.firstError()) ?? [];
  const [check = '', ...checked] = words('HEALTHCHECK').map(word => word.replace(':3000', `:${port}`));
  expect(execFileSync(check, checked)).toBeDefined();
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const figures = [...notes.matchAll(/amplify_backend_mcp_\w+/g)].map(([figure]) => figure);
  expect(figures.length).toBeGreaterThan(0);
  expect(figures.filter(figure => !metrics.includes(`# TYPE ${figure} `))).toEqual([]);
  child.kill('SIGTERM');
  expect((await child.ended).code).toBe(0);
  expect(spawnSync(check, checked).status).toBe(1);
  // The same entry serves stdio, without a configuration.
  const [entry = ''] = words('ENTRYPOINT').slice(1);
  const stdio = startProgram([entry, 'stdio', '--sandbox'], {}, folder);
  const [{ opening, first }] = eras;
  expect(await stdio.request(1, opening, first)).toMatchObject({
    result: { serverInfo: { name: pkg.name } },
  });
  expect(all('LABEL')).toEqual([`io.modelcontextprotocol.server.name="${pkg.mcpName}"`]);
});

it.each(['issuer', 'publicUrl', 'targets', 'callers', 'redis', 'sealKey', 'replicaUrl', 'metricsPort'])(
  'documents the setting %s, which exists',
  setting => {
    expect(notes).toContain(`\`${setting}\``);
    expect(settingsTable.map(({ key }) => String(key))).toContain(setting);
  },
);

it('builds on a pinned image, with the packages of the lock file, for a user who is not root', () => {
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base = '']) => base);
  expect(new Set(bases).size).toBe(1);
  const [, major] = /^node:(\d+)\.\d+\.\d+-alpine\d+\.\d+@sha256:[\da-f]{64}$/.exec(bases[0] ?? '') ?? [];
  expect(Number(major)).toBeGreaterThanOrEqual(Number(/\d+/.exec(pkg.engines.node)?.[0]));
  expect([...dockerfile.matchAll(/\bnpm (install|i|ci)\b.*$/gm)].map(([command]) => command)).toEqual([
    'npm ci',
  ]);
  expect(all('USER')).toEqual(['node']);
  expect(`${dockerfile}${unit}`).not.toMatch(/\bnpx\b|@latest|:latest/);
});

it('no file holds a secret, and none takes whatever is newest', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name =>
    /\.\w+$/.test(name),
  );
  expect(files.length).toBeGreaterThan(6);
  for (const file of files) {
    const text = read(file);
    expect(text.replaceAll('AKIASANDBOX000000000', '')).not.toMatch(/\b(AKIA|ASIA)[A-Z0-9]{16}\b/);
    expect(text).not.toMatch(/-----BEGIN|:latest\b|@latest\b|\bnpx\b/);
    // A password in a URL is a reference.
    for (const [, password] of text.matchAll(/rediss?:\/\/[^:\s]*:([^@\s]+)@/g))
      expect(password).toMatch(/^(\$\{\w+:\?.*\}|PASSWORD)$/);
  }
});

it('documents exactly the members of an audit line', () => {
  const [, table = ''] = /## The audit\n[\s\S]*?(\| member [\s\S]*?)\n\n/.exec(notes) ?? [];
  const rows = table.split('\n').slice(2);
  const named = (phase: string) =>
    rows
      .filter(row => [phase, 'both'].includes(row.split('|')[2]?.trim() ?? ''))
      .flatMap(row => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, member]) => member));
  expect(named('attempt').sort()).toEqual(Object.keys(attempt.shape).sort());
  expect(named('result').sort()).toEqual(Object.keys(result.shape).sort());
  for (const inner of [attempt.shape.caller, attempt.shape.request])
    for (const member of Object.keys(inner.shape)) expect(table).toContain(`\`${member}\``);
});

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

it.runIf(hasSystemd)('has a unit that systemd accepts (where systemd-analyze is installed)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'unit-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'amplify-backend-mcp.service');
  // Where this machine has its node does not matter to the unit.
  writeFileSync(file, unit.replace('/usr/bin/node', '/bin/sh'));
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
