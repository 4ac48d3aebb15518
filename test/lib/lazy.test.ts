/** A lazy value is loaded once for all who need it, and again after a failure. */
import { expect, it, vi } from 'vitest';
import { lazy } from '../../src/lib/lazy.ts';

it('is loaded when it is first needed, once for all who need it', async () => {
  const load = vi.fn(async () => 'value');
  const value = lazy(load);
  expect([load.mock.calls.length, value.loaded, value.pending]).toEqual([0, undefined, undefined]);
  expect(await Promise.all([value.get(), value.get()])).toEqual(['value', 'value']);
  expect(await value.get()).toBe('value');
  expect([load.mock.calls.length, value.loaded]).toEqual([1, 'value']);
});

it('is loaded again after a failure', async () => {
  const load = vi.fn(async () => 'value').mockRejectedValueOnce(new Error('down'));
  const value = lazy(load);
  await expect(value.get()).rejects.toThrow('down');
  expect(value.loaded).toBeUndefined();
  expect(await value.get()).toBe('value');
});

it('runs what waits for it once it is loaded, unless that was cancelled', async () => {
  const value = lazy(async () => 'value');
  const released = vi.fn();
  const run = vi.fn(() => released);
  const cancelled = vi.fn(() => released);
  const release = value.whenLoaded(run);
  value.whenLoaded(cancelled)();
  await value.get();
  expect(run.mock.calls).toEqual([['value']]);
  expect(cancelled).not.toHaveBeenCalled();
  release();
  expect(released).toHaveBeenCalledOnce();
  // What comes later runs at once.
  value.whenLoaded(run);
  expect(run).toHaveBeenCalledTimes(2);
});
