/** Loaded into a measured process with `--import` and `--expose-gc`: answers each message with the bytes of heap in use. */
process.on('message', async () => {
  // What one turn frees may free more in the next.
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise(resolve => setImmediate(resolve));
    globalThis.gc();
  }
  process.send(process.memoryUsage().heapUsed);
});
// The channel alone keeps no process.
process.channel.unref();
