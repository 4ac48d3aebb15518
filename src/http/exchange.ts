/**
 * Between node and the SDK's `fetch`, as `toNodeHandler` does it, but for a body that is parsed already: the
 * request is made without its text, which nobody reads, and an answer that is complete soon leaves in one piece.
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AuthInfo } from '@modelcontextprotocol/server';
import { bufferStart, type Parts } from './answer-buffer.ts';
import { runAt } from './expiry.ts';
import type { Fetch } from './listen-fetch.ts';

/** What comes with a request, beside its head. */
export interface Arrived {
  readonly body: unknown;
  readonly authInfo: AuthInfo;
  /** When the token ends by which it came, in epoch milliseconds; left out where none is needed. */
  readonly expiresAt?: number | undefined;
}

/** Of the body that was read, and of the connection it came on. */
const spent = new Set(['content-length', 'content-encoding', 'transfer-encoding']);

/** The request as the SDK takes it, beside its parsed body. */
export function toRequest(
  { method = 'GET', url = '/', headers }: IncomingMessage,
  signal?: AbortSignal,
): Request {
  const kept = Object.entries(headers).filter(([name]) => !spent.has(name));
  return new Request(`http://${headers.host ?? 'localhost'}${url}`, {
    method,
    headers: kept.map(([name, value]) => [name, String(value)]),
    ...(signal && { signal }),
  });
}

/** Whether a request opens a stream that stays: the 2025 era's own, or a listen; by what it asks, not by what it says. */
export function staysOpen({ method }: { readonly method?: string | undefined }, body: unknown): boolean {
  return method === 'GET' || (Object(body) as { method?: unknown }).method === 'subscriptions/listen';
}

/** Writes a stream at its reader's pace, until it has ended, its reader has left, or its time is up. */
async function stream(
  body: ReadableStream<Uint8Array>,
  parts: Parts,
  res: ServerResponse,
  gone: AbortSignal,
  expiresAt: number | undefined,
): Promise<void> {
  const reader = body.getReader();
  const end = new AbortController();
  const leave = () => {
    end.abort();
    // What waits for the next part of it waits no more, and nobody makes one.
    reader.cancel().catch(() => undefined);
  };
  gone.addEventListener('abort', leave, { once: true });
  if (gone.aborted) leave();
  const stopWaiting = runAt(expiresAt, leave);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || end.signal.aborted) return;
      if (!parts.write(value)) await once(res, 'drain', { signal: end.signal }).catch(() => undefined);
    }
  } finally {
    stopWaiting();
  }
}

/**
 * Has a request answered. A stream ends with the token by which it was asked for; an answer in one piece, which was
 * asked for in time, is still given.
 * @throws what `fetch` throws, and where a stream breaks; nothing is sent or ended then
 */
export async function exchange(
  fetch: Fetch,
  req: IncomingMessage,
  res: ServerResponse,
  { body: parsedBody, authInfo, expiresAt }: Arrived,
): Promise<void> {
  const gone = new AbortController();
  if (res.destroyed) gone.abort();
  // Not once all is said: what was answered must not be taken for cancelled.
  res.once('close', () => res.writableFinished || gone.abort());
  const response = await fetch(toRequest(req, gone.signal), {
    authInfo,
    ...(parsedBody !== undefined && { parsedBody }),
  });
  const head = Object.fromEntries(response.headers);
  if (response.body && head['content-type'] === 'text/event-stream') {
    const writeHead = (fields: Readonly<Record<string, number>>) =>
      res.writeHead(response.status, { ...head, ...fields });
    if (staysOpen(req, parsedBody)) {
      writeHead({});
      // It is open before there is anything to say on it, where nothing was asked; Node would keep its head until then.
      if (req.method === 'GET') res.flushHeaders();
      await stream(response.body, res, res, gone.signal, expiresAt);
      res.end();
      return;
    }
    const parts = bufferStart(res, writeHead);
    try {
      await stream(response.body, parts, res, gone.signal, expiresAt);
      parts.end();
    } finally {
      parts.discard();
    }
    return;
  }
  const text = await response.text();
  res.writeHead(response.status, { ...head, 'content-length': Buffer.byteLength(text) });
  res.end(text);
}
