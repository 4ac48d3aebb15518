/** Waits for what is awaited, until a signal ends the wait. @throws the signal's reason, or what the awaited throws */
export async function untilAborted<Value>(awaited: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  return Promise.race([awaited, aborted]).finally(() => signal.removeEventListener('abort', stop));
}
