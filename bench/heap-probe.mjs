/** Loaded into a measured process with `--import` and `--expose-gc`: answers each message with the bytes of heap in use. */
import { heapInUse } from './heap.mjs';

process.on('message', async () => {
  process.send?.(await heapInUse());
});
// The channel alone does not keep the process alive.
process.channel?.unref();
