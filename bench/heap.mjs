/** Measures the heap of this process, which must run with `--expose-gc`. */

/** The bytes of heap in use after a garbage collection. */
export async function heapInUse() {
  if (!globalThis.gc) throw new Error('node runs without --expose-gc');
  // Objects that are freed in one turn of the event loop may let more be freed in the next.
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise(resolve => setImmediate(resolve));
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}
