/**
 * Connects Node's requests to the SDK's `fetch`, like `toNodeHandler`, but for a body that is already parsed: the `Request`
 * has no body text, because the SDK does not read it. An answer that is complete soon is sent in one piece.
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AuthInfo } from '@modelcontextprotocol/server';
import { bufferStart, type Parts } from './answer-buffer.ts';
import { runAt } from './expiry.ts';
import type { Fetch } from './listen-fetch.ts';

/** What is known of an admitted request besides its head. */
export interface AdmittedRequest {
  readonly body: unknown;
  readonly authInfo: AuthInfo;
  /** When the request's token expires, in epoch milliseconds; left out if no token is needed. */
  readonly expiresAt?: number | undefined;
}

/** Headers that describe the body text and its transfer, which the `Request` does not have. */
const bodyHeaders = new Set(['content-length', 'content-encoding', 'transfer-encoding']);

/** The request as the SDK takes it, without its body. */
export function toRequest(
  { method = 'GET', url = '/', headers }: IncomingMessage,
  signal?: AbortSignal,
): Request {
  const kept = Object.entries(headers).filter(([name]) => !bodyHeaders.has(name));
  return new Request(`http://${headers.host ?? 'localhost'}${url}`, {
    method,
    headers: kept.map(([name, value]) => [name, String(value)]),
    ...(signal && { signal }),
  });
}

/** Whether a request opens a long-lived stream: a GET of the 2025 era, or a `subscriptions/listen`. */
export function staysOpen({ method }: { readonly method?: string | undefined }, body: unknown): boolean {
  return method === 'GET' || (Object(body) as { method?: unknown }).method === 'subscriptions/listen';
}

/** Writes a stream at the client's pace, until it ends, the client disconnects, or its token expires. */
async function stream(
  body: ReadableStream<Uint8Array>,
  parts: Parts,
  res: ServerResponse,
  disconnected: AbortSignal,
  expiresAt: number | undefined,
): Promise<void> {
  const reader = body.getReader();
  const end = new AbortController();
  const stop = () => {
    end.abort();
    // `cancel` ends a pending read and makes the producer stop.
    reader.cancel().catch(() => undefined);
  };
  disconnected.addEventListener('abort', stop, { once: true });
  if (disconnected.aborted) stop();
  const cancelExpiry = runAt(expiresAt, stop);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || end.signal.aborted) return;
      if (!parts.write(value)) await once(res, 'drain', { signal: end.signal }).catch(() => undefined);
    }
  } finally {
    cancelExpiry();
  }
}

/**
 * Answers a request through `fetch`. A stream ends when the token of its request expires; an answer in one piece is sent
 * even if the token expired meanwhile.
 * @throws whatever `fetch` throws, or when a stream breaks; the caller then ends the response
 */
export async function exchange(
  fetch: Fetch,
  req: IncomingMessage,
  res: ServerResponse,
  { body: parsedBody, authInfo, expiresAt }: AdmittedRequest,
): Promise<void> {
  const disconnected = new AbortController();
  if (res.destroyed) disconnected.abort();
  // After a complete answer, the close of the connection must not count as a cancellation.
  res.once('close', () => res.writableFinished || disconnected.abort());
  const response = await fetch(toRequest(req, disconnected.signal), {
    authInfo,
    ...(parsedBody !== undefined && { parsedBody }),
  });
  const head = Object.fromEntries(response.headers);
  if (response.body && head['content-type'] === 'text/event-stream') {
    const writeHead = (fields: Readonly<Record<string, number>>) =>
      res.writeHead(response.status, { ...head, ...fields });
    if (staysOpen(req, parsedBody)) {
      writeHead({});
      // A GET stream is open before its first message; Node would otherwise hold the head back until then.
      if (req.method === 'GET') res.flushHeaders();
      await stream(response.body, res, res, disconnected.signal, expiresAt);
      res.end();
      return;
    }
    const parts = bufferStart(res, writeHead);
    try {
      await stream(response.body, parts, res, disconnected.signal, expiresAt);
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
