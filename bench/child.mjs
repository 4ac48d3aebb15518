/** Children of this process: the built command, the sandbox, and what else serves while it is measured. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** @typedef {Readonly<Record<string, string>>} Env */
/** @typedef {Awaited<ReturnType<typeof start>>} Server */

/** The command as it is built. */
export const bin = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

// Reading a file of certificates costs every node 40 ms; no host sets that variable.
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
 * Starts one that says in a line where it listens; what it says later is read, so that it never waits.
 * @param {readonly string[]} args
 * @param {Env} env
 * @param {'stdout' | 'stderr'} said the stream on which it says so
 */
export async function start(args, env, said) {
  const { child, ...streams } = spawnNode(args, env);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await once(child, 'exit');
  };
  const lines = createInterface({ input: streams[said] });
  const [line] = await Promise.race([once(lines, 'line'), once(child, 'exit')]);
  lines.close();
  const [url] = /http:\S+/.exec(String(line)) ?? [];
  if (!url || child.pid === undefined) throw new Error(`node ${args.join(' ')} does not listen: ${line}`);
  for (const stream of [streams.stdout, streams.stderr]) stream.resume();
  return { url, child, pid: child.pid, stop };
}

/**
 * The sandbox as a process of its own, so that its work is no part of what is measured.
 * @param {...string} options
 */
export const startSandbox = (...options) => start([bin, 'sandbox', '--port', '0', ...options], {}, 'stdout');

/**
 * The environment of a child that takes the sandbox for AWS.
 * @param {string} url
 */
export const sandboxEnv = url => ({
  AWS_ENDPOINT_URL: url,
  AWS_ACCESS_KEY_ID: 'AKIASANDBOX000000000',
  AWS_SECRET_ACCESS_KEY: 'sandbox-secret-access-key',
  AWS_REGION: 'us-east-1',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
});

/** The app that the sandbox begins with. */
export const appId = 'd1sandboxshop';
