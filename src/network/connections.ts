/**
 * Marks errors of connections that were never established, so that a failed request is known not to have been sent: name
 * resolution, connecting, the TLS handshake or a proxy failed.
 */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';

/** The proxy that a connection goes through. */
export interface ProxyName {
  /** The environment variable that names it, in the case in which it is set. */
  readonly variable: string;
  /** Host and port, without user and password. */
  readonly host: string;
}

/** The destination of a connection. */
export interface Connection {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
  readonly proxy?: ProxyName | undefined;
  /** Whether it failed before or at the proxy. */
  readonly endedAtProxy?: boolean | undefined;
}

/** A connection that was not established in time. */
export class ConnectTimeout extends Error {
  override readonly name = 'ConnectTimeout';
}

/** A proxy refused to open the connection. */
export class ProxyRefusal extends Error {
  override readonly name = 'ProxyRefusal';
  readonly statusCode: number;

  constructor(statusCode: number) {
    super(`the proxy answered ${statusCode}`);
    this.statusCode = statusCode;
  }
}

/** How long name resolution, connecting and the TLS handshake may take together, in milliseconds. */
export const CONNECT_MS = 5_000;
/** The same settings as in the AWS SDK's own agents. */
export const POOL = { keepAlive: true, maxSockets: 50 } as const;

const failed = new WeakMap<object, Connection>();
const listeners = new Set<(thrown: object) => void>();

/** The connection that an error prevented; undefined for an error of an established connection, or another error. */
export function findFailedConnection(thrown: unknown): Connection | undefined {
  return typeof thrown === 'object' && thrown !== null ? failed.get(thrown) : undefined;
}

/** Marks an error as one that prevented a connection. */
export function markFailed<Thrown>(thrown: Thrown, connection: Connection): Thrown {
  if (typeof thrown === 'object' && thrown !== null && !failed.has(thrown)) {
    failed.set(thrown, connection);
    for (const listener of listeners) listener(thrown);
  }
  return thrown;
}

/** Calls a function with each error that prevents a connection. @returns stops that */
export function onFailedConnection(listener: (thrown: object) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Watches a socket until its connection is established, and destroys it if that takes too long. */
export function watchConnection<Stream>(socket: Stream, connection: Connection): Stream {
  if (!(socket instanceof Socket)) return socket;
  const onError = (error: Error) => void markFailed(error, connection);
  const timer = setTimeout(
    () => socket.destroy(new ConnectTimeout(`no connection within ${CONNECT_MS} ms`)),
    CONNECT_MS,
  );
  socket.once('error', onError);
  socket.once('close', () => clearTimeout(timer));
  socket.once(connection.isSecure ? 'secureConnect' : 'connect', () => {
    clearTimeout(timer);
    socket.off('error', onError);
  });
  return socket;
}

/** The parts of an agent's connection options that are read here. */
interface Address {
  readonly host?: string | null | undefined;
  readonly port?: number | string | null | undefined;
}

export const connectionTo = (
  { host, port }: Address,
  isSecure: boolean,
  proxy?: ProxyName | undefined,
): Connection => ({
  host: host ?? 'localhost',
  port: Number(port ?? (isSecure ? 443 : 80)),
  isSecure,
  proxy,
});

class DirectHttpAgent extends HttpAgent {
  override createConnection(...args: Parameters<HttpAgent['createConnection']>) {
    return watchConnection(super.createConnection(...args), connectionTo(args[0], false));
  }
}

class DirectHttpsAgent extends HttpsAgent {
  override createConnection(...args: Parameters<HttpsAgent['createConnection']>) {
    return watchConnection(super.createConnection(...args), connectionTo(args[0], true));
  }
}

/** The agents of one client. */
export interface Agents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpAgent;
}

/** Agents that connect without a proxy. @param secureContext the certificates to trust, instead of Node's */
export function createDirectAgents(secureContext?: SecureContext): Agents {
  return {
    httpAgent: new DirectHttpAgent(POOL),
    httpsAgent: new DirectHttpsAgent({ ...POOL, ...(secureContext && { secureContext }) }),
  };
}
