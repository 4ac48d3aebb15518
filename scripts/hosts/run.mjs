/**
 * `npm run hosts`: runs real clients against the built server and its sandbox, over stdio and HTTP, and writes what they did
 * to observed.json, from which docs/hosts.md is made. The clients come from npm into a temporary folder; nothing but npm
 * and the loopback is reached. `npm run hosts -- mastra` runs the clients whose package is named so.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { withTemporaryFolder } from '../bundle-file.mjs';
import { companions, hosts } from './hosts.mjs';
import { renewPage } from './page.mjs';

const here = new URL('.', import.meta.url);
const cli = fileURLToPath(new URL('../../dist/cli.js', here));
const OBSERVED = new URL('observed.json', here);
/** Long enough for a client to show progress. */
const SANDBOX = ['--sandbox', '--job-ms', '1500', '--log-level', 'error'];
/** With a server of its own for each request, a client needs half a minute. */
const TIMEOUT_MS = 300_000;

/** @param {string} line */
const print = line => process.stdout.write(`${line}\n`);

/** @param {string} folder */
async function install(folder) {
  const dependencies = {
    ...companions,
    ...Object.fromEntries(hosts.map(host => [host.package, host.version])),
  };
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, type: 'module', dependencies }),
  );
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', '--no-save'], {
    cwd: folder,
    maxBuffer: 1e8,
  });
  for (const name of ['steps.mjs', 'clients'])
    await cp(new URL(name, here), join(folder, name), { recursive: true });
}

/** The variables of every process: nothing of the person's own AWS account. @param {string} folder */
const environmentIn = folder => ({
  HOME: folder,
  PATH: `${join(folder, 'node_modules/node/bin')}:${process.env.PATH}`,
  AWS_EC2_METADATA_DISABLED: 'true',
});

/** Starts the server over HTTP. */
async function startServer() {
  const args = [cli, 'http', '--port', '0', ...SANDBOX];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const [line] = await once(createInterface({ input: child.stderr }), 'line');
  child.stderr.resume();
  return { url: String(line).replace(/^listening on /, ''), stop: () => child.kill() };
}

/**
 * @param {string} folder
 * @param {import('./hosts.mjs').Host} host
 * @param {import('./steps.mjs').Server} server
 * @returns {Promise<import('./steps.mjs').Observed>}
 */
async function observe(folder, host, server) {
  const args = ['steps.mjs', `clients/${host.adapter}`, JSON.stringify(server)];
  const options = { cwd: folder, env: environmentIn(folder), maxBuffer: 1e8, timeout: TIMEOUT_MS };
  const { stdout, stderr } = await promisify(execFile)(
    join(folder, 'node_modules/node/bin/node'),
    args,
    options,
  );
  const [, observed] = /^OBSERVED (.*)$/m.exec(stdout) ?? [];
  if (observed === undefined) throw new Error(`${host.name} observed nothing: ${stdout}${stderr}`);
  return JSON.parse(observed);
}

/** @param {string} folder @param {import('./hosts.mjs').Host} host @param {import('./hosts.mjs').Transport} transport */
async function observeOver(folder, host, transport) {
  if (transport === 'stdio') {
    const env = environmentIn(folder);
    return observe(folder, host, {
      kind: 'stdio',
      command: process.execPath,
      args: [cli, 'stdio', ...SANDBOX],
      env,
    });
  }
  // A server for each client, since each clones into the same new environment.
  const server = await startServer();
  try {
    return await observe(folder, host, { kind: 'http', url: server.url });
  } finally {
    server.stop();
  }
}

await withTemporaryFolder('hosts', async folder => {
  const wanted = process.argv.slice(2);
  const chosen = hosts.filter(
    host => wanted.length === 0 || wanted.some(word => host.package.includes(word)),
  );
  print(`installing ${hosts.length} clients`);
  await install(folder);
  /** @type {import('./page.mjs').Row[]} */
  const earlier = JSON.parse(await readFile(OBSERVED, 'utf8').catch(() => '[]'));
  /** @type {import('./page.mjs').Row[]} */
  const rows = [];
  for (const host of hosts)
    for (const transport of host.transports) {
      if (!chosen.includes(host)) {
        rows.push(...earlier.filter(row => row.package === host.package && row.transport === transport));
        continue;
      }
      const observed = await observeOver(folder, host, transport);
      print(`${host.name} ${host.version} over ${transport}: ${JSON.stringify(observed)}`);
      rows.push({ package: host.package, version: host.version, transport, ...observed });
    }
  await writeFile(OBSERVED, `${JSON.stringify(rows, null, 2)}\n`);
  await renewPage();
});
