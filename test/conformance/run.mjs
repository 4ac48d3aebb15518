/**
 * `npm run conformance`: the public suite, run twice. Against the product as it is shipped, where every scenario of
 * both revisions passes that needs no fixture (needs.mjs says which do, and what); and its scenarios for tasks
 * against our own machinery with the suite's fixtures. Passes only where every check does; what the suite itself
 * skips is listed. The suite comes by npx, with the Node that it needs.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'rolldown';
import { needs } from './needs.mjs';

const SUITE = ['-p', 'node@22', '-p', '@modelcontextprotocol/conformance@0.2.0-alpha.12', 'conformance'];
const REVISIONS = ['2025-11-25', '2026-07-28'];
/** The exit code that says that nothing was tried. */
const NOT_TO_BE_HAD = 2;

const print = line => process.stdout.write(`${line}\n`);
const suite = (...args) => promisify(execFile)('npx', ['--yes', ...SUITE, ...args], { maxBuffer: 1e8 });

/** The suite's scenarios with their revisions, as it lists them itself. Where it cannot be had, nothing is tried. */
async function listScenarios() {
  const { stdout } = await suite('list', '--server').catch(failure => {
    print(`the conformance suite could not be had: ${failure.message}`);
    process.exit(NOT_TO_BE_HAD);
  });
  return [...stdout.matchAll(/^\s*- ([\w-]+) \[(.*)\]/gm)].map(([, name, revisions]) => ({
    name,
    revisions: revisions.split(','),
  }));
}

/** Runs one scenario and reads its checks from the file that the suite leaves. */
async function runScenario(url, name, folder, ...wire) {
  const out = join(folder, name);
  // It exits 1 where a check fails, which the checks say themselves.
  const ran = await suite('server', '--url', url, '--scenario', name, ...wire, '-o', out).catch(f => f);
  const files = await readdir(out, { recursive: true }).catch(() => []);
  const file = files.find(path => path.endsWith('checks.json'));
  if (!file) throw new Error(`${name} left no checks: ${ran.stdout}${ran.stderr}`);
  return JSON.parse(await readFile(join(out, file), 'utf8'));
}

/** Runs scenarios one after another and prints what came of them. @returns whether every check passed */
async function runAll(title, url, names, folder, wire) {
  const counts = {};
  for (const name of names) {
    print(name);
    for (const { id, status, errorMessage } of await runScenario(url, name, folder, ...wire)) {
      if (status === 'INFO') continue;
      counts[status] = (counts[status] ?? 0) + 1;
      print(`  ${status.padEnd(8)} ${id}${errorMessage ? `: ${errorMessage}` : ''}`);
    }
  }
  const { SUCCESS = 0, SKIPPED = 0, ...others } = counts;
  const bad = Object.entries(others).map(([status, count]) => `, ${count} ${status}`);
  print(`${title}: ${SUCCESS} passed, ${SKIPPED} skipped by the suite${bad.join('')}`);
  return SUCCESS > 0 && bad.length === 0;
}

/** The product, as `amplify-backend-mcp http` serves it. */
async function startProduct() {
  const bin = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
  const child = spawn(process.execPath, [bin, 'http', '--port', '0', '--sandbox'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [line] = await once(child.stderr, 'data');
  const [, url] = /listening on (\S+)/.exec(String(line)) ?? [];
  return {
    url,
    async close() {
      child.kill();
      await once(child, 'close');
    },
  };
}

/** Our machinery of tasks, with the suite's fixtures. */
async function startFixtures(folder) {
  const file = join(folder, 'server.mjs');
  const input = fileURLToPath(new URL('server.ts', import.meta.url));
  await build({ input, platform: 'node', logLevel: 'warn', output: { file, codeSplitting: false } });
  const { startConformanceServer } = await import(pathToFileURL(file).href);
  return startConformanceServer();
}

const scenarios = await listScenarios();
const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
const results = [];
try {
  const product = await startProduct();
  const of = revision => scenarios.filter(({ revisions }) => revisions.includes(revision));
  for (const revision of REVISIONS) {
    const reasonOf = name => needs.find(([names]) => names.test(name))?.[1];
    const [able, unable] = [true, false].map(isAble =>
      of(revision).flatMap(({ name }) => ((reasonOf(name) === undefined) === isAble ? [name] : [])),
    );
    for (const name of unable) print(`${name}: not against the product, for want of ${reasonOf(name)}`);
    const wire = ['--spec-version', revision];
    results.push(await runAll(`${revision}, as shipped`, product.url, able, join(folder, revision), wire));
  }
  await product.close();

  const fixtures = await startFixtures(folder);
  const tasks = scenarios.map(({ name }) => name).filter(name => name.startsWith('tasks-'));
  // An extension stands in no revision, so it has to be forced; the revision says which wire is spoken.
  const wire = ['--spec-version', '2026-07-28', '--force'];
  results.push(await runAll('2026-07-28, tasks', fixtures.url, tasks, join(folder, 'tasks'), wire));
  await fixtures.close();
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = results.every(Boolean) ? 0 : 1;
