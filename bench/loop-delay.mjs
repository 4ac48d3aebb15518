/** Preloaded into a server that is measured: answers each message from its parent with the longest delay since the last. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delays = monitorEventLoopDelay({ resolution: 1 });
delays.enable();
process.on('message', () => {
  process.send?.(delays.max / 1e6);
  delays.reset();
});
// The channel must not keep a server alive whose stdin has ended.
process.channel?.unref();
