/** A company's network on the loopback: a CA of its own, servers with its certificates, and a forward proxy. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { generate } from 'selfsigned';
import { onTestFinished } from 'vitest';
import type { AtEnd } from './share.ts';

interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A CA, and a certificate of it for the loopback and every host of AWS in us-east-1. */
export interface Company {
  /** The CA's certificate in PEM form, in a file. */
  readonly caFile: string;
  readonly server: Certificate;
}

const day = 86_400_000;

async function sign(ca: Certificate, names: readonly string[], notAfterDate: Date): Promise<Certificate> {
  const altNames = [
    ...names.map(value => ({ type: 2 as const, value })),
    { type: 7 as const, ip: '127.0.0.1' },
  ];
  const { private: key, cert } = await generate([{ name: 'commonName', value: names[0] ?? '' }], {
    ...{
      ca,
      keyType: 'ec',
      algorithm: 'sha256',
      notAfterDate,
      notBeforeDate: new Date(Date.now() - 2 * day),
    },
    extensions: [{ name: 'subjectAltName', altNames }],
  });
  return { key, cert };
}

async function createCa(): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'The Company CA' }], {
    ...{ keyType: 'ec', algorithm: 'sha256' },
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true },
    ],
  });
  return { key, cert };
}

/** Creates the CA and a certificate. @param names the names in the certificate @param isExpired whether the certificate has expired */
export async function foundCompany(
  names: readonly string[] = ['localhost', '*.us-east-1.amazonaws.com'],
  isExpired = false,
  atEnd: AtEnd = onTestFinished,
): Promise<Company> {
  const folder = mkdtempSync(join(tmpdir(), 'company-'));
  atEnd(() => rmSync(folder, { recursive: true }));
  const caFile = join(folder, 'ca.pem');
  const ca = await createCa();
  writeFileSync(caFile, ca.cert);
  const server = await sign(ca, names, new Date(Date.now() + (isExpired ? -day : day)));
  return { caFile, server };
}

/** Listens on a free port of the loopback until the test has finished. */
export async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function joinSockets(one: Socket, other: Socket): void {
  one.on('error', () => other.destroy());
  other.on('error', () => one.destroy());
  one.pipe(other).pipe(one);
}

/** A TLS server in front of a plain one. `handshakes` counts the clients that accepted its certificate. */
export async function startTlsFront({ server }: Company, plainUrl: string) {
  const target = Number(new URL(plainUrl).port);
  const seen = { handshakes: 0, bytes: 0 };
  const port = await listen(
    createTlsServer(server, socket => {
      seen.handshakes += 1;
      socket.on('data', chunk => {
        seen.bytes += chunk.length;
      });
      joinSockets(socket, connect(target, '127.0.0.1'));
    }).on('tlsClientError', () => {}),
  );
  return { url: `https://localhost:${port}`, port, seen };
}

interface ProxyOptions {
  /** Where each tunnel leads, whatever host is asked for. */
  readonly tunnelTo?: number;
  /** The status with which the proxy refuses a tunnel. */
  readonly refuses?: number;
}

/** A forward proxy. `asked` lists the targets of CONNECT requests and the URLs of plain requests. */
export async function startForwardProxy({ tunnelTo, refuses }: ProxyOptions = {}) {
  const asked: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const proxy = createServer((request, response) => {
    asked.push(String(request.url));
    authorizations.push(request.headers['proxy-authorization']);
    const { 'proxy-connection': _, 'proxy-authorization': __, ...headers } = request.headers;
    const forwarded = httpRequest(String(request.url), { method: request.method, headers }, answer => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.pipe(forwarded);
  });
  proxy.on('connect', (request: IncomingMessage, socket: Socket) => {
    asked.push(String(request.url));
    authorizations.push(request.headers['proxy-authorization']);
    if (refuses !== undefined) {
      socket.end(`HTTP/1.1 ${refuses} No\r\ncontent-type: text/html\r\ncontent-length: 9\r\n\r\n<h1>No</h1>`);
      return;
    }
    const port = tunnelTo ?? Number(String(request.url).split(':')[1]);
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      joinSockets(socket, onward);
    });
    onward.on('error', () => socket.destroy());
  });
  const port = await listen(proxy);
  return { url: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, asked, authorizations };
}

/** A port of the loopback at which nothing listens. */
export async function findClosedPort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}
