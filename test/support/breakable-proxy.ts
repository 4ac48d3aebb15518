/** A proxy between a browser and a server. A test can let it answer by itself, break connections, or stop. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AtEnd } from './share.ts';

/** Answers a call in place of the server. @param answer fetches the server's own answer, as JSON */
export type Answer = (response: ServerResponse, answer: () => Promise<string>) => unknown;

/** Answers with a status, as a server or a proxy in front of it does. */
export const refuse =
  (status: number, body: object | string, headers: Record<string, string> = {}): Answer =>
  response =>
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(typeof body === 'string' ? body : JSON.stringify(body));

async function bodyOf(message: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of message.setEncoding('utf8')) body += chunk;
  return body;
}

/** Forwards all requests to a server, but calls of its endpoint to `answerBy` if that is set. */
export async function startBreakableProxy(server: string, atEnd: AtEnd) {
  let answerBy: Answer | undefined;
  const calls: { readonly name: string; readonly arguments: Record<string, unknown> }[] = [];
  const pass = async ({ method, url, headers }: IncomingMessage, body: string) => {
    const passed = request(new URL(url ?? '/', server), { method, headers }).end(body);
    const [answer] = (await once(passed, 'response')) as [IncomingMessage];
    return answer;
  };
  const proxy = createServer(async (asked, response) => {
    const body = await bodyOf(asked);
    if (asked.method === 'POST') {
      calls.push(JSON.parse(body).params);
      if (answerBy) return answerBy(response, async () => bodyOf(await pass(asked, body)));
    }
    const answer = await pass(asked, body);
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  });
  const listen = async (port: number) => {
    proxy.listen(port, '127.0.0.1');
    await once(proxy, 'listening');
    return (proxy.address() as AddressInfo).port;
  };
  const stop = async () => {
    if (!proxy.listening) return;
    proxy.closeAllConnections();
    proxy.close();
    await once(proxy, 'close');
  };
  const port = await listen(0);
  atEnd(stop);
  return {
    url: `http://127.0.0.1:${port}`,
    /** The calls that arrived. */
    calls,
    /** While it is undefined, the server answers. */
    set(answer: Answer | undefined) {
      answerBy = answer;
    },
    /** Refuses connections until `start`. */
    stop,
    start: async () => void (proxy.listening || (await listen(port))),
  };
}
