/** Runs commands inside the test's own process, to check what they print and how they end. */
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

/** A server that opens its audit file, as every server does first, and then ends. */
async function openAndEnd(config: Config): Promise<void> {
  await (await openAudit(config, () => undefined))?.settle();
}

const unused = () => {
  throw new Error('no command that is run in memory may come to this');
};

/** What a test can change. By default the command runs in a pipe and starts no server. */
interface Given {
  readonly io?: Partial<Io>;
  /** The text on stdin. */
  readonly stdin?: string;
  /** Serves the board, for a test of that command. */
  readonly serveBoard?: ProgramDeps['serveBoard'];
}

/**
 * Runs a command to its end, as `run` does, but without a child process. Commands that write to the home folder cannot run here:
 * it would be the home of the person who runs the tests, whatever HOME is given.
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

/** Runs a command that calls a server. The server runs in the test's own process as well, and logs nothing. */
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
