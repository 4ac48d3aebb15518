/**
 * `npm run conformance`: the public suite's scenarios for tasks against the fixture server. Passes only where
 * every check does; what the suite itself skips is listed with its reason. The suite comes by npx, with the
 * Node that it needs.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'rolldown';

const SUITE = ['-p', 'node@22', '-p', '@modelcontextprotocol/conformance@0.2.0-alpha.12', 'conformance'];
const REVISION = '2026-07-28';
/** The exit code that says that nothing was tried. */
const NOT_TO_BE_HAD = 2;

const print = line => process.stdout.write(`${line}\n`);
const suite = (...args) => promisify(execFile)('npx', ['--yes', ...SUITE, ...args], { maxBuffer: 1e8 });

/** The names of the suite's scenarios for tasks, as it lists them itself. Where it cannot be had, nothing is tried. */
async function listScenarios() {
  const { stdout } = await suite('list', '--server').catch(failure => {
    print(`the conformance suite could not be had: ${failure.message}`);
    process.exit(NOT_TO_BE_HAD);
  });
  return [...stdout.matchAll(/^\s*- (tasks-[\w-]+)/gm)].map(([, name]) => name);
}

/** Runs one scenario and reads its checks from the file that the suite leaves. */
async function runScenario(url, name, folder) {
  const out = join(folder, name);
  // It exits 1 where a check fails, which the checks say themselves.
  // An extension stands in no revision, so it has to be forced; the revision says which wire is spoken.
  const wire = ['--spec-version', REVISION, '--force'];
  const args = ['server', '--url', url, '--scenario', name, ...wire, '-o', out];
  const ran = await suite(...args).catch(failure => failure);
  const files = await readdir(out, { recursive: true }).catch(() => []);
  const file = files.find(path => path.endsWith('checks.json'));
  if (!file) throw new Error(`${name} left no checks: ${ran.stdout}${ran.stderr}`);
  return JSON.parse(await readFile(join(out, file), 'utf8'));
}

const scenarios = await listScenarios();
const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
const counts = {};
try {
  const file = join(folder, 'server.mjs');
  const input = fileURLToPath(new URL('server.ts', import.meta.url));
  await build({ input, platform: 'node', logLevel: 'warn', output: { file, codeSplitting: false } });
  const { startConformanceServer } = await import(pathToFileURL(file).href);
  const server = await startConformanceServer();
  try {
    for (const name of scenarios) {
      print(name);
      for (const { id, status, errorMessage } of await runScenario(server.url, name, folder)) {
        counts[status] = (counts[status] ?? 0) + 1;
        print(`  ${status.padEnd(8)} ${id}${errorMessage ? `: ${errorMessage}` : ''}`);
      }
    }
  } finally {
    await server.close();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
const { SUCCESS = 0, SKIPPED = 0, ...others } = counts;
const bad = Object.entries(others).map(([status, count]) => `, ${count} ${status}`);
print(`${REVISION} tasks: ${SUCCESS} passed, ${SKIPPED} skipped by the suite${bad.join('')}`);
process.exitCode = SUCCESS > 0 && bad.length === 0 ? 0 : 1;
