/**
 * `npm run conformance`: the public suite, run twice in each of two revisions. Against the product as it is shipped,
 * where every scenario passes that needs no fixture; and against our own HTTP stack with all of the suite's fixtures,
 * its scenarios for tasks included. needs.mjs says what does not count, and why. Passes only where every check does;
 * what the suite itself skips is listed. The suite comes by npx, with the Node that it needs.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { bundle, withTemporaryFolder } from '../../scripts/bundle-file.mjs';
import { fixturesLack, productLacks } from './needs.mjs';

const SUITE = ['-p', 'node@22', '-p', '@modelcontextprotocol/conformance@0.2.0-alpha.12', 'conformance'];
/** Extensions stand in no revision; the suite runs them with the newest. */
const EXTENDED = '2026-07-28';
const REVISIONS = ['2025-11-25', EXTENDED];
/** The exit code that says that nothing was tried. */
const NOT_TO_BE_HAD = 2;

/**
 * What the suite writes of one check.
 * @typedef {{ readonly id: string, readonly status: string, readonly errorMessage?: string,
 *   readonly details?: { readonly message?: string } }} Check
 */

/** @param {string} line */
const print = line => process.stdout.write(`${line}\n`);
/** @param {string[]} args */
const suite = (...args) => promisify(execFile)('npx', ['--yes', ...SUITE, ...args], { maxBuffer: 1e8 });

/** The suite's scenarios by revision, as it lists them itself. Where it cannot be had, nothing is tried. */
async function listScenarios() {
  const { stdout } = await suite('list', '--server').catch((/** @type {Error} */ failure) => {
    print(`the conformance suite could not be had: ${failure.message}`);
    process.exit(NOT_TO_BE_HAD);
  });
  const listed = [...stdout.matchAll(/^\s*- ([\w-]+) \[(.*)\]/gm)];
  /** @param {string} revision */
  return revision =>
    listed.flatMap(([, name = '', revisions = '']) =>
      revisions.split(',').some(one => one === revision || (one === 'extension' && revision === EXTENDED))
        ? [name]
        : [],
    );
}

/**
 * Runs all scenarios of a revision in one process of the suite's.
 * @param {string} url
 * @param {string} revision
 * @param {string} out where the suite writes
 * @returns their checks, by name
 */
async function runSuite(url, revision, out) {
  // It exits 1 where a check fails, which the checks say themselves.
  const ran = await suite('server', '--url', url, '--requirements', revision, '-o', out).catch(
    (/** @type {{ stdout: string, stderr: string }} */ failed) => failed,
  );
  /** @type {Map<string, Check[]>} */
  const checks = new Map();
  for (const folder of await readdir(out).catch(() => [])) {
    const [, name] = /^server-(.*)-\d{4}-\d\d-\d\dT/.exec(folder) ?? [];
    const file = await readFile(join(out, folder, 'checks.json'), 'utf8').catch(() => undefined);
    if (name && file) checks.set(name, JSON.parse(file));
  }
  if (checks.size === 0) throw new Error(`the suite left no checks: ${ran.stdout}${ran.stderr}`);
  return checks;
}

/**
 * A scenario that broke off leaves no checks; it must not pass for one that was never asked for.
 * @type {Check[]}
 */
const nothing = [{ id: 'scenario', status: 'FAILURE', errorMessage: 'left no checks' }];

/**
 * What there was to look at; of what it could not look at, the suite tells in an INFO with a message.
 * @param {readonly Check[]} checks
 */
function scoredOf(checks) {
  /** @param {Check} check */
  const notes = ({ status, details }) => status === 'INFO' && !details?.message;
  return checks
    .filter(check => !notes(check))
    .map(({ id, status, errorMessage, details }) => {
      const isSeen = status !== 'INFO';
      return { id, status: isSeen ? status : 'SKIPPED', says: isSeen ? errorMessage : details?.message };
    });
}

/**
 * Prints what came of the scenarios that can be tried, and why the others are not.
 * @param {string} title
 * @param {readonly string[]} names
 * @param {ReadonlyMap<string, readonly Check[]>} checks
 * @param {import('./needs.mjs').Lacks} lacks
 * @returns whether all checks passed
 */
function report(title, names, checks, lacks) {
  /** @type {Record<string, number>} */
  const counts = {};
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
  if (!url) throw new Error(`the product does not listen: ${line}`);
  return {
    url,
    async close() {
      child.kill();
      await once(child, 'close');
    },
  };
}

/**
 * Our HTTP stack, with the suite's fixtures.
 * @param {string} folder
 */
async function startFixtures(folder) {
  const file = await bundle(new URL('server.ts', import.meta.url), folder);
  /** @type {typeof import('./server.ts')} */
  const { startConformanceServer } = await import(pathToFileURL(file).href);
  return startConformanceServer();
}

const namesOf = await listScenarios();
const results = await withTemporaryFolder('conformance', async folder => {
  const servers = [
    { what: 'as shipped', start: startProduct, lacks: productLacks },
    { what: "with the suite's fixtures", start: () => startFixtures(folder), lacks: fixturesLack },
  ];
  const passed = [];
  for (const { what, start, lacks } of servers) {
    const server = await start();
    for (const revision of REVISIONS) {
      const checks = await runSuite(server.url, revision, join(folder, what, revision));
      passed.push(report(`${revision}, ${what}`, namesOf(revision), checks, lacks));
    }
    await server.close();
  }
  return passed;
});
process.exitCode = results.every(Boolean) ? 0 : 1;
