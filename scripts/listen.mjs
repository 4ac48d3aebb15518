/** Listens on the loopback, for the servers of scripts and tests. */
import { once } from 'node:events';

/**
 * Makes a server listen on a free port of the loopback.
 * @param {import('node:net').Server} server
 * @returns {Promise<string>} its URL, without a path
 */
export async function listenOnLoopback(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}
