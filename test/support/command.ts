/** The command line inside the test's own process, for what a command says and how it ends. */
import { CommanderError } from 'commander';
import pkg from '../../package.json' with { type: 'json' };
import { explainFailure } from '../../src/cli/explain-failure.ts';
import type { Io } from '../../src/cli/io.ts';
import { createProgram } from '../../src/cli/program.ts';
import { openAudit } from '../../src/server/open-audit.ts';
import type { Config } from '../../src/server/settings.ts';
import { childEnv, cli, type Ended, type Env } from './child.ts';

/** A server that opens its audit, as every server does first, and then ends. */
async function openAndEnd(config: Config): Promise<void> {
  await (await openAudit(config, () => undefined))?.settle();
}

const unused = () => {
  throw new Error('no command that is run in memory may come to this');
};

/** A child that ends at once, which fails a command that starts one. */
const noServer = [process.execPath, '--eval', 'process.exit(3)'] as const;

/** Runs a command to its end, as `run` does in a process of its own. It starts no child and reads no stdin. */
export async function runInMemory(
  args: readonly string[],
  given: Env = {},
  self: Io['self'] = noServer,
): Promise<Ended> {
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
      ...{ isTerminal: false, isInputTerminal: false, env: childEnv(given), self },
      interrupted: async () => undefined,
    },
    ...{ serveStdio: openAndEnd, serveHttp: openAndEnd, serveBoard: openAndEnd, secretInput: unused },
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

/** The same for a command whose server may be a child. What that writes to stderr is not among what is returned. */
export const runWithServer = (args: readonly string[], given: Env = {}): Promise<Ended> =>
  runInMemory(args, given, [process.execPath, cli]);
