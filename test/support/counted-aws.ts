/** An address in front of a sandbox that counts how many requests are under way, and can refuse some. */
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface CountedAws {
  readonly url: string;
  /** The most requests that were under way at one time, and how many there were; since the last `clear`. */
  readonly most: number;
  readonly count: number;
  /** Refuses the requests whose path fits, as AWS refuses an identity without the permission. */
  refuse: RegExp | undefined;
  clear(): void;
  close(): Promise<void>;
}

const denied = JSON.stringify({
  message: 'User: arn:aws:iam::210987654321:user/ann is not authorized to perform this action',
});

/** @param to the address that requests are passed on to */
export async function startCountedAws(to: string): Promise<CountedAws> {
  let underWay = 0;
  const counted = { most: 0, count: 0, refuse: undefined as RegExp | undefined };
  const http = createServer(async (request, response) => {
    underWay += 1;
    counted.count += 1;
    counted.most = Math.max(counted.most, underWay);
    const { method, rawHeaders, url = '/' } = request;
    const body = await buffer(request);
    // So that all that the client sends at once is under way together.
    await new Promise(resolve => setImmediate(resolve));
    if (counted.refuse?.test(url) || counted.refuse?.test(body.toString())) {
      underWay -= 1;
      response.writeHead(403, { 'x-amzn-errortype': 'AccessDeniedException' }).end(denied);
      return;
    }
    const passed = httpRequest(new URL(url, to), { method: String(method), headers: rawHeaders });
    const [from] = (await once(passed.end(body), 'response')) as [IncomingMessage];
    const answer = await buffer(from);
    underWay -= 1;
    response.writeHead(from.statusCode ?? 500, from.rawHeaders).end(answer);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return Object.assign(counted, {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    clear: () => Object.assign(counted, { most: 0, count: 0, refuse: undefined }),
    close: async () => {
      http.closeAllConnections();
      http.close();
    },
  });
}
