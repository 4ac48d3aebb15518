/** The board of this machine: the page and the endpoint that it calls, for the one browser tab that opens the address. */
import type { Audit } from '../call/audit/index.ts';
import { serveBoardOnce } from '../http/board.ts';
import type { Admit } from '../http/caller.ts';
import { OneTimeAccess } from '../http/one-time-access.ts';
import { serveOverHttp } from '../http/server.ts';
import type { Env } from '../lib/env.ts';
import { createApplication } from './application.ts';
import { canServeBoard, notOffered, readPage } from './board-documents.ts';
import { createReport } from './report.ts';
import { type Config, ConfigError } from './settings.ts';

const HOST = '127.0.0.1';
const PATH = '/board';
/** How long the end waits for calls. The only user has ended the board, and `audit.settle` waits for writes under way. */
const DRAIN_MS = 1_000;

const CALLER = 'board';

export interface OpenedBoard {
  /** The address, with the token that is valid once. */
  readonly address: string;
  /** What the board does not offer because the settings refuse it, a sentence each. */
  readonly notOffered: readonly string[];
  close(): Promise<void>;
}

/**
 * Serves the board on the loopback.
 * @param port 0 picks one
 * @param audit required where the configuration names an audit file
 * @throws ConfigError where the settings leave nothing to show
 * @throws the system's error (`EADDRINUSE` ...) if the port cannot be opened
 */
export async function openBoard(
  config: Config,
  env: Env,
  version: string,
  port: number,
  audit?: Audit,
): Promise<OpenedBoard> {
  if (!canServeBoard(config))
    throw new ConfigError('toolsets: the board can show nothing without workflows: add it');
  const app = createApplication(config, env, version, { caller: CALLER, audit });
  const { createServer, openListen, surface } = app;
  const { report, settle } = createReport(config);
  const access = new OneTimeAccess();
  const admit: Admit = async (request, reply) => {
    if (access.admits(request.headers.authorization))
      return { key: CALLER, callerId: CALLER, createServer, openListen, surface };
    await reply.code(401).send({ error_description: 'The request has no session of this board' });
    return undefined;
  };
  const server = await serveOverHttp({
    ...{ host: HOST, port, allowedHosts: [HOST, 'localhost'], allowedOrigins: [HOST, 'localhost'], admit },
    limits: { drainMs: DRAIN_MS },
    onError: failure => report(`a request failed: ${failure.name}`),
    routes: fastify =>
      serveBoardOnce(fastify, { path: PATH, readPage: readPage(config, 'session', '/mcp', PATH), access }),
  }).catch(async thrown => {
    await app.close();
    throw thrown;
  });
  return {
    address: `${new URL(PATH, server.url).href}?token=${access.token}`,
    notOffered: Object.values(notOffered(config)),
    async close() {
      await server.close();
      // A task may still be sending a write, which must not be cut off.
      await audit?.settle();
      await app.close();
      await settle();
    },
  };
}
