/** Starts the processes that are measured, such as the built command, and the sandbox. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** @typedef {Readonly<Record<string, string>>} Env */
/** @typedef {Awaited<ReturnType<typeof start>>} Server */

/** The path of the built command. */
export const bin = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

// With this variable, every start of Node takes 40 ms longer to read a file of certificates. No host sets it.
const { NODE_EXTRA_CA_CERTS: _, ...inherited } = process.env;

/** The variables of this process's environment that its children inherit. */
export const inheritedEnv = inherited;

/**
 * Starts a node with pipes for its streams and a channel for messages.
 * @param {readonly string[]} args
 * @param {Env} [env]
 */
export function spawnNode(args, env = {}) {
  const child = spawn(process.execPath, args, {
    env: { ...inheritedEnv, ...env },
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
  });
  const { stdin, stdout, stderr } = child;
  if (!stdin || !stdout || !stderr) throw new Error(`node ${args.join(' ')} has no pipes`);
  return { child, stdin, stdout, stderr };
}

/**
 * Starts a server that prints its URL in its first line. All later output is read and discarded, so that the server never
 * waits for a reader.
 * @param {readonly string[]} args
 * @param {Env} env
 * @param {'stdout' | 'stderr'} urlStream the stream with that line
 */
export async function start(args, env, urlStream) {
  const { child, ...streams } = spawnNode(args, env);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await once(child, 'exit');
  };
  const lines = createInterface({ input: streams[urlStream] });
  const [line] = await Promise.race([once(lines, 'line'), once(child, 'exit')]);
  lines.close();
  const [url] = /http:\S+/.exec(String(line)) ?? [];
  if (!url || child.pid === undefined) throw new Error(`node ${args.join(' ')} does not listen: ${line}`);
  for (const stream of [streams.stdout, streams.stderr]) stream.resume();
  return { url, child, pid: child.pid, stop };
}

/**
 * Starts the sandbox in a process of its own, so that its work is not measured.
 * @param {...string} options
 */
export const startSandbox = (...options) => start([bin, 'sandbox', '--port', '0', ...options], {}, 'stdout');

/**
 * The environment variables with which a child calls the sandbox in place of AWS.
 * @param {string} url
 */
export const sandboxEnv = url => ({
  AWS_ENDPOINT_URL: url,
  AWS_ACCESS_KEY_ID: 'AKIASANDBOX000000000',
  AWS_SECRET_ACCESS_KEY: 'sandbox-secret-access-key',
  AWS_REGION: 'us-east-1',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
});

/** The app that a new sandbox has. */
export const appId = 'd1sandboxshop';
