/**
 * The log for operators: JSON lines on stderr, since stdout belongs to the protocol. Lines never hold arguments, answers
 * or error texts from AWS.
 */
import pino, { type Logger } from 'pino';
import type { CallRecord } from '../call/record.ts';
import type { ServerError } from '../errors.ts';
import { quoteName } from '../lib/quote.ts';
import { WITHHELD } from '../lib/withheld-mark.ts';

export type { Logger } from 'pino';

const STDERR = 2;

/** Redacted in addition; nothing that is logged on purpose has these members. */
const secretPaths = [
  'secretAccessKey',
  'sessionToken',
  'challengeCode',
  'client_secret',
  'private_key',
].flatMap(name => [name, `*.${name}`]);

/** No error name of AWS is longer, in characters. */
const LONGEST_NAME = 64;

/** How many bytes of lines are collected before they are written, and for how long at most. */
const CHUNK_BYTES = 4_096;
const CHUNK_MS = 500;

/** A logger at the given pino level, which writes each line at once. */
export function createLog(level: string): Logger {
  return toDestination(level, pino.destination({ dest: STDERR, sync: true }));
}

/**
 * A logger that writes lines in chunks, so that calls do not wait for the write. When the process is killed, the lines
 * of up to half a second are lost.
 */
export function createBusyLog(level: string): { log: Logger; flush(): void } {
  const destination = pino.destination({
    ...{ dest: STDERR, sync: false, minLength: CHUNK_BYTES, periodicFlush: CHUNK_MS },
  });
  return { log: toDestination(level, destination), flush: () => destination.flushSync() };
}

const toDestination = (level: string, destination: pino.DestinationStream): Logger =>
  pino({ level, base: null, redact: { paths: secretPaths, censor: WITHHELD } }, destination);

/** The frames of a stack without its message. */
export const framesOf = ({ stack }: Error) => stack?.split('\n').filter(line => /^\s+at /.test(line));

/** The type of an unknown failure and the frames of its stack, without its message. */
function originOf(failure: ServerError): object | undefined {
  const { cause } = failure;
  if (!(cause instanceof Error)) return undefined;
  const frames = failure.code === 'internal' ? framesOf(cause) : undefined;
  return { cause: quoteName(cause.name, LONGEST_NAME), ...(frames && { frames }) };
}

/** Codes of failures that an operator need not act on: a question to a person, and a read of something that does not exist. */
const expectedCodes: ReadonlySet<string> = new Set(['confirmation_required', 'not_found']);

/** The log level of a failure: a defect is an error. */
function levelOf(failure: ServerError | undefined): 'info' | 'warn' | 'error' {
  if (failure === undefined || expectedCodes.has(failure.code)) return 'info';
  return failure.code === 'internal' ? 'error' : 'warn';
}

/** Writes one line for a call: `info` for success and expected failures, `warn` for other failures, `error` for defects. */
export function recordCall(log: Logger, call: CallRecord, failure?: ServerError): void {
  const level = levelOf(failure);
  log[level]({ ...call, ...(failure && originOf(failure)) }, 'call');
}
