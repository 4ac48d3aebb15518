/** Loaded into a measured server with `--import`: answers each message with the longest delay of the event loop since the last message. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delays = monitorEventLoopDelay({ resolution: 1 });
delays.enable();
process.on('message', () => {
  process.send?.(delays.max / 1e6);
  delays.reset();
});
// The channel must not keep a server alive whose stdin has ended.
process.channel?.unref();
