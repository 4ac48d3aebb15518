/**
 * Hands the process to the command line, and ends it. `cli/bin.ts` loads it where Node is new enough.
 * Whatever is unknown or malformed ends with exit code 2 and one line that names it.
 */
import { Console } from 'node:console';
import { realpathSync } from 'node:fs';
import { constants } from 'node:os';
import type { WriteStream } from 'node:tty';
import { CommanderError } from 'commander';
import { z } from 'zod';
import pkg from '../package.json' with { type: 'json' };
import type { Audit } from './call/audit/index.ts';
import type { BoardOptions } from './cli/command-line.ts';
import { explainFailure } from './cli/explain-failure.ts';
import type { Io } from './cli/io.ts';
import { createPrinter } from './cli/printer.ts';
import { createProgram } from './cli/program.ts';
import type { Screen } from './cli/progress-line.ts';
import { printable } from './lib/quote.ts';
import type { ListenOptions, ServedUrls } from './server/hosted.ts';
import type { Config } from './server/settings.ts';

/** The width of a terminal that does not say how wide it is. */
const UNKNOWN_WIDTH = 80;

// The AWS SDK is bundled, so its warnings about the Node versions of its next releases do not concern the user.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/**
 * Prints a text and asks what its last line asks. The module that reads is loaded at the first question, since most
 * commands ask none.
 */
async function askOnTerminal(text: string): Promise<string | undefined> {
  const { readAnswer } = await import('./cli/read-answer.ts');
  const lines = text.split('\n');
  const prompt = printable(lines.pop() ?? '');
  if (lines.length > 0) io.err(lines.join('\n'));
  return readAnswer(process.stdin, process.stderr, prompt);
}

/**
 * Whether a stream shows colours: where the terminal has them, unless NO_COLOR or FORCE_COLOR decides.
 * Node's own check knows both variables, but streams have it only in a terminal.
 */
function hasColors(stream: WriteStream): boolean {
  const { FORCE_COLOR: force, NO_COLOR: none } = process.env;
  if (force !== undefined) return force !== '0' && force !== 'false';
  return !none && stream.isTTY === true && stream.hasColors();
}

/** Breaks lines at blanks. It is loaded for a person at a terminal alone, since hosts wait for the start of the server. */
const wrapAnsi =
  process.stdout.isTTY || process.stderr.isTTY ? (await import('wrap-ansi')).default : undefined;

const printerOf = (stream: WriteStream) =>
  createPrinter({
    write: text => void stream.write(text),
    hasColors: hasColors(stream),
    terminal:
      stream.isTTY && wrapAnsi
        ? {
            columns: () => stream.columns || UNKNOWN_WIDTH,
            wrap: (line, columns) => wrapAnsi(line, columns, { hard: false }),
          }
        : undefined,
  });

/** The stream as a screen, unless it is no terminal or one that cannot move its cursor. */
const screenOf = (stream: WriteStream): Screen | undefined =>
  stream.isTTY && process.env.TERM !== 'dumb'
    ? { draw: text => void stream.write(text), columns: () => stream.columns }
    : undefined;

/** Signals by which a person, the system or a closed terminal ends a program. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const say = (line: string) => io.err(line, { isVerbatim: true });

const io: Io = {
  out: printerOf(process.stdout),
  err: printerOf(process.stderr),
  screen: screenOf(process.stdout),
  errorScreen: screenOf(process.stderr),
  isTerminal: process.stdout.isTTY === true,
  isInputTerminal: process.stdin.isTTY === true,
  ask: process.stdin.isTTY && process.stderr.isTTY ? askOnTerminal : undefined,
  env: process.env,
  // What was run, instead of this chunk of it, whose name changes with each build.
  self: [process.execPath, process.argv[1] ? realpathSync(process.argv[1]) : ''],
  interrupted: () =>
    new Promise(resolve => {
      let isAsked = false;
      for (const signal of endings)
        process.on(signal, () => {
          // The second signal ends the process at once; `exit` still runs the listener that completes the audit.
          if (isAsked) process.exit(128 + constants.signals[signal]);
          isAsked = true;
          resolve();
        });
    }),
};

/** Opens the audit, where the configuration names a file. At any end of the process, pending writes are recorded. */
async function openAudit(config: Config, warn: (line: string) => void): Promise<Audit | undefined> {
  if (config.auditFile === undefined) return undefined;
  const opened = await (await import('./server/open-audit.ts')).openAudit(config, warn);
  process.once('exit', () => {
    try {
      opened?.abandon();
    } catch (thrown) {
      say(`${pkg.name}: ${config.auditFile}: ${String(thrown)}`);
    }
  });
  return opened;
}

async function serveStdio(config: Config, version: string): Promise<void> {
  // Nothing but the protocol may reach stdout: what a dependency prints goes to stderr.
  globalThis.console = new Console(process.stderr);
  // A host starts the server often and calls it little, so compiling Zod parsers costs more than it saves.
  z.config({ jitless: true });
  const [{ createApplication }, { createReport }, { serveOverStdio }] = await Promise.all([
    import('./server/application.ts'),
    import('./server/report.ts'),
    import('./mcp/stdio.ts'),
  ]);
  const audit = await openAudit(config, line => say(`${pkg.name}: ${line}`));
  const app = createApplication(config, process.env, version, { audit });
  const settle = async () => audit?.settle();
  const { report, settle: settleReport } = createReport(config);
  const served = serveOverStdio(app.createServer, process.stdin, process.stdout, app.openListen, {
    beforeAbort: settle,
    report,
  });
  try {
    await Promise.race([served, io.interrupted()]);
  } finally {
    await settle();
    await app.close();
    await settleReport();
  }
}

/** The line that adds a server on the network to a host. An address that means all interfaces reaches this machine. */
function hostLine(url: string): string {
  const reached = url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
  return `add it to a host, for example: claude mcp add --transport http amplify-backend ${reached}`;
}

/** Serves until a signal arrives; pending calls may then finish. */
async function serveHttp(config: Config, version: string, listen: ListenOptions) {
  const { openHosted } = await import('./server/hosted.ts');
  const warnings: string[] = [];
  const audit = await openAudit(config, line => warnings.push(`${pkg.name}: ${line}`));
  const onListening = ({ url, metricsUrl, boardUrl }: ServedUrls) => {
    const metrics = metricsUrl === undefined ? [] : [`metrics on ${metricsUrl}`];
    const board = boardUrl === undefined ? [] : [`board on ${boardUrl}`];
    const host = hostLine(config.publicUrl ?? url);
    say([`listening on ${url}`, ...metrics, ...warnings, host, ...board].join('\n'));
  };
  const hosted = await openHosted(config, process.env, version, listen, onListening, audit);
  await io.interrupted();
  await hosted.close();
}

/** Serves the board until a signal arrives. */
async function serveBoard(config: Config, version: string, { port, onOpen }: BoardOptions) {
  const { openBoard } = await import('./server/board.ts');
  const audit = await openAudit(config, line => say(`${pkg.name}: ${line}`));
  const board = await openBoard(config, process.env, version, port, audit);
  // Whoever has read the address may end the board at once.
  const interrupted = io.interrupted();
  const onEnd = await onOpen(board.address, board.notOffered);
  await interrupted;
  await onEnd();
  await board.close();
}

/** Ends the process once stdout has taken everything: idle sockets must not keep it alive. */
function finish(exitCode: number): void {
  process.stdout.write('', () => process.exit(exitCode));
}

// A reader that closes the pipe, such as `head` or a host that ended, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  const secretInput = async () =>
    (await import('./cli/secret-input.ts')).createSecretInput(process.stdin, process.stderr);
  await createProgram({ io, serveStdio, serveHttp, serveBoard, secretInput, finish }).parseAsync();
} catch (thrown) {
  if (thrown instanceof CommanderError && thrown.exitCode === 0) finish(0);
  else {
    const { line, exitCode } = explainFailure(thrown);
    io.err(`${pkg.name}: ${line}`, { style: 'bad', length: pkg.name.length + 1, isVerbatim: true });
    finish(exitCode);
  }
}
