/** Turns failures into JSON-RPC errors, for requests whose results cannot contain a failure. */
import { ProtocolError, ProtocolErrorCode, ResourceNotFoundError } from '@modelcontextprotocol/server';
import { type ServerError, toServerError } from '../errors.ts';
import { quoteName } from '../lib/quote.ts';
import { failureText } from './results.ts';

/**
 * The error for a failure to read a resource: -32602 where the URI names nothing or is malformed, else -32603; the text
 * says what to do next.
 */
export function toProtocolError(uri: string, thrown: unknown): ProtocolError {
  if (thrown instanceof ProtocolError) return thrown;
  const failure = toServerError(thrown);
  if (failure.code === 'not_found') {
    // The error's data has the exact URI.
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
