/** Waiting that an abort signal ends. */
import { ServerError } from '../errors.ts';

/** Waits. The signal ends the wait. @throws ServerError cancelled */
export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>;

/** Waits by a timer of the process. */
export const abortableDelay: Wait = (ms, signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    function stop() {
      clearTimeout(timer);
      reject(new ServerError('cancelled'));
    }
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
