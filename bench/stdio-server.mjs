/** Calls the built command over stdio, and measures the delays of its event loop. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { bin, sandboxEnv, spawnNode } from './child.mjs';
import { encodeMessage, initialize, initialized } from './requests.mjs';

/** @typedef {import('./requests.mjs').Params} Params */
/** @typedef {{ readonly name: string, readonly inputSchema: import('./schema-texts.mjs').Schema }} ListedTool */
/**
 * The members of a result that are read here.
 * @typedef {object} Result
 * @property {readonly ListedTool[]} [tools]
 * @property {readonly import('@modelcontextprotocol/server').ContentBlock[]} [content]
 * @property {unknown} [structuredContent]
 * @property {boolean} [isError]
 */
/** @typedef {{ readonly id?: number, readonly result?: Result, readonly error?: { readonly message: string } }} Answer */
/** @typedef {Awaited<ReturnType<typeof startServer>>} StdioServer */

const probe = fileURLToPath(new URL('loop-delay.mjs', import.meta.url));

/**
 * Starts the command and initializes a session.
 * @param {string} url the sandbox's, which the command calls in place of AWS
 */
export async function startServer(url) {
  const args = ['--import', probe, bin, 'stdio', '--log-level', 'silent'];
  const { child, stdin, stdout, stderr } = spawnNode(args, sandboxEnv(url));
  stderr.resume();
  /** @type {Map<number | undefined, (answer: Answer) => void>} */
  const waiting = new Map();
  createInterface({ input: stdout }).on('line', line => {
    /** @type {Answer} */
    const answer = JSON.parse(line);
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  let lastId = 0;
  /** @type {(method: string, params?: Params) => Promise<Answer>} */
  const ask = (method, params = {}) => {
    const id = ++lastId;
    stdin.write(`${encodeMessage({ id, method, params })}\n`);
    return new Promise(resolve => waiting.set(id, resolve));
  };
  /** @type {(name: string, args: object) => Promise<Answer>} */
  const call = (name, args) => ask('tools/call', { name, arguments: args });
  await ask(initialize.method, initialize.params);
  stdin.write(`${encodeMessage(initialized)}\n`);
  return {
    ask,
    call,
    /**
     * Runs a function. @returns the longest delay of the event loop meanwhile, in milliseconds
     * @param {() => Promise<unknown>} run
     */
    async longestDuring(run) {
      const next = async () => {
        child.send('next');
        const [longestMs] = await once(child, 'message');
        return Number(longestMs);
      };
      await next();
      await run();
      return next();
    },
    stop: () => stdin.end(),
  };
}
