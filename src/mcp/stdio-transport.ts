/**
 * The stdio transport: one message a line. A line that is not a valid message is refused with a JSON-RPC error for the id that
 * it names, so that its sender does not wait in vain. If it names no id, the log reports it.
 */
import type { Readable, Writable } from 'node:stream';
import {
  type JSONRPCMessage,
  ProtocolErrorCode,
  type RequestId,
  serializeMessage,
  type Transport,
} from '@modelcontextprotocol/server';
import { type Line, LineReader } from './stdio-lines.ts';
import { type LineContent, LONGEST_MESSAGE, type Refusal, readLine } from './stdio-messages.ts';

/** Reports to the log what cannot be answered to the client. The text contains nothing that the client sent. */
export type Report = (text: string) => void;

/** Writes a message; resolves when the next one may follow. */
async function write(stdout: Writable, message: JSONRPCMessage): Promise<void> {
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
}

const LISTEN = 'subscriptions/listen';

/** How long the connection stays open after the end of stdin for the answers to requests that came before. */
const LAST_ANSWERS_MS = 5_000;

/** Adds a request that waits for its answer, and removes a cancelled one, which gets no answer. */
function trackRequest(pending: Set<RequestId>, message: JSONRPCMessage): void {
  if (!('method' in message)) return;
  // A listen is answered only when it ends, together with the connection.
  if ('id' in message && message.method !== LISTEN) pending.add(message.id);
  if (message.method === 'notifications/cancelled') pending.delete(message.params?.requestId as RequestId);
}

export function createStdioTransport(stdin: Readable, stdout: Writable, report: Report): Transport {
  const lines = new LineReader(LONGEST_MESSAGE);
  let isClosed = false;
  let isEnded = false;
  /** Requests without an answer. */
  const pending = new Set<RequestId>();
  let lastAnswers: NodeJS.Timeout | undefined;

  function refuse({ ids, code, message, isReported }: Refusal): void {
    if (isReported) report(`A line on stdin was not read. ${message}`);
    for (const id of ids)
      void transport.send({ jsonrpc: '2.0', id, error: { code, message } }).catch(() => undefined);
  }

  function receive(read: LineContent): void {
    if (read && 'refusal' in read) refuse(read.refusal);
    else if (read) {
      trackRequest(pending, read.message);
      transport.onmessage?.(read.message);
    }
  }

  const onData = (chunk: Buffer) => {
    for (const line of lines.read(chunk)) if (!isClosed) receive(readLine(line));
  };

  /** Takes a last line that has no line feed. A message that is complete without it is read like any other. */
  function receiveLast({ line, bytes }: { readonly line: Line; readonly bytes: number }): void {
    const read = readLine(line);
    if (read && 'refusal' in read && read.refusal.code === ProtocolErrorCode.ParseError) {
      report(`stdin ended within a message, after ${bytes} bytes of it.`);
      return;
    }
    receive(read);
  }

  const onEnd = () => {
    if (isEnded || isClosed) return;
    isEnded = true;
    const rest = lines.end();
    if (rest) receiveLast(rest);
    if (pending.size === 0) void transport.close();
    else lastAnswers = setTimeout(() => void transport.close(), LAST_ANSWERS_MS);
  };
  const onStdinError = (error: Error) => transport.onerror?.(error);
  const onStdoutError = (error: Error) => {
    // The listener stays after the close: an `error` event without a listener would end the process.
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
      await write(stdout, message);
      if (!('method' in message) && message.id !== undefined) pending.delete(message.id);
      if (isEnded && pending.size === 0) await transport.close();
    },

    async close() {
      if (isClosed) return;
      isClosed = true;
      clearTimeout(lastAnswers);
      stdin.off('data', onData).off('error', onStdinError).off('end', onEnd).off('close', onEnd);
      if (stdin.listenerCount('data') === 0) stdin.pause();
      transport.onclose?.();
    },
  };
  return transport;
}
