/** Measures how often jobs are polled and how late their ends are noticed, by their length, and the watcher's memory. */
import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { withTemporaryFolder } from '../scripts/bundle-file.mjs';
import { bundleBench } from './bundle.mjs';

const PAST_JOBS = 10;
const lengths = [30_000, 300_000, 2_400_000];
const kinds = [
  { pastJobs: PAST_JOBS, spread: 0.15 },
  { pastJobs: PAST_JOBS, spread: 0.4 },
  { pastJobs: 0, spread: 0.15 },
];

/** Measures the means over many jobs for each length, and the bytes of memory for each job or follower. */
export function measureJobs() {
  return withTemporaryFolder('watcher', async folder => {
    /** @type {typeof import('./watching.mjs')} */
    const { JOBS, measureLength } = await import(pathToFileURL(await bundleBench('watching', folder)).href);
    const pace = [];
    for (const kind of kinds)
      for (const typicalMs of lengths) pace.push(await measureLength({ typicalMs, ...kind }));

    const memoryBin = await bundleBench('jobs-memory', folder);
    /** @type {(what: 'job' | 'subscriber', count: number) => { what: typeof what, count: number, bytes: number }} */
    const measureMemory = (what, count) => {
      const args = ['--expose-gc', memoryBin, what, String(count)];
      return { what, count, bytes: Number(execFileSync(process.execPath, args, { encoding: 'utf8' })) };
    };
    const memory = [
      ...[1_000, 10_000].map(count => measureMemory('job', count)),
      ...[10_000, 100_000].map(count => measureMemory('subscriber', count)),
    ];
    return { jobs: JOBS, pace, memory };
  });
}
