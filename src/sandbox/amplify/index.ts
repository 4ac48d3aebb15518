/**
 * The sandbox's Amplify service, on the same port as AmplifyBackend: the apps of the account, their environments and
 * their branches, read only. An app has the name with which its backend was created.
 */
import { errorReply, jsonReply, type Reply } from '../http-reply.ts';
import { ClientGone, type HttpRequest } from '../http-server.ts';
import { openEntry, type RequestLog, type RequestLogEntry } from '../request-log.ts';
import { routeSegments } from '../request-target.ts';
import { internalFailure, methodNotAllowed, ServiceError } from '../service-error.ts';
import { refuseDenied, type Settings } from '../settings.ts';
import { verifySignature } from '../sigv4.ts';
import { applyDueChanges, type State } from '../state.ts';
import type { Sessions } from '../sts/sessions.ts';
import { operationOf } from './operations.ts';

/** What the service needs from the running sandbox. */
export interface AmplifyContext {
  readonly state: () => State;
  readonly sessions: Sessions;
  readonly log: RequestLog;
  readonly settings: Settings;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly deletedJobRetentionMs: number;
  readonly anyCredentials: boolean;
}

/** Whether a request is for this service. No path of AmplifyBackend begins with `apps`. */
export function isAmplify(request: HttpRequest): boolean {
  try {
    return routeSegments(request.target.path)[0] === 'apps';
  } catch {
    // The AmplifyBackend service refuses paths that cannot be decoded.
    return false;
  }
}

async function answer(context: AmplifyContext, request: HttpRequest, entry: RequestLogEntry): Promise<Reply> {
  const { method, target, headers } = request;
  const operation = operationOf(routeSegments(target.path));
  if (!operation) throw new ServiceError(404, 'NotFoundException', 'No operation has the requested path');
  if (method !== 'GET') throw methodNotAllowed(method, ['GET']);
  entry.operation = `amplify:${operation.name}`;
  const now = context.now();
  const body = await request.readBody();
  verifySignature({ method, target, headers, body }, { service: 'amplify', ...context, now });
  refuseDenied(context.settings, entry.operation);
  const state = context.state();
  applyDueChanges(state, now, context.deletedJobRetentionMs);
  const query = new URLSearchParams(target.query);
  return jsonReply(200, operation.answer({ state, query, now }), now);
}

/**
 * Answers one request and logs it as `amplify:<operation>`; no input of a client makes it throw.
 * @throws ClientGone if the client hung up before its body was complete
 */
export async function serveAmplify(context: AmplifyContext, request: HttpRequest): Promise<Reply> {
  const entry = openEntry(request, context.now(), context.sessions);
  let reply: Reply;
  try {
    reply = await answer(context, request, entry);
  } catch (error) {
    if (error instanceof ClientGone) throw error;
    const refusal = error instanceof ServiceError ? error : internalFailure();
    entry.verdict = refusal.name;
    reply = errorReply(refusal, context.now());
  }
  entry.status = reply.status;
  context.log.add(entry);
  return reply;
}
