/**
 * Measures how often the watcher polls a job and how late it notices the end, compared with polling the same jobs every 2 s.
 * The clock jumps to the next timer, so no time passes. Every run draws the same jobs. It runs bundled, since it imports
 * TypeScript.
 */
import { toJob } from '../src/jobs/job.ts';
import { JobWatcher } from '../src/jobs/watcher.ts';
import { mean } from './statistics.mjs';

const FIXED_MS = 2_000;
/** How many jobs of each length. */
export const JOBS = 1_000;

const ref = { target: undefined, region: 'us-east-1', appId: 'd1', backendEnvironmentName: 'qa', jobId: 'j' };

/**
 * A generator of pseudo-random numbers from 0 to 1 (mulberry32).
 * @param {number} seed
 * @returns {() => number}
 */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Draws a lognormal duration around a typical one.
 * @param {number} typicalMs
 * @param {number} spread
 * @param {() => number} random
 */
function draw(typicalMs, spread, random) {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.round(typicalMs * Math.exp(spread * normal));
}

/** Waits until everything that depends on promises alone has finished. */
const settle = () => new Promise(resolve => setImmediate(resolve));

/** A clock that jumps from timer to timer. */
function jumpingClock() {
  let now = Date.UTC(2026, 0, 1);
  /** @type {Set<{ readonly at: number, readonly run: () => void }>} */
  const timers = new Set();
  return {
    now: () => now,
    /** @type {import('../src/lib/timers.ts').Clock['after']} */
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async jump() {
      await settle();
      const [next] = [...timers].sort((a, b) => a.at - b.at);
      if (!next) throw new Error('no timer is set, and the job has not ended');
      timers.delete(next);
      now = next.at;
      next.run();
      await settle();
    },
  };
}

/**
 * Watches one job as the server does, from its start to its end.
 * @param {{ readonly durationMs: number, readonly past: readonly number[], readonly random: () => number }} job
 */
async function watch({ durationMs, past, random }) {
  const clock = jumpingClock();
  const startedAt = clock.now();
  const operation = 'CloneBackend';
  let polls = 0;
  const endsAt = startedAt + durationMs;
  const jobNow = () => {
    const isOver = clock.now() >= endsAt;
    const [status, updateTime] = isOver ? ['COMPLETED', endsAt] : ['IN_PROGRESS', startedAt];
    return toJob(ref, { status, createTime: startedAt, updateTime }, operation);
  };
  const watcher = new JobWatcher(
    {
      poll: async () => {
        polls += 1;
        return { job: jobNow() };
      },
      pastDurations: async () => past,
      hasEnvironment: async () => true,
    },
    { clock, random },
  );
  /** @type {number | undefined} */
  let noticedAt;
  watcher.observe(ref, { job: toJob(ref, {}, operation) }, { caller: 'bench', isLive: false });
  watcher.follow(ref, 'bench', change => {
    if ('job' in change && change.job.state === 'succeeded') noticedAt = clock.now();
  });
  while (noticedAt === undefined) await clock.jump();
  watcher.close();
  return { polls, delayMs: noticedAt - endsAt };
}

/** @typedef {{ readonly typicalMs: number, readonly pastJobs: number, readonly spread: number }} Length */

/**
 * Means over many jobs of about one length: the number of polls, and the delay until the end was noticed, in ms.
 * @param {Length} length
 */
export async function measureLength({ typicalMs, pastJobs, spread }) {
  // Polls draw from a second generator, so that the number of polls does not change the jobs.
  const [random, jitter] = [seeded(typicalMs), seeded(1)];
  /** @type {(Awaited<ReturnType<typeof watch>> & { durationMs: number, fixedPolls: number, fixedDelayMs: number })[]} */
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
      ...(await watch({ durationMs, past, random: jitter })),
    });
  }
  /** @param {'durationMs' | 'polls' | 'delayMs' | 'fixedPolls' | 'fixedDelayMs'} name */
  const of = name => mean(runs.map(run => run[name]));
  return {
    ...{ typicalMs, pastJobs, spread, polls: of('polls'), fixedPolls: of('fixedPolls') },
    ...{ delayMs: of('delayMs'), fixedDelayMs: of('fixedDelayMs') },
    ...{ share: of('polls') / of('fixedPolls'), delayShare: of('delayMs') / of('durationMs') },
  };
}
