/** The HTTP server: time limits, internal errors, start and shutdown. */
import { createConnection } from 'node:net';
import { describe, expect, it } from 'vitest';
import { jsonReply } from '../../src/sandbox/http-reply.ts';
import { ClientGone, startHttpServer } from '../../src/sandbox/http-server.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import { raw } from './raw-client.ts';

describe('the HTTP server', () => {
  it('answers 408 to a request that is not complete in time', async () => {
    const server = await startHttpServer({
      port: 0,
      now: Date.now,
      requestTimeoutMs: 200,
      handle: async request => jsonReply(200, { length: (await request.readBody()).length }, Date.now()),
    });
    for (const bytes of [
      'POST / HTTP/1.1\r\nHost: x\r\n',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc',
    ]) {
      const answer = await raw(server.port, bytes);
      expect(answer.status).toBe(408);
      expect(answer.headers.get('x-amzn-errortype')).toBe('RequestTimeoutException');
    }
    await server.close();
  });

  it('does not wait for the rest of a body whose sender hung up', async () => {
    const gone = new Promise(resolve => {
      void startHttpServer({
        port: 0,
        now: Date.now,
        handle: async request => {
          await request.readBody().catch(resolve);
          throw new ClientGone();
        },
      }).then(server => {
        const socket = createConnection(server.port, '127.0.0.1', () => {
          socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc', () => socket.destroy());
        });
        socket.on('close', () => void server.close());
      });
    });
    expect(await gone).toBeInstanceOf(ClientGone);
  });

  it('answers an internal error without details', async () => {
    const server = await startHttpServer({
      port: 0,
      now: Date.now,
      handle: async () => {
        throw new TypeError('secret detail');
      },
    });
    const answer = await fetch(`http://127.0.0.1:${server.port}/`);
    expect(answer.status).toBe(500);
    expect(answer.headers.get('x-amzn-errortype')).toBe('InternalFailure');
    expect(await answer.text()).not.toMatch(/secret|at /);
    await server.close();
  });

  it('closes without waiting for an incomplete request', async () => {
    const sandbox = await startSandbox();
    const socket = createConnection(sandbox.port, '127.0.0.1');
    await new Promise<void>(resolve => socket.write('POST / HTTP/1.1\r\n', () => resolve()));
    // The server has the bytes once it has answered another client.
    await fetch(sandbox.url);
    const ended = new Promise(resolve => socket.once('close', resolve));
    socket.on('error', () => undefined);
    await sandbox.close();
    await ended;
  });

  it('rejects with the system error if the port is taken', async () => {
    const sandbox = await startSandbox();
    await expect(startSandbox({ port: sandbox.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await sandbox.close();
  });

  it('listens on the loopback interface and ends idle connections when it closes', async () => {
    const sandbox = await startSandbox();
    expect(sandbox.url).toBe(`http://127.0.0.1:${sandbox.port}`);
    const idle = createConnection(sandbox.port, '127.0.0.1');
    idle.write('GET /_sandbox/faults HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise(resolve => idle.once('data', resolve));
    const ended = new Promise(resolve => idle.once('close', resolve));
    await sandbox.close();
    await ended;
    await expect(fetch(sandbox.url)).rejects.toThrow();
  });
});
