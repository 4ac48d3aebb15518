/**
 * The jobs of an application before its AWS side is loaded: reads that need AWS load it, others are answered without
 * it.
 */
import type { Jobs } from '../call/jobs.ts';
import type { Lazy } from '../lib/lazy.ts';

/** The jobs of a backend that may not be loaded yet. */
export function lazyJobs(backend: Lazy<{ readonly jobs: Jobs }>): Jobs {
  return {
    read: async (...call) => (await backend.get()).jobs.read(...call),
    follow: async (...call) => (await backend.get()).jobs.follow(...call),
    peek: job => backend.loaded?.jobs.peek(job),
    known: caller => backend.loaded?.jobs.known(caller) ?? [],
    followKnown: (caller, onChange) => backend.whenLoaded(({ jobs }) => jobs.followKnown(caller, onChange)),
  };
}
