/**
 * Start-up and memory: from spawn to the answers of initialize and tools/list, for the built command, for a
 * server with one tool that is bundled in the same way, and for a bare node; runs take turns.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

const path = relative => fileURLToPath(new URL(relative, import.meta.url));

/** What a host sends first. */
const opening = [
  {
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } },
  },
  { method: 'notifications/initialized' },
  { id: 2, method: 'tools/list' },
]
  .map(message => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  .join('');

/** The most memory that a living process had, where the system tells. */
async function peakMemoryMb(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(status) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

function start(args) {
  // Reading a file of certificates costs every node 40 ms; no host sets that variable.
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  return spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'ignore'] });
}

async function timeServer(args) {
  const startedAt = performance.now();
  const child = start(args);
  child.stdin.write(opening);
  for await (const line of createInterface({ input: child.stdout })) if (JSON.parse(line).id === 2) break;
  const ms = performance.now() - startedAt;
  const memoryMb = await peakMemoryMb(child.pid);
  child.stdin.end();
  await once(child, 'exit');
  return { ms, memoryMb };
}

async function timeNode(args) {
  const startedAt = performance.now();
  await once(start(args), 'exit');
  return { ms: performance.now() - startedAt, memoryMb: undefined };
}

function summary(runs) {
  const sorted = runs.map(run => run.ms).sort((a, b) => a - b);
  const memory = runs.map(run => run.memoryMb).filter(value => value !== undefined);
  return {
    median: sorted[Math.floor(sorted.length / 2)],
    fastest: sorted[0],
    memoryMb: memory.length === 0 ? undefined : Math.max(...memory),
  };
}

/** Medians of the given number of runs of each, after one run of each that does not count. */
export async function measureStartup(count) {
  const folder = await mkdtemp(join(tmpdir(), 'one-tool-'));
  try {
    const oneTool = await bundle('one-tool', folder);
    const turns = {
      server: () => timeServer([path('../dist/cli.js'), 'stdio']),
      oneTool: () => timeServer([oneTool]),
      bareNode: () => timeNode(['-e', '0']),
    };
    const runs = { server: [], oneTool: [], bareNode: [] };
    for (let turn = 0; turn <= count; turn++)
      for (const [name, time] of Object.entries(turns)) {
        const run = await time();
        if (turn > 0) runs[name].push(run);
      }
    return Object.fromEntries(Object.entries(runs).map(([name, all]) => [name, summary(all)]));
  } finally {
    await rm(folder, { recursive: true });
  }
}
