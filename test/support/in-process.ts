/**
 * Runs the `stdio` and `http` commands inside the test's own process: the same command line, application and messages, without
 * starting Node.
 */
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { serveOverStdio } from '../../src/mcp/stdio.ts';
import { createApplication } from '../../src/server/application.ts';
import { openHosted } from '../../src/server/hosted.ts';
import { openAudit } from '../../src/server/open-audit.ts';
import { childEnv, type Env, type Spoken, speakLines } from './child.ts';
import type { AtEnd } from './share.ts';

/** A running server command. */
export interface Served {
  /** Its stdout. */
  readonly output: Readable;
  /** Its stdin. The command ends when this does. */
  readonly input: Writable;
  /** Resolves once it has ended. */
  readonly ended: Promise<void>;
}

const unused = () => {
  throw new Error('a command that serves does not use this');
};

/** The parts of a process that every command uses. */
const processOf = (env: Env): Pick<Parameters<typeof createProgram>[0], 'io' | 'secretInput' | 'finish'> => ({
  io: {
    ...{ out: unused, err: unused, isTerminal: false, isInputTerminal: false, env, self: ['node'] },
    interrupted: () => new Promise(() => undefined),
  },
  secretInput: unused,
  finish: () => undefined,
});

/** By default the command logs nothing, since it would log to the stderr of the tests. */
const silentEnv = (given: Env) => ({ AMPLIFY_BACKEND_MCP_LOG_LEVEL: 'silent', ...childEnv(given) });

/** The variables that the AWS SDK reads from the environment of the process. */
const isOfSdk = (name: string) => name.startsWith('AWS_') || name === 'HOME';
let [serving, taken] = [0, ''];
let own: Record<string, string | undefined> = {};

/** Sets the SDK's variables of a child's environment in this process. @returns a function that restores the former ones */
function takeEnvironment(env: Record<string, string>): () => void {
  const wanted = Object.fromEntries(Object.entries(env).filter(([name]) => isOfSdk(name)));
  const key = JSON.stringify(wanted);
  if (serving > 0 && key !== taken)
    throw new Error('one process has one environment: close the other client first, or start a child');
  const replaceBy = (next: Record<string, string | undefined>) => {
    const former = Object.fromEntries(Object.entries(process.env).filter(([name]) => isOfSdk(name)));
    for (const name of Object.keys(former)) delete process.env[name];
    Object.assign(process.env, next);
    return former;
  };
  if (serving === 0) own = replaceBy(wanted);
  taken = key;
  serving += 1;
  return () => {
    serving -= 1;
    if (serving === 0) replaceBy(own);
  };
}

/** Starts `stdio`. @throws ConfigError as the command does @throws if another command is running with other AWS settings */
export function serveInProcess(given: Env, flags: readonly string[] = []): Served {
  const env = silentEnv(given);
  const giveBack = takeEnvironment(env);
  const [input, output] = [new PassThrough(), new PassThrough()];
  const program = createProgram({
    ...processOf(env),
    ...{ serveHttp: unused, serveBoard: unused },
    async serveStdio(config, version) {
      const audit = await openAudit(config, () => undefined);
      const app = createApplication(config, env, version, { audit });
      const settle = async () => audit?.settle();
      await serveOverStdio(app.createServer, input, output, app.openListen, { beforeAbort: settle });
      await app.close();
    },
  });
  const ended = program.parseAsync(['stdio', ...flags], { from: 'user' }).then(() => undefined);
  return { input, output, ended: ended.finally(giveBack) };
}

/** Starts `stdio` for one test and speaks to it line by line, as `startChild` does to a process. */
export function startInProcess(
  flags: readonly string[] = [],
  env: Env = {},
): Spoken & Pick<Served, 'ended'> & { end(): Promise<void> } {
  const { input, output, ended } = serveInProcess(env, flags);
  const end = async () => {
    input.end();
    await ended;
  };
  onTestFinished(end);
  return { ...speakLines(input, output, ended), ended, end };
}

/**
 * Starts `http` on a free port. It ends with the test, unless `atEnd` says otherwise, as on a signal; it cannot be killed.
 * @throws ConfigError as the command does @throws if another command is running with other AWS settings
 */
export async function hostInProcess(
  given: Env,
  flags: readonly string[] = [],
  atEnd: AtEnd = onTestFinished,
): Promise<{ readonly url: string }> {
  const env = silentEnv(given);
  const giveBack = takeEnvironment(env);
  let url = '';
  const program = createProgram({
    ...processOf(env),
    ...{ serveStdio: unused, serveBoard: unused },
    async serveHttp(config, version, where) {
      const audit = await openAudit(config, () => undefined);
      const hosted = await openHosted(config, env, version, where, () => undefined, audit);
      url = hosted.url;
      atEnd(() => hosted.close().finally(giveBack));
    },
  });
  try {
    await program.parseAsync(['http', '--port', '0', ...flags], { from: 'user' });
  } catch (thrown) {
    giveBack();
    throw thrown;
  }
  return { url };
}
