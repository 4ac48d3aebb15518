/** How much heap this process uses; for a node started with `--expose-gc`. */

/** Bytes of heap in use, after all that can be freed is. */
export async function heapInUse() {
  if (!globalThis.gc) throw new Error('node runs without --expose-gc');
  // What one turn frees may free more in the next.
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise(resolve => setImmediate(resolve));
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}
