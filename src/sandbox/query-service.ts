/**
 * One request's way through a service of the query protocol: form, action, signature, answer, log. The services
 * share a path, so that a request is one's or the other's by the version that it names.
 */
import type { Reply } from './http-reply.ts';
import { ClientGone, type HttpRequest } from './http-server.ts';
import { sandboxCredentials } from './identity.ts';
import { queryName, readForm, refusalReply, resultReply, type Xml } from './query.ts';
import { openEntry, type RequestLog } from './request-log.ts';
import { parseTarget } from './request-target.ts';
import { internalFailure, ServiceError } from './service-error.ts';
import { collectHeaders, verifySignature } from './sigv4.ts';
import type { Sessions, SigningKeys } from './sts/sessions.ts';

/** What every query service works on. */
export interface QueryContext {
  readonly sessions: Sessions;
  readonly log: RequestLog;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly anyCredentials: boolean;
}

/** A request that was understood and is signed. */
export interface QueryCall<Context> {
  readonly context: Context;
  readonly caller: SigningKeys;
  readonly parameters: ReadonlyMap<string, string>;
}

/** A service of the query protocol. */
export interface QueryService<Context> {
  /** As SigV4's scope and the log name it: `sts`. */
  readonly name: string;
  /** `Version` of its requests. */
  readonly version: string;
  /** XML namespace of its answers. */
  readonly namespace: string;
  /** By name; they throw ServiceErrors. */
  readonly actions: Readonly<Record<string, (call: QueryCall<Context>) => Xml>>;
}

/** Whether a request speaks the query protocol: a form sent to the root, which is no path of AmplifyBackend. */
export function isQuery({ method, target, rawHeaders }: HttpRequest): boolean {
  const [type = ''] = collectHeaders(rawHeaders).get('content-type') ?? [];
  return (
    method === 'POST' &&
    parseTarget(target).path === '/' &&
    /^application\/x-www-form-urlencoded\b/i.test(type)
  );
}

/**
 * Answers one request and logs it as `<service>:<action>`; never throws for anything a client can do.
 * @param services the first one also gets what names no known version
 * @throws ClientGone where the client left before its body was complete
 */
export async function serveQuery<Context extends QueryContext>(
  context: Context,
  services: readonly [QueryService<Context>, ...QueryService<Context>[]],
  request: HttpRequest,
): Promise<Reply> {
  const target = parseTarget(request.target);
  const entry = openEntry(request, target.path, context.now());
  let [service] = services;
  let reply: Reply;
  try {
    const body = await request.readBody();
    const parameters = readForm(body);
    service = services.find(({ version }) => version === parameters.get('Version')) ?? service;
    const name = parameters.get('Action') ?? '';
    const action = Object.hasOwn(service.actions, name) ? service.actions[name] : undefined;
    if (!action) throw new ServiceError(400, 'InvalidAction', `Could not find operation ${name}`);
    entry.operation = `${service.name}:${name}`;
    const signer = verifySignature(
      { method: request.method, target, rawHeaders: request.rawHeaders, body },
      { service: service.name, ...context, now: context.now() },
    );
    // A key that is accepted although nobody knows it acts as the sandbox's own user.
    const caller = signer ?? context.sessions.find(sandboxCredentials.accessKeyId);
    if (!caller) throw internalFailure();
    reply = resultReply(service.namespace, name, action({ context, caller, parameters }), context.now());
  } catch (error) {
    if (error instanceof ClientGone) throw error;
    const refusal = error instanceof ServiceError ? error : internalFailure();
    entry.verdict = queryName(refusal);
    reply = refusalReply(service.namespace, refusal, context.now());
  }
  entry.status = reply.status;
  context.log.add(entry);
  return reply;
}
