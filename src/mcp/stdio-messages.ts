/** Reads the message of a line, or says what is wrong with it and which ids its sender waits for. Pure. */
import {
  type JSONRPCMessage,
  ProtocolErrorCode,
  parseJSONRPCMessage,
  type RequestId,
} from '@modelcontextprotocol/server';
import { isObject, repeatsDryRun } from '../lib/json.ts';
import { tolerateMessage } from './messages.ts';
import type { Line } from './stdio-lines.ts';
import { TopLevelId } from './top-level-id.ts';

/** Bytes of the longest message that is read. The arguments of every tool are far shorter. */
export const LONGEST_MESSAGE = 10 * 1024 * 1024;

/** Requests of one batch that are refused by name; clients send a few at most. */
const MOST_REFUSED = 100;

/** Why a line was not read. The text repeats nothing that the client sent. */
export interface Refusal {
  readonly code: ProtocolErrorCode;
  readonly message: string;
  /** The requests that the refusal answers. */
  readonly ids: readonly RequestId[];
  /** Whether there is something that no answer tells of. */
  readonly isReported: boolean;
}

/** What a line holds; undefined for an empty one. */
export type Read = { readonly message: JSONRPCMessage } | { readonly refusal: Refusal } | undefined;

function refusal(code: ProtocolErrorCode, message: string, id: RequestId | undefined): Read {
  return { refusal: { code, message, ids: id === undefined ? [] : [id], isReported: id === undefined } };
}

/** The id that a refusal can carry. */
function idOf(message: unknown): RequestId | undefined {
  // A response must not be answered.
  if (!isObject(message) || (!('method' in message) && ('result' in message || 'error' in message)))
    return undefined;
  const { id } = message;
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}

function refuseBatch(batch: readonly unknown[]): Read {
  const ids = batch.map(idOf).filter(id => id !== undefined);
  return {
    refusal: {
      code: ProtocolErrorCode.InvalidRequest,
      message: 'The message is a batch, which MCP does not have: send each message on a line of its own.',
      ids: ids.slice(0, MOST_REFUSED),
      isReported: ids.length === 0 || ids.length > MOST_REFUSED,
    },
  };
}

function idInBrokenText(text: string): RequestId | undefined {
  const found = new TopLevelId();
  found.read(Buffer.from(text));
  return found.id;
}

/** Reads a line. */
export function readLine(line: Line): Read {
  if ('tooLong' in line)
    return refusal(
      ProtocolErrorCode.InvalidRequest,
      `The message has more than ${LONGEST_MESSAGE} bytes, which is the most that is read.`,
      line.tooLong.id,
    );
  // A byte order mark is a blank for `trim`.
  const text = line.text.trim();
  if (text === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refusal(ProtocolErrorCode.ParseError, 'The message is not JSON.', idInBrokenText(text));
  }
  if (Array.isArray(value)) return refuseBatch(value);
  if (repeatsDryRun(text))
    return refusal(
      ProtocolErrorCode.InvalidRequest,
      'The message names dryRun more than once, so that it may mean a plan or a write. Name it once.',
      idOf(value),
    );
  try {
    return { message: parseJSONRPCMessage(tolerateMessage(value)) };
  } catch {
    return refusal(
      ProtocolErrorCode.InvalidRequest,
      'The message is no JSON-RPC 2.0 request, notification or response: it needs jsonrpc "2.0", a method, and for a request an id that is a text or a whole number.',
      idOf(value),
    );
  }
}
