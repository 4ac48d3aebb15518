/**
 * The log for operators: JSON lines on stderr, since stdout belongs to the protocol. No argument, answer
 * or error text from AWS is written here, only what this program made itself.
 */
import pino, { type Logger } from 'pino';
import type { CallRecord } from '../call/record.ts';
import type { ServerError } from '../errors.ts';
import { quoteName } from '../lib/quote.ts';
import { WITHHELD } from '../lib/withheld-mark.ts';

export type { Logger } from 'pino';

const STDERR = 2;

/** A second guard: nothing of the kind is logged on purpose. */
const secretPaths = [
  'secretAccessKey',
  'sessionToken',
  'challengeCode',
  'client_secret',
  'private_key',
].flatMap(name => [name, `*.${name}`]);

/** AWS names its failures; what is longer is no name of one. */
const LONGEST_NAME = 64;

/** How much is collected before it is written, and for how long, where a server has many calls at once. */
const CHUNK_BYTES = 4_096;
const CHUNK_MS = 500;

/** A logger at the given pino level, which writes each line at once. */
export function createLog(level: string): Logger {
  return toDestination(level, pino.destination({ dest: STDERR, sync: true }));
}

/**
 * A logger that writes lines in chunks: a call is not kept waiting for its line. What kills the process at once may
 * take the lines of half a second with it.
 */
export function createBusyLog(level: string): { log: Logger; flush(): void } {
  const destination = pino.destination({
    ...{ dest: STDERR, sync: false, minLength: CHUNK_BYTES, periodicFlush: CHUNK_MS },
  });
  return { log: toDestination(level, destination), flush: () => destination.flushSync() };
}

const toDestination = (level: string, destination: pino.DestinationStream): Logger =>
  pino({ level, base: null, redact: { paths: secretPaths, censor: WITHHELD } }, destination);

/** The frames of a stack, without the text on top of them. */
export const framesOf = ({ stack }: Error) => stack?.split('\n').filter(line => /^\s+at /.test(line));

/** Where an unknown failure came from: its type and the frames of its stack, without its text. */
function originOf(failure: ServerError): object | undefined {
  const { cause } = failure;
  if (!(cause instanceof Error)) return undefined;
  const frames = failure.code === 'internal' ? framesOf(cause) : undefined;
  return { cause: quoteName(cause.name, LONGEST_NAME), ...(frames && { frames }) };
}

/** A question is no failure, a defect is one of ours. */
function levelOf(failure: ServerError | undefined): 'info' | 'warn' | 'error' {
  if (failure === undefined || failure.code === 'confirmation_required') return 'info';
  return failure.code === 'internal' ? 'error' : 'warn';
}

/** Writes one line for a call: `info` when it worked or asks, `warn` when it failed, `error` when the fault is ours. */
export function recordCall(log: Logger, call: CallRecord, failure?: ServerError): void {
  const level = levelOf(failure);
  log[level]({ ...call, ...(failure && originOf(failure)) }, 'call');
}
