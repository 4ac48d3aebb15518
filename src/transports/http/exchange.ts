/**
 * Between node and the SDK's `fetch`, as `toNodeHandler` does it, but for a body that is parsed already: the
 * request is made without its text, which nobody reads, and an answer that is no stream leaves in one piece.
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AuthInfo } from '@modelcontextprotocol/server';
import type { Fetch } from '../listen-fetch.ts';

/** What comes with a request, beside its head. */
export interface Arrived {
  readonly body: unknown;
  readonly authInfo: AuthInfo;
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

/** Writes a stream at its reader's pace, until either has ended. */
async function stream(body: ReadableStream<Uint8Array>, res: ServerResponse, gone: AbortSignal) {
  for await (const chunk of body) {
    if (gone.aborted) return;
    if (res.write(chunk)) continue;
    await once(res, 'drain', { signal: gone }).catch(() => undefined);
  }
}

/** Has a request answered. @throws what `fetch` throws, and where a stream breaks; nothing is sent or ended then */
export async function exchange(
  fetch: Fetch,
  req: IncomingMessage,
  res: ServerResponse,
  { body: parsedBody, authInfo }: Arrived,
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
    res.writeHead(response.status, head);
    // It is open before there is anything to say on it, where nothing was asked; Node would keep its head until then.
    if (req.method === 'GET') res.flushHeaders();
    await stream(response.body, res, gone.signal);
    res.end();
    return;
  }
  const text = await response.text();
  res.writeHead(response.status, { ...head, 'content-length': Buffer.byteLength(text) });
  res.end(text);
}
