/**
 * Puts load on one MCP endpoint with several connections, each of which sends a request as soon as the last one is answered.
 * Each latency is recorded here, because the load generator rounds its own to whole milliseconds.
 */
import { readFile } from 'node:fs/promises';
import autocannon from 'autocannon';
import { ask, eras } from './requests.mjs';

/**
 * The measurements of a load: latencies in ms, and the CPU time in ms for each answer, if the system shows it.
 * @typedef {{ readonly latencies: readonly number[], readonly perSecond: number, readonly cpuMs: number | undefined }} LoadResult
 */

/** `/proc` gives CPU times in clock ticks: 100 a second on Linux, whatever the rate of the kernel's own timer. */
const TICK_MS = 10;

/**
 * Milliseconds of CPU that a process has spent; undefined if the system does not show it.
 * @param {number} pid
 */
async function cpuMs(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const [user, system] =
    stat
      ?.slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number) ?? [];
  return user === undefined || system === undefined ? undefined : (user + system) * TICK_MS;
}

/**
 * Sends requests for `ms` milliseconds and measures the answers.
 * @param {{ readonly url: string, readonly pid: number, readonly era: import('./requests.mjs').Era,
 *   readonly method: string, readonly params?: import('./requests.mjs').Params,
 *   readonly connections: number, readonly ms: number }} options `pid` is the process of the endpoint
 * @returns {Promise<LoadResult>}
 * @throws if an answer is an error, or shorter than the first one
 */
export async function load({ url, pid, era, method, params = {}, connections, ms }) {
  const { request, open, close } = eras[era];
  const asked = request(method, params);
  // A session of its own for each connection, as for each client.
  const sessions = await Promise.all(Array.from({ length: connections }, () => open(url)));
  // An untimed request first, whose answer shows that the endpoint works.
  const { length } = await ask(url, asked, sessions[0]);
  const free = [...sessions];
  /** @type {number[]} */
  const latencies = [];
  const before = await cpuMs(pid);
  const startedAt = performance.now();
  let lastAt = startedAt;
  let strange = 0;
  const { errors } = await autocannon({
    ...{ url, method: 'POST', connections, duration: ms / 1000, ...asked },
    setupClient(client) {
      client.setHeaders({ ...asked.headers, ...free.pop() });
      client.on('response', (status, bytes, latency) => {
        lastAt = performance.now();
        latencies.push(latency);
        // `bytes` includes the head of the response. An error is far shorter than the expected answer.
        if (status !== 200 || bytes < length) strange += 1;
      });
    },
  });
  const after = await cpuMs(pid);
  await Promise.all(sessions.map(session => close(url, session)));
  if (strange + errors > 0 || latencies.length === 0)
    throw new Error(`${url}: ${strange} strange answers, ${errors} errors`);
  return {
    latencies,
    perSecond: (latencies.length * 1000) / (lastAt - startedAt),
    cpuMs: before === undefined || after === undefined ? undefined : (after - before) / latencies.length,
  };
}
