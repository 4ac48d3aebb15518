/**
 * The log of requests, for tests and demonstrations: one entry for each completely read request, newest last. Like
 * CloudTrail it shows who sent a request and with which program. It keeps no bodies or queries, and so no secrets.
 */

import { claimedAccessKeyId } from './authorization.ts';
import type { HttpRequest } from './http-server.ts';
import type { Sessions } from './sts/sessions.ts';

/** One request. */
export interface RequestLogEntry {
  /** AWS operation name; null if path and method name none. */
  operation: string | null;
  /** Arrival, ISO 8601. */
  readonly time: string;
  /** The access key id that the request claims, verified or not; null for none. */
  readonly accessKeyId: string | null;
  /** `ok`, the error name that was sent, or `fault:<kind>` if a fault applied. */
  verdict: string;
  /** HTTP status sent; null if the connection was cut. */
  status: number | null;
  readonly method: string;
  /** Raw path as sent, without query. */
  readonly path: string;
  /** The program of a signed request, as it names itself; absent for none. */
  readonly userAgent?: string;
  /** The source identity of the role's session whose key the request claims. */
  readonly sourceIdentity?: string;
  /** The tags of that session. */
  readonly sessionTags?: Readonly<Record<string, string>>;
}

/** The entry of a new request. Operation, verdict and status are set while it is served. */
export function openEntry(
  { method, target, headers }: HttpRequest,
  now: number,
  sessions: Sessions,
): RequestLogEntry {
  const accessKeyId = claimedAccessKeyId(headers);
  const { sourceIdentity, sessionTags } =
    (accessKeyId === null ? undefined : sessions.find(accessKeyId)?.principal) ?? {};
  const [userAgent] = headers.get('user-agent') ?? [];
  return {
    operation: null,
    time: new Date(now).toISOString(),
    accessKeyId,
    verdict: 'ok',
    status: null,
    method,
    path: target.path,
    ...(accessKeyId !== null && userAgent !== undefined && { userAgent }),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
    ...(sessionTags !== undefined && { sessionTags }),
  };
}

const capacity = 10_000;

export class RequestLog {
  #entries: RequestLogEntry[] = [];

  /** Appends an entry, and drops the oldest one of more than 10,000. */
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
