/** A round-robin proxy in front of replicas. It sends each request to the next replica, whatever the session. */
import { once } from 'node:events';
import { request as ask, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RoundRobin {
  readonly url: string;
  /** Sends the next request to this replica. */
  next(replica: number): void;
  /** The replica of each request so far. */
  readonly served: readonly number[];
  close(): Promise<void>;
}

/** Starts it. It skips a replica that refuses the connection, as a load balancer does. */
export async function startRoundRobin(replicas: readonly string[]): Promise<RoundRobin> {
  let turn = 0;
  const served: number[] = [];
  const http = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const first = turn;
    turn += 1;
    const attempt = (tried: number): void => {
      const replica = (first + tried) % replicas.length;
      const { hostname, port } = new URL(replicas[replica] ?? '');
      const { method, headers, url: path } = request;
      const forwarded = ask({ hostname, port, path, method, headers, agent: false }, answer => {
        served.push(replica);
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        response.flushHeaders();
        answer.pipe(response);
        answer.once('error', () => response.destroy());
      });
      forwarded.once('error', ({ code }: NodeJS.ErrnoException) => {
        if (code === 'ECONNREFUSED' && tried + 1 < replicas.length) attempt(tried + 1);
        else response.destroy();
      });
      response.once('close', () => forwarded.destroy());
      forwarded.end(Buffer.concat(chunks));
    };
    attempt(0);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    next(replica) {
      turn = replica;
    },
    served,
    async close() {
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}
