/**
 * `node --expose-gc jobs-memory.mjs FOLDER job|subscriber COUNT` prints the bytes of heap that each of them
 * takes: jobs with one follower each, or followers of a single job. FOLDER has the bundled watcher.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, what, count] = process.argv.slice(2);
const load = name => import(pathToFileURL(join(folder, `${name}.mjs`)).href);
const { JobWatcher } = await load('watcher');
const { toJob } = await load('job');

const times = { createTime: '2026-01-01T00:00:00Z', updateTime: '2026-01-01T00:00:00Z' };
const never = new Promise(() => {});

/** Watches as many as asked; the result holds what must stay in memory. */
function watch(what, count) {
  const watcher = new JobWatcher(
    { poll: () => never, pastDurations: async () => [300_000], hasEnvironment: async () => true },
    { clock: { now: () => Date.parse(times.createTime), after: () => () => {} } },
  );
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

async function heapUsed() {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise(resolve => setImmediate(resolve));
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}

// What is compiled and cached at first use belongs to no job.
const warm = watch(what, 100);
const before = await heapUsed();
const held = watch(what, Number(count));
const bytes = ((await heapUsed()) - before) / Number(count);
process.stdout.write(`${Math.round(bytes)}\n`);
// Whatever was measured is in use until here.
for (const { watcher } of [warm, held]) watcher.close();
