/**
 * The endpoint under load, in both eras: a read and the tool list, at 1, 8 and 32 connections, against the least
 * that serves the same on the same SDK; and what a call costs beyond AWS's own client. Runs take turns.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';
import { start, surroundings } from './child.mjs';
import { load } from './load.mjs';

const bin = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

const ROUNDS = 5;
const RUN_MS = 1_000;
const WARM_MS = 10_000;
const appId = 'd1sandboxshop';

const loads = {
  call: { method: 'tools/call', params: { name: 'get_backend', arguments: { appId } } },
  list: { method: 'tools/list' },
};

/** AWS's client on its own. */
function startBare(args, env) {
  const stdio = ['pipe', 'pipe', 'inherit'];
  const child = spawn(process.execPath, args, { env: { ...surroundings, ...env }, stdio });
  const lines = createInterface({ input: child.stdout });
  return {
    async run(ms) {
      child.stdin.write(`${ms}\n`);
      return { latencies: JSON.parse((await once(lines, 'line'))[0]) };
    },
    async stop() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The middle of the rounds: one that something else disturbed does not count. */
const median = values => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

function summary(rounds) {
  const latencies = rounds.flatMap(round => round.latencies).sort((a, b) => a - b);
  const at = share => latencies[Math.floor((latencies.length - 1) * share)];
  const cpu = rounds.map(round => round.cpuMs).filter(value => value !== undefined);
  return {
    ...{ perSecond: median(rounds.map(round => round.perSecond)), p50: at(0.5), p99: at(0.99) },
    cpuMs: cpu.length === 0 ? undefined : mean(cpu),
  };
}

/** Runs each in turn, round after round. @returns the summary of each, and of the ratios within a round */
async function compare(ours, floor) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push([await ours(RUN_MS), await floor(RUN_MS)]);
  return {
    ours: summary(rounds.map(([one]) => one)),
    floor: summary(rounds.map(([, other]) => other)),
    ratio: median(rounds.map(([one, other]) => one.perSecond / other.perSecond)),
  };
}

/** The comparisons of one load, in both eras and with so many connections. */
async function compareLoad(kind, product, floor, connectionCounts) {
  const results = [];
  for (const era of ['2025', '2026']) {
    const ask =
      ({ url, pid }, connections) =>
      ms =>
        load({ url, pid, era, connections, ms, ...loads[kind] });
    const other = { ...floor, url: `${floor.url}${era}` };
    // What is compiled and connected at first belongs to no run.
    for (const server of [product, other]) await ask(server, 8)(WARM_MS);
    for (const connections of connectionCounts) {
      const result = await compare(ask(product, connections), ask(other, connections));
      results.push({ kind, era, connections, ...result });
    }
  }
  return results;
}

/** Figures by load, era and connections; and the latency of a call beside that of AWS's own client. */
export async function measureHttp({ kinds = ['call', 'list'], connectionCounts = [1, 8, 32] } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'http-'));
  const stops = [];
  const begin = async (args, env, said = 'stderr') => {
    const child = await start(args, env, said);
    stops.push(child.stop);
    return child;
  };
  try {
    // One sandbox beside them all, not one inside each as `--sandbox` has it: its work is the same on both sides,
    // and would hide in both processes what they differ in.
    const sandbox = await begin([bin, 'sandbox', '--port', '0'], {}, 'stdout');
    const aws = {
      AWS_ENDPOINT_URL: sandbox.url,
      AWS_ACCESS_KEY_ID: 'AKIASANDBOX000000000',
      AWS_SECRET_ACCESS_KEY: 'sandbox-secret-access-key',
      AWS_REGION: 'us-east-1',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    };
    const floorBin = await bundle('http-floor', folder);
    const tools = join(folder, 'tools.json');
    await writeFile(tools, execFileSync(process.execPath, [bin, 'tools', '--json']));
    const product = await begin([bin, 'http', '--port', '0'], aws);
    const floors = { call: await begin([floorBin], aws), list: await begin([floorBin, tools], aws) };

    const results = [];
    for (const kind of kinds)
      results.push(...(await compareLoad(kind, product, floors[kind], connectionCounts)));

    const bare = startBare([await bundle('bare-aws', folder), appId], aws);
    stops.push(bare.stop);
    await bare.run(WARM_MS);
    const overheads = [];
    for (const era of ['2025', '2026']) {
      const ask = ms => load({ ...product, era, connections: 1, ms, ...loads.call });
      const { ours, floor } = await compare(ask, bare.run);
      overheads.push({ era, ours, bare: floor });
    }
    return { results, overheads };
  } finally {
    for (const stop of stops) await stop();
    await rm(folder, { recursive: true });
  }
}
