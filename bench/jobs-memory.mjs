/**
 * `node --expose-gc BUNDLE job|subscriber COUNT`, with the bundle of this file, prints the bytes of heap for each of COUNT jobs
 * with one follower each, or for each of COUNT followers of one job.
 */
import { toJob } from '../src/jobs/job.ts';
import { JobWatcher } from '../src/jobs/watcher.ts';
import { heapInUse } from './heap.mjs';

const [what, count] = process.argv.slice(2);

const times = { createTime: '2026-01-01T00:00:00Z', updateTime: '2026-01-01T00:00:00Z' };
/** @type {Promise<never>} */
const never = new Promise(() => {});

/**
 * Watches `count` jobs, or one job with `count` followers. The result holds the objects that must stay in memory.
 * @param {number} count
 */
function watch(count) {
  const watcher = new JobWatcher(
    { poll: () => never, pastDurations: async () => [300_000], hasEnvironment: async () => true },
    { clock: { now: () => Date.parse(times.createTime), after: () => () => {} } },
  );
  /** @param {number} number */
  const follow = number => {
    const jobId = `job-${what === 'job' ? number : 0}`;
    const ref = {
      ...{ target: undefined, region: 'us-east-1', appId: 'd1shop' },
      ...{ backendEnvironmentName: 'qa', jobId },
    };
    const job = toJob(ref, { status: 'IN_PROGRESS', ...times }, 'CloneBackend');
    if (!watcher.has(ref)) watcher.observe(ref, { job }, { caller: 'bench', isLive: true });
    return watcher.follow(ref, 'bench', () => number);
  };
  return { watcher, releases: Array.from({ length: count }, (_, number) => follow(number)) };
}

// The first use compiles and caches code, which is not memory of a job.
const warm = watch(100);
const before = await heapInUse();
const held = watch(Number(count));
const bytes = ((await heapInUse()) - before) / Number(count);
process.stdout.write(`${Math.round(bytes)}\n`);
// Keeps the measured objects in memory until here.
for (const { watcher } of [warm, held]) watcher.close();
