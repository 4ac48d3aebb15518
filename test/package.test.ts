/** The npm package: the result of `npm pack`, unpacked without dependencies, works, and is installed as the notes on deployment say. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import pkg from '../package.json' with { type: 'json' };
import { read } from './support/deploy-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'package-'));
const run = (...args: string[]) =>
  execFileSync(process.execPath, [join(folder, 'package', pkg.bin['amplify-backend-mcp']), ...args], {
    encoding: 'utf8',
    cwd: folder,
  });
let tarball = '';
let files: string[];

beforeAll(() => {
  // The tests' own build is what is packed; packing must not build again under the feet of other tests.
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as { filename: string; files: { path: string }[] }[];
  files = packed?.files.map(file => file.path) ?? [];
  tarball = join(folder, packed?.filename ?? '');
  execFileSync('tar', ['xzf', tarball, '-C', folder]);
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('the npm package', () => {
  it('contains the bundle, its documents and nothing else', () => {
    const outside = files.filter(file => !file.startsWith('dist/')).sort();
    expect(outside).toEqual(['LICENSE', 'README.md', 'mcp.json.example', 'package.json']);
    expect(files).toContain('dist/THIRD-PARTY-LICENSES.txt');
    expect(files.some(file => file.endsWith('.ts') || file.endsWith('.map'))).toBe(false);
  });

  it('runs without dependencies', () => {
    expect(run('--version').trim()).toBe(pkg.version);
    const result = JSON.parse(run('call', 'get_backend', '{"appId":"d1sandboxshop"}', '--sandbox'));
    expect(result.appName).toBe('shop');
  });

  it('says what to do where an update took away the file of a tool that was not called yet', () => {
    const chunks = join(folder, 'package/dist/chunks');
    const own = readdirSync(chunks).find(file => file.startsWith('list-recent-jobs-')) ?? '';
    rmSync(join(chunks, own));
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        join(folder, 'package', pkg.bin['amplify-backend-mcp']),
        'call',
        'list_recent_jobs',
        '{}',
        '--sandbox',
      ],
      { encoding: 'utf8', cwd: folder },
    );
    expect(status).toBe(1);
    expect(stdout + stderr).toContain('The server could not load one of its own files.');
    expect(stdout + stderr).toContain('ask the person to restart it');
  });
});

describe('what the bundle loads together', () => {
  const nameOf = (file: string) => file.replace(/-.{8}\.js$/, '');
  /** The chunks that load with one that is loaded on demand, by their names without the hash. */
  function loadedWith(name: string): string[] {
    const chunks = join(folder, 'package/dist/chunks');
    const loaded = new Set(readdirSync(chunks).filter(file => nameOf(file) === name));
    for (const file of loaded)
      for (const [, next = ''] of readFileSync(join(chunks, file), 'utf8').matchAll(
        /(?:from|import)"\.\/([^"]+)"/g,
      ))
        loaded.add(next);
    return [...loaded].map(nameOf).filter(one => one !== name && one !== 'rolldown-runtime');
  }

  it.each([
    ['application', ['command', 'protocol', 'serve']],
    ['backend', ['aws', 'call', 'command', 'http-start', 'log', 'protocol', 'serve', 'vault']],
    ['list-apps', ['aws', 'call', 'command', 'http-start', 'log', 'protocol', 'serve', 'vault']],
    ['mcp-client', ['command', 'cross-spawn', 'protocol']],
    ['vault', ['command']],
    ['sandbox', ['aws', 'command', 'parser', 'vault']],
  ])('%s', (name, files) => {
    expect(loadedWith(name).sort()).toEqual(files);
  });

  it('a server over HTTP begins without what calls need', () => {
    expect(loadedWith('hosted')).toContain('http-start');
    expect(loadedWith('hosted')).not.toContain('call');
  });
});

it('has a unit that runs what the notes install, by absolute paths', () => {
  const [, prefix = '', version] =
    /npm install --global --prefix (\S+) (?:\.\/)?amplify-backend-mcp[@-](\d+\.\d+\.\d+)(?:\.tgz)?$/m.exec(
      read('README.md'),
    ) ?? [];
  expect(version).toBe(pkg.version);
  const flags = ['--global', '--offline', '--no-audit', '--prefix', join(folder, prefix)];
  execFileSync('npm', ['install', ...flags, tarball], { stdio: 'pipe' });
  const unit = read('amplify-backend-mcp.service');
  const [, node = '', program = '', args = ''] = /^ExecStart=(\S+) (\S+) (.*)$/m.exec(unit) ?? [];
  expect(node).toBe('/usr/bin/node');
  expect(program.startsWith(`${prefix}/`)).toBe(true);
  expect(args).toMatch(/^http /);
  const told = execFileSync(process.execPath, [join(folder, program), '--version'], { encoding: 'utf8' });
  expect(told.trim()).toBe(pkg.version);
});
