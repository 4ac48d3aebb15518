/**
 * The HTTP server: reads bounded requests, writes replies, and answers malformed HTTP in the service's error format.
 * It knows nothing of AWS's operations.
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
import { parseTarget, type RequestTarget } from './request-target.ts';
import { badRequest, internalFailure, methodNotAllowed, ServiceError } from './service-error.ts';

/** Headers by lower-case name, each with its values in the order of arrival. */
export type RequestHeaders = ReadonlyMap<string, readonly string[]>;

/** A request whose head has arrived. */
export interface HttpRequest {
  readonly method: string;
  readonly target: RequestTarget;
  readonly headers: RequestHeaders;
  /**
   * The whole body.
   * @throws ServiceError 413 beyond 1 MiB; {@link ClientGone} if the client hung up before the end
   */
  readBody(): Promise<Buffer>;
}

/** The client hung up before its request was complete, so no answer can be sent. */
export class ClientGone extends Error {}

export interface HttpServerOptions {
  /** 0 picks a free port. */
  readonly port: number;
  readonly now: () => number;
  readonly handle: (request: HttpRequest) => Promise<Reply | typeof dropConnection>;
  /** How long a whole request may take to arrive, in milliseconds; default 20,000. */
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

/** @throws the system's error (`EADDRINUSE`, `EACCES`) if it cannot listen on the port */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { now, requestTimeoutMs = 20_000 } = options;
  const server = createServer({
    // Otherwise Node refuses a missing Host header with an answer that is not in the service's format.
    requireHostHeader: false,
    headersTimeout: Math.min(10_000, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    // Longer than the polling interval of clients: a shorter timeout could end a connection just as a request arrives.
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
    // `server.close` ends only idle connections.
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
  // Without listeners, a client that hangs up would end the process with an unhandled error.
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  let reply: Reply | typeof dropConnection;
  try {
    reply = await handle({
      method: request.method ?? '',
      target: parseTarget(request.url ?? '/'),
      headers: collectHeaders(request.rawHeaders),
      readBody: () => readBody(request),
    });
  } catch (error) {
    if (error instanceof ClientGone) return;
    reply = errorReply(error instanceof ServiceError ? error : internalFailure(), now());
  }
  if (reply === dropConnection) {
    socket.resetAndDestroy();
  } else if (!request.complete) {
    // The answer is ready before the body is complete; the rest of the body is discarded.
    request.resume();
    sendAndClose(socket, reply);
  } else {
    if (!server.listening) response.shouldKeepAlive = false;
    response.sendDate = false;
    response.writeHead(reply.status, reply.headers).end(request.method === 'HEAD' ? undefined : reply.body);
  }
}

/** @param rawHeaders name, value, name, value ... as they arrived */
function collectHeaders(rawHeaders: readonly string[]): RequestHeaders {
  const headers = new Map<string, string[]>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    const value = rawHeaders[i + 1] ?? '';
    const values = headers.get(name);
    if (values) values.push(value);
    else headers.set(name, [value]);
  }
  return headers;
}

function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const tooLarge = () =>
      reject(
        new ServiceError(
          413,
          'RequestEntityTooLargeException',
          `A request body may have at most ${largestBody} bytes`,
        ),
      );
    if (Number(request.headers['content-length'] ?? 0) > largestBody) return tooLarge();
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > largestBody) tooLarge();
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('close', () => {
      if (!request.complete) reject(new ClientGone());
    });
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

/** Writes an answer directly to the socket, ends this side, and destroys the connection after `lingerMs`. */
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
