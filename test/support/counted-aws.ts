/** Counts the requests that this process sends to an address, and starts a proxy in front of a sandbox that refuses some requests. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { type ClientRequest, createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface CountedAws {
  /** The largest number of simultaneous requests, and the number of all requests, since the last `clear`. */
  readonly most: number;
  readonly count: number;
  clear(): void;
  close(): void;
}

/** Counts what Node's HTTP client sends from this process. @param to the address of the counted requests */
export function countRequests(to: string): CountedAws {
  const { host } = new URL(to);
  const counted = { most: 0, count: 0 };
  let underWay = 0;
  const isCounted = (message: unknown) =>
    (message as { request: ClientRequest }).request.getHeader('host') === host;
  const begin = (message: unknown) => {
    if (!isCounted(message)) return;
    underWay += 1;
    counted.count += 1;
    counted.most = Math.max(counted.most, underWay);
  };
  const end = (message: unknown) => {
    if (isCounted(message)) underWay -= 1;
  };
  subscribe('http.client.request.start', begin);
  subscribe('http.client.response.finish', end);
  return Object.assign(counted, {
    clear: () => Object.assign(counted, { most: 0, count: 0 }),
    close: () => {
      unsubscribe('http.client.request.start', begin);
      unsubscribe('http.client.response.finish', end);
    },
  });
}

export interface RefusingAws {
  readonly url: string;
  /** Requests whose path matches are refused, as AWS refuses an identity without the permission. */
  refuse: RegExp | undefined;
  close(): void;
}

const denied = JSON.stringify({
  message: 'User: arn:aws:iam::210987654321:user/ann is not authorized to perform this action',
});

/** @param to the address to which it forwards the other requests */
export async function startRefusingAws(to: string): Promise<RefusingAws> {
  const refusing = { refuse: undefined as RegExp | undefined };
  const http = createServer(async (request, response) => {
    const { method, rawHeaders, url = '/' } = request;
    const body = await buffer(request);
    if (refusing.refuse?.test(url)) {
      response.writeHead(403, { 'x-amzn-errortype': 'AccessDeniedException' }).end(denied);
      return;
    }
    const passed = httpRequest(new URL(url, to), { method: String(method), headers: rawHeaders });
    const [from] = (await once(passed.end(body), 'response')) as [IncomingMessage];
    response.writeHead(from.statusCode ?? 500, from.rawHeaders).end(await buffer(from));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return Object.assign(refusing, {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    close: () => {
      http.closeAllConnections();
      http.close();
    },
  });
}
