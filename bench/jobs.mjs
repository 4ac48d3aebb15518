/**
 * What watching costs and how late an end is noticed: the real watcher on a clock that jumps, against a look
 * every 2 s at the same jobs; and its memory. Every run draws the same jobs.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'rolldown';

const path = relative => fileURLToPath(new URL(relative, import.meta.url));

const FIXED_MS = 2_000;
const JOBS = 1_000;
const PAST_JOBS = 10;

const ref = { target: undefined, region: 'us-east-1', appId: 'd1', backendEnvironmentName: 'qa', jobId: 'j' };

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A lognormal duration around a typical one. */
function draw(typicalMs, spread, random) {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.round(typicalMs * Math.exp(spread * normal));
}

/** Lets everything that waits only for promises go on. */
const settle = () => new Promise(resolve => setImmediate(resolve));

/** A clock that jumps from timer to timer. */
function jumpingClock() {
  let now = Date.UTC(2026, 0, 1);
  const timers = new Set();
  return {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async jump() {
      await settle();
      const [next] = [...timers].sort((a, b) => a.at - b.at);
      if (!next) throw new Error('nobody waits for anything, and the job has not ended');
      timers.delete(next);
      now = next.at;
      next.run();
      await settle();
    },
  };
}

/** Watches one job as the server does: started, and followed to its end. */
async function watch({ JobWatcher, toJob }, { durationMs, past, random }) {
  const clock = jumpingClock();
  const startedAt = clock.now();
  const operation = 'CloneBackend';
  let polls = 0;
  const endsAt = startedAt + durationMs;
  const look = () => {
    const isOver = clock.now() >= endsAt;
    const [status, updateTime] = isOver ? ['COMPLETED', endsAt] : ['IN_PROGRESS', startedAt];
    return toJob(ref, { status, createTime: startedAt, updateTime }, operation);
  };
  const watcher = new JobWatcher(
    {
      poll: async () => {
        polls += 1;
        return { job: look() };
      },
      pastDurations: async () => past,
      hasEnvironment: async () => true,
    },
    { clock, random },
  );
  let noticedAt;
  watcher.observe(ref, { job: toJob(ref, {}, operation) }, { caller: 'bench', isLive: false });
  watcher.follow(ref, 'bench', ({ job }) => {
    if (job.state === 'succeeded') noticedAt = clock.now();
  });
  while (noticedAt === undefined) await clock.jump();
  watcher.close();
  return { polls, delayMs: noticedAt - endsAt };
}

const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length;

async function measureLength(code, { typicalMs, pastJobs, spread }) {
  // Two, so that the jobs are the same however often they are looked at.
  const [random, jitter] = [seeded(typicalMs), seeded(1)];
  const runs = [];
  for (let index = 0; index < JOBS; index += 1) {
    const durationMs = draw(typicalMs, spread, random);
    const past = Array.from({ length: pastJobs }, () => draw(typicalMs, spread, random));
    const fixedPolls = Math.ceil(durationMs / FIXED_MS);
    const fixedDelayMs = fixedPolls * FIXED_MS - durationMs;
    runs.push({
      durationMs,
      fixedPolls,
      fixedDelayMs,
      ...(await watch(code, { durationMs, past, random: jitter })),
    });
  }
  const of = name => mean(runs.map(run => run[name]));
  return {
    ...{ typicalMs, pastJobs, spread, polls: of('polls'), fixedPolls: of('fixedPolls') },
    ...{ delayMs: of('delayMs'), fixedDelayMs: of('fixedDelayMs') },
    ...{ share: of('polls') / of('fixedPolls'), delayShare: of('delayMs') / of('durationMs') },
  };
}

/** Bytes of heap for each of so many jobs or followers, in a process of its own. */
function measureMemory(folder, what, count) {
  const args = ['--expose-gc', path('jobs-memory.mjs'), folder, what, String(count)];
  return { what, count, bytes: Number(execFileSync(process.execPath, args, { encoding: 'utf8' })) };
}

/** Means over many jobs for each length, and memory in bytes. */
export async function measureJobs() {
  const folder = await mkdtemp(join(tmpdir(), 'watcher-'));
  try {
    await build({
      input: { watcher: path('../src/jobs/watcher.ts'), job: path('../src/jobs/job.ts') },
      platform: 'node',
      logLevel: 'warn',
      output: { dir: folder, format: 'esm', entryFileNames: '[name].mjs' },
    });
    const load = name => import(pathToFileURL(join(folder, `${name}.mjs`)).href);
    const code = { ...(await load('watcher')), ...(await load('job')) };
    const lengths = [30_000, 300_000, 2_400_000];
    const kinds = [
      { pastJobs: PAST_JOBS, spread: 0.15 },
      { pastJobs: PAST_JOBS, spread: 0.4 },
      { pastJobs: 0, spread: 0.15 },
    ];
    const pace = [];
    for (const kind of kinds)
      for (const typicalMs of lengths) pace.push(await measureLength(code, { typicalMs, ...kind }));
    const memory = [
      ...[1_000, 10_000].map(count => measureMemory(folder, 'job', count)),
      ...[10_000, 100_000].map(count => measureMemory(folder, 'subscriber', count)),
    ];
    return { jobs: JOBS, pace, memory };
  } finally {
    await rm(folder, { recursive: true });
  }
}
