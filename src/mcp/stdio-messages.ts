/** Reads the message of a line, or says what is wrong with it and which ids its sender waits for. Pure. */
import {
  type JSONRPCMessage,
  ProtocolErrorCode,
  parseJSONRPCMessage,
  type RequestId,
} from '@modelcontextprotocol/server';
import { isObject, repeatsDryRun } from '../lib/json.ts';
import { normalizeMessage } from './messages.ts';
import type { Line } from './stdio-lines.ts';
import { TopLevelId } from './top-level-id.ts';

/** Bytes of the longest message that is read. The arguments of every tool are far shorter. */
export const LONGEST_MESSAGE = 10 * 1024 * 1024;

/** How many requests of one batch get an answer each. Clients send a few at most. */
const MOST_REFUSED = 100;

/** Why a line was not read. The text repeats nothing that the client sent. */
export interface Refusal {
  readonly code: ProtocolErrorCode;
  readonly message: string;
  /** The requests that the refusal answers. */
  readonly ids: readonly RequestId[];
  /** Whether the log must report the refusal, because no answer tells the client of it. */
  readonly isReported: boolean;
}

/** What a line holds; undefined for an empty one. */
export type LineContent = { readonly message: JSONRPCMessage } | { readonly refusal: Refusal } | undefined;

function refusal(code: ProtocolErrorCode, message: string, id: RequestId | undefined): LineContent {
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

function refuseBatch(batch: readonly unknown[]): LineContent {
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
export function readLine(line: Line): LineContent {
  if ('tooLong' in line)
    return refusal(
      ProtocolErrorCode.InvalidRequest,
      `The message has more than ${LONGEST_MESSAGE} bytes, which is the most that is read.`,
      line.tooLong.id,
    );
  // `trim` also removes a byte order mark.
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
    return { message: parseJSONRPCMessage(normalizeMessage(value)) };
  } catch {
    return refusal(
      ProtocolErrorCode.InvalidRequest,
      'The message is not a JSON-RPC 2.0 request, notification or response: it needs jsonrpc "2.0", a method, and for a request an id that is a text or a whole number.',
      idOf(value),
    );
  }
}
