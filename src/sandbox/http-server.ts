/**
 * The socket: reads requests within bounds, writes replies, and answers in the service's own form whatever HTTP goes
 * wrong before a request can be handed on. Knows nothing of AWS's operations.
 */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { dropConnection, errorReply, type Reply } from './http-reply.ts';
import { badRequest, internalFailure, methodNotAllowed, ServiceError } from './service-error.ts';

/** A request whose head has arrived. */
export interface HttpRequest {
  readonly method: string;
  /** Request target as it stands in the request line. */
  readonly target: string;
  /** Name, value, name, value ... as they arrived. */
  readonly rawHeaders: readonly string[];
  /**
   * The whole body.
   * @throws ServiceError 413 beyond 1 MiB; {@link ClientGone} where the client left before the end
   */
  readBody(): Promise<Buffer>;
}

/** The client hung up before its request was complete; there is nobody to answer. */
export class ClientGone extends Error {}

/** How to serve. */
export interface HttpServerOptions {
  /** 0 picks a free one. */
  readonly port: number;
  readonly now: () => number;
  readonly handle: (request: HttpRequest) => Promise<Reply | typeof dropConnection>;
  /** Until a request must have arrived as a whole, in milliseconds; default 20 s. */
  readonly requestTimeoutMs?: number;
}

/** A listening server on 127.0.0.1. */
export interface HttpServer {
  readonly port: number;
  /** Stops listening, ends idle connections at once and busy ones within a second. */
  close(): Promise<void>;
}

const largestBody = 1024 * 1024;
/** How long a connection stays half open after an early answer, so that a client that still sends can read it. */
const lingerMs = 500;
const closeGraceMs = 1000;

/** @throws the system's error (`EADDRINUSE`, `EACCES`) where the port cannot be had */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { now, requestTimeoutMs = 20_000 } = options;
  const server = createServer({
    // Node would refuse a missing Host header in its own words.
    requireHostHeader: false,
    headersTimeout: Math.min(10_000, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    // Longer than clients poll, or a connection might end just as the next request is on its way.
    keepAliveTimeout: 65_000,
    connectionsCheckingInterval: Math.min(1000, requestTimeoutMs),
  });
  server.on('request', (request, response) => void answer(server, options, request, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    sendAndClose(socket, errorReply(httpError(error.code), now()));
  });
  server.on('checkExpectation', (request: IncomingMessage) => {
    const refusal = new ServiceError(417, 'ExpectationFailedException', 'Only 100-continue can be expected');
    sendAndClose(request.socket, errorReply(refusal, now()));
  });
  server.on('connect', (_request, socket) => {
    sendAndClose(socket, errorReply(methodNotAllowed('CONNECT', ['GET', 'POST', 'OPTIONS']), now()));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  return new Promise(resolve => {
    // `close` itself ends idle connections; this is for the others.
    const cut = setTimeout(() => server.closeAllConnections(), closeGraceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
  });
}

async function answer(
  server: Server,
  { handle, now }: HttpServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { socket } = request;
  // A client that hangs up is no event of note, neither while it sends nor while it is answered.
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  let reply: Reply | typeof dropConnection;
  try {
    reply = await handle({
      method: request.method ?? '',
      target: request.url ?? '/',
      rawHeaders: request.rawHeaders,
      readBody: () => readBody(request),
    });
  } catch (error) {
    if (error instanceof ClientGone) return;
    reply = errorReply(error instanceof ServiceError ? error : internalFailure(), now());
  }
  if (reply === dropConnection) {
    socket.resetAndDestroy();
  } else if (!request.complete) {
    // Answered before the end of its body: nothing more of it is wanted.
    request.resume();
    sendAndClose(socket, reply);
  } else {
    if (!server.listening) response.shouldKeepAlive = false;
    response.sendDate = false;
    response.writeHead(reply.status, reply.headers).end(request.method === 'HEAD' ? undefined : reply.body);
  }
}

function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const tooLarge = () =>
      reject(new ServiceError(413, 'RequestEntityTooLargeException', `A body may have ${largestBody} bytes`));
    if (Number(request.headers['content-length'] ?? 0) > largestBody) return tooLarge();
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > largestBody) tooLarge();
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('close', () => reject(new ClientGone()));
  });
}

function httpError(code: string | undefined): ServiceError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new ServiceError(408, 'RequestTimeoutException', 'The request was not complete in time');
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new ServiceError(431, 'RequestHeaderFieldsTooLargeException', 'The request headers are too large');
  }
  return badRequest('The request is not valid HTTP');
}

/** Writes an answer past node's response object, then closes: this side at once, the connection after a linger. */
function sendAndClose(socket: Duplex, reply: Reply): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const head = Object.entries({ ...reply.headers, connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  socket.on('error', () => socket.destroy());
  socket.end(
    [`HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? ''}`, ...head, '', reply.body].join('\r\n'),
  );
  setTimeout(() => socket.destroy(), lingerMs).unref();
}
