/**
 * Measures the endpoint under load, in both eras: a read and the tool list, at 1, 8 and 32 connections, compared with a minimal
 * server on the same SDK. Also compares the latency of a call with that of AWS's own client. Runs alternate.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { withTemporaryFolder } from '../scripts/bundle-file.mjs';
import { bundleBench } from './bundle.mjs';
import { appId, bin, inheritedEnv, sandboxEnv, start, startSandbox } from './child.mjs';
import { load } from './load.mjs';
import { mean, median, quantile } from './statistics.mjs';

/** @typedef {import('./requests.mjs').Era} Era */
/** @typedef {{ readonly url: string, readonly pid: number }} Endpoint */
/** @typedef {{ readonly latencies: readonly number[], readonly perSecond: number, readonly cpuMs?: number | undefined }} Round */

const ROUNDS = 5;
const RUN_MS = 1_000;
const WARM_UP_MS = 10_000;
/** @type {readonly Era[]} */
const ERAS = ['2025', '2026'];

const loads = {
  call: { method: 'tools/call', params: { name: 'get_backend', arguments: { appId } } },
  list: { method: 'tools/list' },
};

/** @typedef {keyof typeof loads} Kind */

/**
 * Starts `bare-aws.mjs`, which calls AWS's client without a server.
 * @param {readonly string[]} args
 * @param {import('./child.mjs').Env} env
 */
function startBare(args, env) {
  const child = spawn(process.execPath, args, {
    env: { ...inheritedEnv, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  return {
    /**
     * @param {number} ms
     * @returns {Promise<Round>}
     */
    async run(ms) {
      child.stdin.write(`${ms}\n`);
      const [line] = await once(lines, 'line');
      /** @type {number[]} */
      const latencies = JSON.parse(String(line));
      return { latencies, perSecond: (latencies.length * 1000) / ms };
    },
    async stop() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

/** @param {readonly Round[]} rounds */
function summary(rounds) {
  const latencies = rounds.flatMap(round => round.latencies);
  const cpu = rounds.flatMap(round => round.cpuMs ?? []);
  return {
    perSecond: median(rounds.map(round => round.perSecond)),
    p50: median(latencies),
    p99: quantile(latencies, 0.99),
    cpuMs: cpu.length === 0 ? undefined : mean(cpu),
  };
}

/**
 * Runs two measurements alternately.
 * @param {(ms: number) => Promise<Round>} ours
 * @param {(ms: number) => Promise<Round>} baseline
 * @returns the summary of each, and of the ratios within a round
 */
async function compare(ours, baseline) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1)
    rounds.push({ ours: await ours(RUN_MS), baseline: await baseline(RUN_MS) });
  return {
    ours: summary(rounds.map(round => round.ours)),
    baseline: summary(rounds.map(round => round.baseline)),
    ratio: median(rounds.map(round => round.ours.perSecond / round.baseline.perSecond)),
  };
}

/**
 * Compares one load in both eras, with each number of connections.
 * @param {Kind} kind
 * @param {Endpoint} product
 * @param {Endpoint} baseline
 * @param {readonly number[]} connectionCounts
 */
async function compareLoad(kind, product, baseline, connectionCounts) {
  const results = [];
  for (const era of ERAS) {
    /** @type {(endpoint: Endpoint, connections: number) => (ms: number) => Promise<Round>} */
    const ask =
      ({ url, pid }, connections) =>
      ms =>
        load({ url, pid, era, connections, ms, ...loads[kind] });
    const other = { ...baseline, url: `${baseline.url}${era}` };
    // Compiling and connecting happen here, so that no measured round includes them.
    for (const server of [product, other]) await ask(server, 8)(WARM_UP_MS);
    for (const connections of connectionCounts) {
      const result = await compare(ask(product, connections), ask(other, connections));
      results.push({ kind, era, connections, ...result });
    }
  }
  return results;
}

/**
 * Measures each load by era and number of connections, and the latency of a call compared with that of AWS's own client.
 * @param {{ readonly kinds?: readonly Kind[], readonly connectionCounts?: readonly number[] }} [settings]
 */
export function measureHttp({ kinds = ['call', 'list'], connectionCounts = [1, 8, 32] } = {}) {
  return withTemporaryFolder('http', async folder => {
    /** @type {{ stop(): Promise<void> }[]} */
    const started = [];
    /** @type {<Child extends { stop(): Promise<void> }>(child: Child) => Child} */
    const stopLater = child => {
      started.push(child);
      return child;
    };
    try {
      // All servers share this sandbox. With `--sandbox`, each would run its own, and the same work in every process
      // would hide their differences.
      const sandbox = stopLater(await startSandbox());
      const aws = sandboxEnv(sandbox.url);
      const baselineBin = await bundleBench('http-baseline', folder);
      const tools = join(folder, 'tools.json');
      await writeFile(tools, execFileSync(process.execPath, [bin, 'tools', '--json']));
      const product = stopLater(await start([bin, 'http', '--port', '0'], aws, 'stderr'));
      const baselines = {
        call: stopLater(await start([baselineBin], aws, 'stderr')),
        list: stopLater(await start([baselineBin, tools], aws, 'stderr')),
      };

      const results = [];
      for (const kind of kinds)
        results.push(...(await compareLoad(kind, product, baselines[kind], connectionCounts)));

      const bare = stopLater(startBare([await bundleBench('bare-aws', folder), appId], aws));
      await bare.run(WARM_UP_MS);
      const overheads = [];
      for (const era of ERAS) {
        /** @param {number} ms */
        const ask = ms =>
          load({ url: product.url, pid: product.pid, era, connections: 1, ms, ...loads.call });
        const { ours, baseline } = await compare(ask, bare.run);
        overheads.push({ era, ours, bare: baseline });
      }
      return { results, overheads };
    } finally {
      for (const child of started) await child.stop();
    }
  });
}
