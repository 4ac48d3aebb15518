/**
 * What arrived, for tests and demonstrations: one entry for each request that was read to its end, newest last,
 * bounded. Bodies, headers and queries are not kept, so no secret is.
 */

import { claimedAccessKeyId } from './authorization.ts';
import type { HttpRequest } from './http-server.ts';
import { collectHeaders } from './sigv4.ts';

/** One request as the log shows it. */
export interface RequestLogEntry {
  /** AWS operation name; null where path and method name none. */
  operation: string | null;
  /** Arrival, ISO 8601. */
  readonly time: string;
  /** The access key id that the request claims, verified or not; null for none. */
  readonly accessKeyId: string | null;
  /** `ok`, the error name that was sent, or `fault:<kind>` where a fault had its way. */
  verdict: string;
  /** HTTP status sent; null where the connection was dropped instead. */
  status: number | null;
  readonly method: string;
  /** Raw path as sent, without query. */
  readonly path: string;
}

/** The entry of a request that has just arrived; operation, verdict and status are filled in on its way. */
export function openEntry(request: HttpRequest, path: string, now: number): RequestLogEntry {
  return {
    operation: null,
    time: new Date(now).toISOString(),
    accessKeyId: claimedAccessKeyId(collectHeaders(request.rawHeaders)),
    verdict: 'ok',
    status: null,
    method: request.method,
    path,
  };
}

const capacity = 10_000;

/** A bounded log. */
export class RequestLog {
  #entries: RequestLogEntry[] = [];

  /** Appends an entry; the oldest one goes when there are more than 10,000. */
  add(entry: RequestLogEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > capacity) this.#entries.shift();
  }

  /** All entries, oldest first. */
  list(): readonly RequestLogEntry[] {
    return this.#entries;
  }

  clear(): void {
    this.#entries = [];
  }
}
