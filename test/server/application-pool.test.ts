/**
 * The applications of callers: which are kept, which release what can be created again, and what ends with
 * one.
 */
import { expect, it, onTestFinished, vi } from 'vitest';
import { parseConfig } from '../../src/cli/config.ts';
import { defaultLimits } from '../../src/http/limits.ts';
import type { Application } from '../../src/server/application.ts';
import { ApplicationPool, applicationLimits } from '../../src/server/application-pool.ts';
import type { Rights } from '../../src/server/callers.ts';

const config = parseConfig({});
const rightsOf = (key: string): Rights => ({
  caller: key,
  key,
  person: { who: key },
  token: { claims: {}, scopes: [] },
  config,
});
const later = () => Date.now() + 3_600_000;

/** Applications that say what is done with them. */
function setUp(limits = { most: 3, mostUnreleased: 2, releaseAfterMs: 60_000, closeAfterMs: 120_000 }) {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const done: string[] = [];
  const apps = new ApplicationPool(({ key }, lease) => {
    done.push(`made ${key}`);
    const app = {
      runningJobs: 1,
      lease,
      releaseIdle: () => void done.push(`released ${key}`),
      close: async () => void done.push(`ended ${key}`),
    };
    return app as unknown as Application;
  }, limits);
  onTestFinished(() => apps.close());
  const use = (key: string) => apps.use(rightsOf(key), later());
  return { apps, done, use, visit: (key: string) => use(key).release() };
}

it('exist once for each set of rights, while it is used', () => {
  const { apps, done, use, visit } = setUp();
  expect(use('a').app).toBe(use('a').app);
  visit('b');
  visit('b');
  expect(done).toEqual(['made a', 'made b']);
  expect([apps.size, apps.runningJobs]).toEqual([2, 2]);
});

it('extend the validity of their rights with each request', () => {
  const { apps } = setUp();
  const until = later();
  const leaseOf = (time: number) =>
    (apps.use(rightsOf('a'), time).app as unknown as { lease: { until: number } }).lease;
  expect(leaseOf(until).until).toBe(until);
  expect(leaseOf(until + 5).until).toBe(until + 5);
  expect(leaseOf(until - 5).until).toBe(until + 5);
});

it('end the longest unused one to make room, and none in use', () => {
  const { apps, done, use, visit } = setUp();
  const ended = vi.fn();
  const held = use('a');
  held.whenEnded(ended);
  const b = use('b');
  b.whenEnded(ended);
  b.release();
  for (const key of ['c', 'b', 'd']) visit(key);
  expect(done.filter(one => one.startsWith('ended'))).toEqual(['ended c']);
  expect(ended).not.toHaveBeenCalled();
  visit('e');
  expect(done.at(-1)).toBe('ended b');
  expect(ended).toHaveBeenCalledTimes(1);
  expect(apps.size).toBe(3);
  for (const key of ['f', 'g']) use(key);
  expect(apps.size).toBe(3);
  use('h');
  expect(apps.size).toBe(4);
  held.release();
});

it('do not notify unsubscribed callbacks of their end', async () => {
  const { apps, use } = setUp();
  const [told, untold] = [vi.fn(), vi.fn()];
  const { whenEnded } = use('a');
  whenEnded(told);
  whenEnded(untold)();
  await apps.close();
  expect([told.mock.calls.length, untold.mock.calls.length]).toEqual([1, 0]);
});

it('release what can be created again when they are too many or idle, and later end', () => {
  const { done, use, visit } = setUp();
  for (const key of ['a', 'b', 'c']) visit(key);
  expect(done.at(-1)).toBe('released a');
  const released = () => done.filter(one => one.startsWith('released')).sort();
  const held = use('b');
  vi.advanceTimersByTime(90_000);
  expect(new Set(released())).toEqual(new Set(['released a', 'released c']));
  vi.advanceTimersByTime(60_000);
  expect(done.filter(one => one.startsWith('ended')).sort()).toEqual(['ended a', 'ended c']);
  held.release();
  held.release();
  vi.advanceTimersByTime(60_000);
  expect(done).toContain('released b');
  vi.advanceTimersByTime(90_000);
  expect(done).toContain('ended b');
});

it('outlive their sessions', () => {
  expect(applicationLimits.closeAfterMs).toBeGreaterThan(defaultLimits.sessionIdleMs);
});
