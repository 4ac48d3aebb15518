/** A foreign server that records what it receives. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Starts it for one test. @returns its URL, and the headers of the requests that it received */
export async function startListener(answer = '{}') {
  const heard: IncomingHttpHeaders[] = [];
  const http = createServer((request, response) => {
    heard.push(request.headers);
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
  }).listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => void http.close());
  return { heard, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp` };
}
