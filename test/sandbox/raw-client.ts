/** A client that sends any bytes at all, well-formed or not. */
import { createConnection } from 'node:net';

/** Sends raw bytes and reads until the server closes; `end` hangs up after sending. */
export function raw(
  port: number,
  text: string,
  end = false,
): Promise<{ status: number; headers: Headers; body: string }> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1', allowHalfOpen: true });
    let received = '';
    socket.on('data', chunk => {
      received += chunk;
    });
    socket.on('error', reject);
    socket.on('end', () => {
      socket.destroy();
      const [head = '', body = ''] = received.split('\r\n\r\n');
      const [status = '', ...lines] = head.split('\r\n');
      const headers = new Headers(lines.map(line => line.split(/: ?(.*)/s).slice(0, 2) as [string, string]));
      resolve({ status: Number(status.split(' ')[1] ?? 0), headers, body });
    });
    socket.write(text);
    if (end) socket.end();
  });
}

/** A request head; the connection closes after it. */
export const head = (line: string, ...headers: string[]) =>
  `${[line, 'Host: localhost', 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`;
