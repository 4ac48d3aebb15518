/** The open responses: counts them, writes to all of them, and closes those whose readers are too slow. */
import type { ServerResponse } from 'node:http';

/** Open responses of one kind. */
export interface OpenResponses {
  readonly size: number;
  sizeOf(callerId: string): number;
  /** Counts a response until it closes. It must not be closed yet. */
  add(response: ServerResponse, callerId: string): void;
  /** Writes a text to each response that has begun. */
  writeToAll(text: string): void;
  /** Resolves when no response is open any more, or after this time. */
  idle(atMostMs: number): Promise<void>;
}

const CHECK_EVERY_MS = 1_000;

/** @param slowMs how long a reader may leave written data unread */
export function createOpenResponses(slowMs: number): OpenResponses {
  /** Since when each response has been waiting for its reader. */
  const open = new Map<ServerResponse, number | undefined>();
  const byCaller = new Map<string, number>();
  let whenIdle: (() => void) | undefined;
  let watch: NodeJS.Timeout | undefined;

  function closeSlow(): void {
    const now = performance.now();
    for (const [response, since] of open) {
      if (!response.writableNeedDrain) open.set(response, undefined);
      else if (since === undefined) open.set(response, now);
      else if (now - since >= slowMs) response.destroy();
    }
  }

  function removeResponse(response: ServerResponse, callerId: string): void {
    open.delete(response);
    const left = (byCaller.get(callerId) ?? 0) - 1;
    if (left > 0) byCaller.set(callerId, left);
    else byCaller.delete(callerId);
    if (open.size > 0) return;
    clearInterval(watch);
    watch = undefined;
    whenIdle?.();
  }

  return {
    get size() {
      return open.size;
    },
    sizeOf: callerId => byCaller.get(callerId) ?? 0,
    add(response, callerId) {
      open.set(response, undefined);
      byCaller.set(callerId, (byCaller.get(callerId) ?? 0) + 1);
      watch ??= setInterval(closeSlow, Math.min(CHECK_EVERY_MS, slowMs)).unref();
      response.once('close', () => removeResponse(response, callerId));
    },
    writeToAll(text) {
      for (const response of open.keys())
        if (response.headersSent && !response.writableEnded) response.write(text);
    },
    async idle(atMostMs) {
      if (open.size === 0) return;
      await new Promise<void>(resolve => {
        const giveUp = setTimeout(resolve, atMostMs);
        whenIdle = () => {
          clearTimeout(giveUp);
          resolve();
        };
      });
    },
  };
}
