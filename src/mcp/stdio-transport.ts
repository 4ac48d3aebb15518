/**
 * The wire of stdio: one message a line. Every line gets an answer: what is no message is refused with the JSON-RPC error
 * and the id that it names, or reported where it names none, so that no client waits in the dark.
 */
import type { Readable, Writable } from 'node:stream';
import {
  type JSONRPCMessage,
  ProtocolErrorCode,
  parseJSONRPCMessage,
  type RequestId,
  serializeMessage,
  type Transport,
} from '@modelcontextprotocol/server';
import { isObject } from '../lib/json.ts';
import { tolerateMessage } from './messages.ts';
import { type Line, LineReader } from './stdio-lines.ts';
import { TopLevelId } from './top-level-id.ts';

/** Bytes of the longest message that is read: all that a tool takes is far below. */
export const LONGEST_MESSAGE = 10 * 1024 * 1024;

/** Requests of one batch that are refused by name; clients send a few at most. */
const MOST_REFUSED = 100;

const NO_JSON = 'The message is not JSON.';
const NO_MESSAGE =
  'The message is no JSON-RPC 2.0 request, notification or response: it needs jsonrpc "2.0", a method, and for a request an id that is a text or a whole number.';
const BATCH = 'The message is a batch, which MCP does not have: send each message on a line of its own.';
const TOO_LONG = `The message has more than ${LONGEST_MESSAGE} bytes, which is the most that is read.`;

/** The id that a refusal can carry. */
function idOf(message: unknown): RequestId | undefined {
  // A response must not be answered.
  if (!isObject(message) || (!('method' in message) && ('result' in message || 'error' in message)))
    return undefined;
  const { id } = message;
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}

/** Reports what no message can be sent for. The text holds nothing of what the client sent. */
export type Report = (text: string) => void;

export function createStdioTransport(stdin: Readable, stdout: Writable, report: Report): Transport {
  const lines = new LineReader(LONGEST_MESSAGE);
  let isClosed = false;

  function refuse(id: RequestId | undefined, code: ProtocolErrorCode, message: string): void {
    if (id === undefined) report(`A line on stdin was not read. ${message}`);
    else void transport.send({ jsonrpc: '2.0', id, error: { code, message } }).catch(() => undefined);
  }

  function refuseBatch(batch: readonly unknown[]): void {
    const ids = batch.map(idOf).filter(id => id !== undefined);
    for (const id of ids.slice(0, MOST_REFUSED)) refuse(id, ProtocolErrorCode.InvalidRequest, BATCH);
    if (ids.length === 0 || ids.length > MOST_REFUSED)
      refuse(undefined, ProtocolErrorCode.InvalidRequest, BATCH);
  }

  function idInBrokenText(text: string): RequestId | undefined {
    const found = new TopLevelId();
    found.read(Buffer.from(text));
    return found.id;
  }

  /** The message in a text; undefined where there is none, which is then refused. */
  function messageIn(text: string): JSONRPCMessage | undefined {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      refuse(idInBrokenText(text), ProtocolErrorCode.ParseError, NO_JSON);
      return undefined;
    }
    if (Array.isArray(value)) {
      refuseBatch(value);
      return undefined;
    }
    try {
      return parseJSONRPCMessage(tolerateMessage(value));
    } catch {
      refuse(idOf(value), ProtocolErrorCode.InvalidRequest, NO_MESSAGE);
      return undefined;
    }
  }

  function receive(line: Line): void {
    if ('tooLong' in line) {
      refuse(line.tooLong.id, ProtocolErrorCode.InvalidRequest, TOO_LONG);
      return;
    }
    // A byte order mark is a blank for `trim`.
    const text = line.text.trim();
    const message = text === '' ? undefined : messageIn(text);
    if (message) transport.onmessage?.(message);
  }

  const onData = (chunk: Buffer) => {
    for (const line of lines.read(chunk)) if (!isClosed) receive(line);
  };
  const onEnd = () => {
    if (lines.pending > 0) report(`stdin ended within a message, after ${lines.pending} bytes of it.`);
    void transport.close();
  };
  const onStdinError = (error: Error) => transport.onerror?.(error);
  const onStdoutError = (error: Error) => {
    // Later failures of writing are of no interest; the listener stays so that they do not end the process.
    if (isClosed) return;
    transport.onerror?.(error);
    void transport.close();
  };

  const transport: Transport = {
    async start() {
      if (stdin.readableEnded || stdin.destroyed) setImmediate(onEnd);
      stdin.on('data', onData).on('error', onStdinError).once('end', onEnd).once('close', onEnd);
      stdout.on('error', onStdoutError);
    },

    async send(message) {
      if (isClosed) throw new Error('the connection over stdio is closed');
      if (stdout.write(serializeMessage(message))) return;
      await new Promise<void>((resolve, reject) => {
        const onDrain = () => {
          stdout.off('error', onError);
          resolve();
        };
        const onError = (error: Error) => {
          stdout.off('drain', onDrain);
          reject(error);
        };
        stdout.once('drain', onDrain).once('error', onError);
      });
    },

    async close() {
      if (isClosed) return;
      isClosed = true;
      stdin.off('data', onData).off('error', onStdinError).off('end', onEnd).off('close', onEnd);
      if (stdin.listenerCount('data') === 0) stdin.pause();
      transport.onclose?.();
    },
  };
  return transport;
}
