/**
 * `npm run conformance`: the public suite, run twice in each of two revisions. Against the product as it is shipped,
 * where every scenario passes that needs no fixture; and against our own HTTP stack with all of the suite's fixtures,
 * its scenarios for tasks included. needs.mjs says what does not count, and why. Passes only where every check does;
 * what the suite itself skips is listed. The suite comes by npx, with the Node that it needs.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'rolldown';
import { fixturesLack, productLacks } from './needs.mjs';

const SUITE = ['-p', 'node@22', '-p', '@modelcontextprotocol/conformance@0.2.0-alpha.12', 'conformance'];
const REVISIONS = ['2025-11-25', '2026-07-28'];
/** Extensions stand in no revision; the suite runs them with the newest. */
const EXTENDED = REVISIONS.at(-1);
/** The exit code that says that nothing was tried. */
const NOT_TO_BE_HAD = 2;

const print = line => process.stdout.write(`${line}\n`);
const suite = (...args) => promisify(execFile)('npx', ['--yes', ...SUITE, ...args], { maxBuffer: 1e8 });

/** The suite's scenarios by revision, as it lists them itself. Where it cannot be had, nothing is tried. */
async function listScenarios() {
  const { stdout } = await suite('list', '--server').catch(failure => {
    print(`the conformance suite could not be had: ${failure.message}`);
    process.exit(NOT_TO_BE_HAD);
  });
  const listed = [...stdout.matchAll(/^\s*- ([\w-]+) \[(.*)\]/gm)];
  return revision =>
    listed.flatMap(([, name, revisions]) =>
      revisions.split(',').some(one => one === revision || (one === 'extension' && revision === EXTENDED))
        ? [name]
        : [],
    );
}

/** Runs all scenarios of a revision in one process of the suite's. @returns their checks, by name */
async function runSuite(url, revision, out) {
  // It exits 1 where a check fails, which the checks say themselves.
  const ran = await suite('server', '--url', url, '--requirements', revision, '-o', out).catch(f => f);
  const checks = new Map();
  for (const folder of await readdir(out).catch(() => [])) {
    const [, name] = /^server-(.*)-\d{4}-\d\d-\d\dT/.exec(folder) ?? [];
    const file = await readFile(join(out, folder, 'checks.json'), 'utf8').catch(() => undefined);
    if (name && file) checks.set(name, JSON.parse(file));
  }
  if (checks.size === 0) throw new Error(`the suite left no checks: ${ran.stdout}${ran.stderr}`);
  return checks;
}

/** A scenario that broke off leaves no checks; it must not pass for one that was never asked for. */
const nothing = [{ id: 'scenario', status: 'FAILURE', errorMessage: 'left no checks' }];

/** What there was to look at; of what it could not look at, the suite tells in an INFO with a message. */
function scoredOf(checks) {
  const notes = ({ status, details }) => status === 'INFO' && !details?.message;
  return checks
    .filter(check => !notes(check))
    .map(({ id, status, errorMessage, details }) => {
      const isSeen = status !== 'INFO';
      return { id, status: isSeen ? status : 'SKIPPED', says: isSeen ? errorMessage : details.message };
    });
}

/** Prints what came of the scenarios that can be tried, and why the others are not. @returns whether all checks passed */
function report(title, names, checks, lacks) {
  const counts = { SUCCESS: 0, SKIPPED: 0 };
  for (const name of names) {
    const [, reason] = lacks.find(([pattern]) => pattern.test(name)) ?? [];
    if (reason) {
      print(`  ${name}: does not count, for want of ${reason}`);
      continue;
    }
    const scored = scoredOf(checks.get(name) ?? nothing);
    for (const { status } of scored) counts[status] = (counts[status] ?? 0) + 1;
    print(`  ${name}: ${scored.filter(({ status }) => status === 'SUCCESS').length} of ${scored.length}`);
    for (const { id, status, says } of scored)
      if (status !== 'SUCCESS') print(`    ${status} ${id}${says ? `: ${says}` : ''}`);
  }
  const { SUCCESS, SKIPPED, ...others } = counts;
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

/** Our HTTP stack, with the suite's fixtures. */
async function startFixtures(folder) {
  const file = join(folder, 'server.mjs');
  const input = fileURLToPath(new URL('server.ts', import.meta.url));
  await build({ input, platform: 'node', logLevel: 'warn', output: { file, codeSplitting: false } });
  const { startConformanceServer } = await import(pathToFileURL(file).href);
  return startConformanceServer();
}

const namesOf = await listScenarios();
const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
const servers = [
  { what: 'as shipped', start: startProduct, lacks: productLacks },
  { what: "with the suite's fixtures", start: () => startFixtures(folder), lacks: fixturesLack },
];
const results = [];
try {
  for (const { what, start, lacks } of servers) {
    const server = await start();
    for (const revision of REVISIONS) {
      const checks = await runSuite(server.url, revision, join(folder, what, revision));
      results.push(report(`${revision}, ${what}`, namesOf(revision), checks, lacks));
    }
    await server.close();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = results.every(Boolean) ? 0 : 1;
