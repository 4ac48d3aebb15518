/** Shares what takes longer to start than the tests of a `describe` take to run. */
import { afterAll } from 'vitest';

/** Registers a function that ends something, and calls it later: Vitest's `onTestFinished` calls it after the test. */
export type AtEnd = (end: () => void | Promise<void>) => void;

/** Starts something for the first test of the enclosing `describe` that needs it, and ends it after the last one. */
export function share<T>(start: (atEnd: AtEnd) => Promise<T>): () => Promise<T> {
  let started: Promise<T> | undefined;
  const ends: (() => void | Promise<void>)[] = [];
  afterAll(async () => void (await Promise.all(ends.map(end => end()))));
  return () => {
    started ??= start(end => void ends.push(end));
    return started;
  };
}
