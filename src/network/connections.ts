/**
 * Connections whose failure tells whether a request was sent. A connection that was never established has carried
 * nothing: not the name, the port, the certificate nor a proxy let it come about.
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

/** Where a connection is to go. */
export interface Connection {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
  readonly proxy?: ProxyName | undefined;
  /** Whether it ended on the way to the proxy, or at the proxy itself. */
  readonly endedAtProxy?: boolean | undefined;
}

/** A connection that was not established in time. */
export class ConnectTimeout extends Error {
  override readonly name = 'ConnectTimeout';
}

/** What a proxy answered in place of opening the connection. */
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
/** As the AWS SDK sets up its own agents. */
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

/** Has a function called with each error that prevents a connection. @returns ends that */
export function onFailedConnection(listener: (thrown: object) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Follows a socket until its connection is established, and ends it if that takes too long. */
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
