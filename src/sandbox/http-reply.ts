/**
 * Replies as values, with the headers that every answer of the service has.
 */
import { randomUUID } from 'node:crypto';
import type { ServiceError } from './service-error.ts';

/** An answer, ready to be written. */
export interface Reply {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A handler returns this in place of a reply to cut the connection. */
export const dropConnection = 'drop-connection';

/** A JSON answer with a fresh `x-amzn-RequestId`. */
export function jsonReply(
  status: number,
  body: unknown,
  now: number,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const text = JSON.stringify(body);
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(text)),
      'x-amzn-RequestId': randomUUID(),
      // SDKs read the service's clock here when they correct a skewed one.
      date: new Date(now).toUTCString(),
      ...headers,
    },
    body: text,
  };
}

/** An error as AWS sends it: its name in `x-amzn-ErrorType`, its message in the body. */
export function errorReply(error: ServiceError, now: number): Reply {
  return jsonReply(error.status, { message: error.message, ...error.body }, now, {
    'x-amzn-ErrorType': error.name,
    ...error.headers,
  });
}
