/**
 * Measures start-up and memory, from spawn to the answers of initialize and tools/list: of the built command, of a server with
 * one tool that is bundled in the same way, and of Node alone. Runs alternate.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { withTemporaryFolder } from '../scripts/bundle-file.mjs';
import { bundleBench } from './bundle.mjs';
import { bin, inheritedEnv } from './child.mjs';
import { encodeMessage, initialize, initialized } from './requests.mjs';
import { median } from './statistics.mjs';

/** @typedef {{ readonly ms: number, readonly memoryMb: number | undefined }} Run */

/** The first messages of a host. */
const opening = [{ id: 1, ...initialize }, initialized, { id: 2, method: 'tools/list' }]
  .map(message => `${encodeMessage(message)}\n`)
  .join('');

/**
 * The peak memory of a running process; undefined if the system does not show it.
 * @param {number | undefined} pid
 */
async function peakMemoryMb(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(status) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

/** @param {readonly string[]} args */
const spawnMeasured = args =>
  spawn(process.execPath, args, { env: inheritedEnv, stdio: ['pipe', 'pipe', 'ignore'] });

/** @param {string} line */
function idOf(line) {
  /** @type {{ id?: number }} */
  const { id } = JSON.parse(line);
  return id;
}

/**
 * @param {readonly string[]} args
 * @returns {Promise<Run>}
 */
async function timeServer(args) {
  const startedAt = performance.now();
  const child = spawnMeasured(args);
  const ended = once(child, 'exit');
  child.stdin.write(opening);
  let isAnswered = false;
  for await (const line of createInterface({ input: child.stdout })) {
    isAnswered = idOf(line) === 2;
    if (isAnswered) break;
  }
  if (!isAnswered) throw new Error(`${args.join(' ')} ended before it had answered`);
  const ms = performance.now() - startedAt;
  const memoryMb = await peakMemoryMb(child.pid);
  child.stdin.end();
  await ended;
  return { ms, memoryMb };
}

/**
 * @param {readonly string[]} args
 * @returns {Promise<Run>}
 */
async function timeNode(args) {
  const startedAt = performance.now();
  await once(spawnMeasured(args), 'exit');
  return { ms: performance.now() - startedAt, memoryMb: undefined };
}

/** @param {readonly Run[]} runs */
function summary(runs) {
  const times = runs.map(({ ms }) => ms);
  const memory = runs.flatMap(({ memoryMb }) => memoryMb ?? []);
  return {
    median: median(times),
    fastest: Math.min(...times),
    memoryMb: memory.length === 0 ? undefined : Math.max(...memory),
  };
}

/**
 * Measures the medians of `count` runs of each program, after one run of each that does not count.
 * @param {number} count
 */
export function measureStartup(count) {
  return withTemporaryFolder('one-tool', async folder => {
    const oneTool = await bundleBench('one-tool', folder);
    const measured = {
      server: { time: () => timeServer([bin, 'stdio']), runs: /** @type {Run[]} */ ([]) },
      oneTool: { time: () => timeServer([oneTool]), runs: /** @type {Run[]} */ ([]) },
      bareNode: { time: () => timeNode(['-e', '0']), runs: /** @type {Run[]} */ ([]) },
    };
    for (let turn = 0; turn <= count; turn++)
      for (const { time, runs } of Object.values(measured)) {
        const run = await time();
        if (turn > 0) runs.push(run);
      }
    return {
      server: summary(measured.server.runs),
      oneTool: summary(measured.oneTool.runs),
      bareNode: summary(measured.bareNode.runs),
    };
  });
}
