/** What becomes of a failure where the protocol has no result to carry it: a JSON-RPC error. */
import { ProtocolError, ProtocolErrorCode, ResourceNotFoundError } from '@modelcontextprotocol/server';
import { type ServerError, toServerError } from '../errors.ts';
import { quoteName } from '../lib/quote.ts';
import { failureText } from './results.ts';

/**
 * The error for whatever was thrown while a resource was looked at: -32602 where the URI names nothing or is
 * malformed, else -32603; the text says what to do next.
 */
export function toProtocolError(uri: string, thrown: unknown): ProtocolError {
  if (thrown instanceof ProtocolError) return thrown;
  const failure = toServerError(thrown);
  if (failure.code === 'not_found') {
    // The exact URI stands in the data of the error.
    return new ResourceNotFoundError(uri, `Resource not found: ${quoteName(uri)}`);
  }
  const code =
    failure.code === 'invalid_arguments' ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError;
  return toErrorOf(code, failure);
}

/** The error of that code which carries a failure's text and facts. */
export function toErrorOf(code: ProtocolErrorCode, failure: ServerError): ProtocolError {
  return new ProtocolError(code, failureText(failure), { error: failure.facts() });
}
