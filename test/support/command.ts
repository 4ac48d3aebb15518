/** The command line inside the test's own process, for what a command says and how it ends. */
import { PassThrough, Readable } from 'node:stream';
import { CommanderError } from 'commander';
import pkg from '../../package.json' with { type: 'json' };
import type { ProgramDeps } from '../../src/cli/command-line.ts';
import { explainFailure } from '../../src/cli/explain-failure.ts';
import type { Io } from '../../src/cli/io.ts';
import { createProgram } from '../../src/cli/program.ts';
import { createSecretInput } from '../../src/cli/secret-input.ts';
import { openAudit } from '../../src/server/open-audit.ts';
import type { Config } from '../../src/server/settings.ts';
import { childEnv, type Ended, type Env } from './child.ts';
import { links } from './links.ts';

/** A server that opens its audit, as every server does first, and then ends. */
async function openAndEnd(config: Config): Promise<void> {
  await (await openAudit(config, () => undefined))?.settle();
}

const unused = () => {
  throw new Error('no command that is run in memory may come to this');
};

/** What differs from a command in a pipe that starts no server. */
interface Given {
  readonly io?: Partial<Io>;
  /** What is piped in. */
  readonly stdin?: string;
  /** Serves the board, where it is to be served. */
  readonly serveBoard?: ProgramDeps['serveBoard'];
}

/**
 * Runs a command to its end, as `run` does in a process of its own. It starts no child. A command that writes to the home
 * is not run so: the home is that of whoever runs the tests, whatever HOME is given.
 * @throws Error for `install` and `uninstall`
 */
export async function runInMemory(
  args: readonly string[],
  given: Env = {},
  { io = {}, stdin = '', serveBoard = openAndEnd }: Given = {},
): Promise<Ended> {
  if (/^(un)?install$/.test(args[0] ?? ''))
    throw new Error('it would change the files of whoever runs the tests: start a child');
  let [code, stdout, stderr]: [number, string, string] = [0, '', ''];
  const draw = (text: string) => {
    stdout += text;
  };
  const program = createProgram({
    io: {
      out: line => draw(`${line}\n`),
      err: line => {
        stderr += `${line}\n`;
      },
      ...{ isTerminal: false, isInputTerminal: false, env: childEnv(given), self: ['node'] },
      ...{ interrupted: async () => undefined, serve: unused },
      ...io,
    },
    ...{ serveStdio: openAndEnd, serveHttp: openAndEnd, serveBoard },
    secretInput: async () => createSecretInput(Readable.from([stdin]), new PassThrough()),
    finish: exitCode => {
      code = exitCode;
    },
  });
  for (const command of [program, ...program.commands]) command.configureOutput({ writeOut: draw });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError && thrown.exitCode === 0)) {
      const { line, exitCode } = explainFailure(thrown);
      stderr += `${pkg.name}: ${line}\n`;
      code = exitCode;
    }
  }
  return { code, signal: null, stdout, stderr };
}

/** The same for a command that calls a server, which is in the test's own process, too, and logs nothing. */
export const runWithServer = (
  args: readonly string[],
  given: Env = {},
  io: Partial<Io> = {},
): Promise<Ended> =>
  runInMemory(args, given, {
    io: {
      serve: env => links.inProcess({ ...env, AMPLIFY_BACKEND_MCP_LOG_LEVEL: 'silent' }).transport,
      ...io,
    },
  });
