/**
 * The SDK answers a request whose parameters do not fit with the text of a Zod error: a page of JSON, and for most methods
 * as an internal error. Clients get -32602 and a sentence instead.
 */
import {
  type JSONRPCMessage,
  type McpServer,
  ProtocolErrorCode,
  type Transport,
} from '@modelcontextprotocol/server';
import { type Issue, issueWords } from '../lib/issue-words.ts';
import { isObject } from '../lib/json.ts';
import { quoteName } from '../lib/quote.ts';

const MOST_NAMED = 3;

type IssueAt = Issue & { readonly path: readonly unknown[] };

const isIssue = (value: unknown): value is IssueAt =>
  isObject(value) &&
  typeof value.code === 'string' &&
  Array.isArray(value.path) &&
  value.path[0] === 'params';

/** The issues about parameters that an error's text lists as JSON; undefined for any other text. */
function issuesIn(text: string): readonly IssueAt[] | undefined {
  const start = text.indexOf('[');
  const head = text.slice(0, Math.max(start, 0));
  if (start < 0 || !(head === '' || /^Invalid [\w/]+ request: $/.test(head))) return undefined;
  try {
    const issues: unknown = JSON.parse(text.slice(start));
    return Array.isArray(issues) && issues.length > 0 && issues.every(isIssue) ? issues : undefined;
  } catch {
    return undefined;
  }
}

function sentence({ path, ...issue }: IssueAt): string {
  // Zod's own messages name no values, but an unknown key is the caller's text.
  return `${quoteName(path.join('.'))}: ${issueWords(issue) ?? 'does not fit'}`;
}

/** Replaces such an error by a plain one. Returns any other message as it is. */
export function plainError(message: JSONRPCMessage): JSONRPCMessage {
  if (!('error' in message)) return message;
  const issues = issuesIn(message.error.message);
  if (!issues) return message;
  const words = issues.slice(0, MOST_NAMED).map(sentence).join('; ');
  const error = { code: ProtocolErrorCode.InvalidParams, message: `The parameters do not fit: ${words}.` };
  return { ...message, error };
}

/** Makes a server send plain errors on each transport that it is connected to. */
export function sendPlainErrors({ server }: McpServer): void {
  const connect = server.connect.bind(server);
  server.connect = (transport: Transport) => {
    const send = transport.send.bind(transport);
    transport.send = (message, options) => send(plainError(message), options);
    return connect(transport);
  };
}
