/**
 * The log for operators: JSON lines on stderr, since stdout belongs to the protocol. No argument, answer
 * or error text from AWS is written here, only what this program made itself.
 */
import pino, { type Logger } from 'pino';
import type { RegisteredError } from './errors.ts';
import type { CallRecord } from './execute/record.ts';

const STDERR = 2;

/** A second guard: nothing of the kind is logged on purpose. */
const secretPaths = [
  'secretAccessKey',
  'sessionToken',
  'challengeCode',
  'client_secret',
  'private_key',
].flatMap(name => [name, `*.${name}`]);

/** A logger at the given pino level. */
export function createLog(level: string): Logger {
  return pino(
    { level, base: null, redact: { paths: secretPaths, censor: '[withheld]' } },
    pino.destination({ dest: STDERR, sync: true }),
  );
}

/** The frames of a stack, without the text on top of them. */
export const framesOf = ({ stack }: Error) => stack?.split('\n').filter(line => /^\s+at /.test(line));

/** Where an unknown failure came from: its type and the frames of its stack, without its text. */
function originOf(failure: RegisteredError): object | undefined {
  const { cause } = failure;
  if (!(cause instanceof Error)) return undefined;
  const frames = failure.code === 'internal' ? framesOf(cause) : undefined;
  return { cause: cause.name, ...(frames && { frames }) };
}

/** Writes one line for a call: `info` when it worked, `warn` when it failed, `error` when the fault is ours. */
export function recordCall(log: Logger, call: CallRecord, failure?: RegisteredError): void {
  const level = failure === undefined ? 'info' : failure.code === 'internal' ? 'error' : 'warn';
  log[level]({ ...call, ...(failure && originOf(failure)) }, 'call');
}
