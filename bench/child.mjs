/** A child of node's that serves: started until it says where, and stopped. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env;

/** What of this process's environment a child may see. */
export const surroundings = environment;

/**
 * Starts one that says in a line where it listens; what it says later is read, so that it never waits.
 * @param said the stream on which it says so
 */
export async function start(args, env, said) {
  const child = spawn(process.execPath, args, {
    env: { ...surroundings, ...env },
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await once(child, 'exit');
  };
  const lines = createInterface({ input: said === 'stderr' ? child.stderr : child.stdout });
  const [line] = await Promise.race([once(lines, 'line'), once(child, 'exit')]);
  lines.close();
  const [url] = /http:\S+/.exec(line) ?? [];
  if (!url) throw new Error(`node ${args.join(' ')} does not listen: ${line}`);
  for (const stream of [child.stdout, child.stderr]) stream.resume();
  return { url, child, pid: child.pid, stop };
}
