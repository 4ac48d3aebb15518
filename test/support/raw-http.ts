/**
 * Sends HTTP that no client would send: a request's head as text, over a socket that stays open. Reads the status of the answer,
 * if there is one, and the most memory that a process has used.
 */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request's head, including its last empty line. */
export function headOf(url: string, headers: Readonly<Record<string, string>>, method = 'POST'): string {
  const { host, pathname } = new URL(url);
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${pathname} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** Opens a connection and sends the texts; the connection ends with the test at the latest. */
export async function connectAndSend(
  url: string,
  ...texts: readonly (string | Uint8Array)[]
): Promise<Socket> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  // The server may close the connection. Tests check what it sent before.
  socket.on('error', () => undefined);
  for (const text of texts) socket.write(text);
  return socket;
}

/** The status of the first answer; undefined where the connection ends without one. */
export async function statusOf(socket: Socket): Promise<number | undefined> {
  let text = '';
  try {
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      text += chunk;
      const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(text) ?? [];
      if (status !== undefined) return Number(status);
    }
  } catch {
    // The server closed the connection while the request was being sent.
  }
  return undefined;
}

/** The most memory that a process has had, in bytes; 0 where the system does not say. */
export function mostMemoryOf(pid: number | undefined): number {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return 0;
  const [, kilobytes = '0'] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(file, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
