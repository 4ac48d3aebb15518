/** The product's own HTTP server on a free loopback port, for one caller. */
import type { McpServer, ProtocolEra } from '@modelcontextprotocol/server';
import type { HttpLimits } from '../../src/http/limits.ts';
import { serveOverHttp } from '../../src/http/server.ts';
import type { OpenListen } from '../../src/mcp/listen.ts';

type Json = Record<string, unknown>;

export interface TestHttp {
  readonly url: string;
  /** How many sessions of the 2025 era are open. */
  readonly sessions: number;
  /** Ends every stream and session, as a shutdown of the server does. */
  close(): Promise<void>;
}

/** Starts the HTTP server. @param createServer creates an MCP server for each request, or for each session */
export async function serveHttp(
  createServer: (era: ProtocolEra) => McpServer,
  openListen: OpenListen,
  limits: Partial<HttpLimits> = {},
): Promise<TestHttp> {
  const caller = { key: 'test', callerId: 'test', surface: {}, createServer, openListen };
  const server = await serveOverHttp({
    ...{ host: '127.0.0.1', port: 0, limits },
    ...{ allowedHosts: ['127.0.0.1'], allowedOrigins: ['127.0.0.1'] },
    admit: async () => caller,
  });
  return {
    url: server.url,
    get sessions() {
      return server.open.sessions;
    },
    close: () => server.close(),
  };
}

/** The message of an answer, which is plain JSON or an event of a stream. */
export async function messageIn(response: Response): Promise<Json> {
  const text = await response.text();
  return JSON.parse(/^data: (\{.*)$/m.exec(text)?.[1] ?? text) as Json;
}
