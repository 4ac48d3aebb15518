/**
 * Serves requests of the AWS query protocol: form, action, signature, answer, log. The services share the path `/`;
 * the parameter `Version` says which one a request is for.
 */
import type { Reply } from './http-reply.ts';
import { ClientGone, type HttpRequest } from './http-server.ts';
import { sandboxCredentials } from './identity.ts';
import { queryName, readForm, refusalReply, resultReply, type Xml } from './query.ts';
import { openEntry, type RequestLog } from './request-log.ts';
import { internalFailure, ServiceError } from './service-error.ts';
import { refuseDenied, type Settings } from './settings.ts';
import { verifySignature } from './sigv4.ts';
import type { Sessions, SigningKeys } from './sts/sessions.ts';

/** What every query service needs from the running sandbox. */
export interface QueryContext {
  readonly sessions: Sessions;
  readonly log: RequestLog;
  readonly settings: Settings;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly anyCredentials: boolean;
}

/** A parsed and verified request. */
export interface QueryCall<Context> {
  readonly context: Context;
  readonly caller: SigningKeys;
  readonly parameters: ReadonlyMap<string, string>;
}

/** A service of the query protocol. */
export interface QueryService<Context> {
  /** Its name in SigV4's scope and in the log: `sts`. */
  readonly name: string;
  /** `Version` of its requests. */
  readonly version: string;
  /** XML namespace of its answers. */
  readonly namespace: string;
  /** By name. They throw ServiceErrors. */
  readonly actions: Readonly<Record<string, (call: QueryCall<Context>) => Xml>>;
}

/** Whether a request is of the query protocol: a form that is posted to `/`, which is no path of AmplifyBackend. */
export function isQuery({ method, target, headers }: HttpRequest): boolean {
  const [type = ''] = headers.get('content-type') ?? [];
  return method === 'POST' && target.path === '/' && /^application\/x-www-form-urlencoded\b/i.test(type);
}

/**
 * Answers one request and logs it as `<service>:<action>`; no input of a client makes it throw.
 * @param services the first one answers requests of an unknown version
 * @throws ClientGone if the client hung up before its body was complete
 */
export async function serveQuery<Context extends QueryContext>(
  context: Context,
  services: readonly [QueryService<Context>, ...QueryService<Context>[]],
  request: HttpRequest,
): Promise<Reply> {
  const { method, target, headers } = request;
  const entry = openEntry(request, context.now(), context.sessions);
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
      { method, target, headers, body },
      { service: service.name, ...context, now: context.now() },
    );
    refuseDenied(context.settings, entry.operation);
    // With `anyCredentials`, an unknown key acts as the sandbox's own user.
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
