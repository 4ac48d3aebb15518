/**
 * The sandbox's STS, on the same port as AmplifyBackend: GetCallerIdentity and AssumeRole. What AssumeRole hands
 * out is accepted by both services until it expires.
 */
import type { Reply } from '../http-reply.ts';
import { ClientGone, type HttpRequest } from '../http-server.ts';
import { sandboxCredentials } from '../identity.ts';
import { openEntry, type RequestLog } from '../request-log.ts';
import { parseTarget } from '../request-target.ts';
import { internalFailure, ServiceError } from '../service-error.ts';
import { collectHeaders, verifySignature } from '../sigv4.ts';
import { queryName, readForm, refusalReply, resultReply, type Xml } from './query.ts';
import { openRole, sessionPrincipal } from './roles.ts';
import type { Sessions, SigningKeys } from './sessions.ts';

/** What the service works on. */
export interface StsContext {
  readonly sessions: Sessions;
  readonly log: RequestLog;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly anyCredentials: boolean;
}

type Action = (
  context: StsContext,
  caller: SigningKeys,
  parameter: (name: string) => string | undefined,
) => Xml;

const defaultSeconds = 3600;
const seconds = { least: 900, most: 43_200, mostChained: 3600 };

const refuse = (name: string, message: string, status = 400) => new ServiceError(status, name, message);
const invalid = (message: string) => refuse('ValidationError', message);

function durationOf(text: string | undefined, caller: SigningKeys): number {
  const duration = Number(text ?? defaultSeconds);
  if (!Number.isInteger(duration) || duration < seconds.least || duration > seconds.most)
    throw invalid(`DurationSeconds must be between ${seconds.least} and ${seconds.most}`);
  if (caller.sessionToken !== undefined && duration > seconds.mostChained)
    throw invalid('DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining');
  return duration;
}

const actions: Readonly<Record<string, Action>> = {
  GetCallerIdentity: (_, { principal }) => ({
    Arn: principal.arn,
    UserId: principal.userId,
    Account: principal.account,
  }),
  AssumeRole: ({ sessions, now }, caller, parameter) => {
    const roleArn = parameter('RoleArn');
    const sessionName = parameter('RoleSessionName') ?? '';
    if (roleArn === undefined) throw invalid('RoleArn is missing');
    if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) throw invalid('RoleSessionName is missing or malformed');
    const duration = durationOf(parameter('DurationSeconds'), caller);
    // One refusal for a role that is unknown and for one that is closed: AWS tells nobody which roles exist.
    const role = openRole(roleArn, parameter('ExternalId'));
    if (!role) {
      const message = `User: ${caller.principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
      throw refuse('AccessDenied', message, 403);
    }
    // STS speaks in whole seconds.
    const expiresAt = Math.floor(now() / 1000 + duration) * 1000;
    const session = sessions.open(sessionPrincipal(role, sessionName), expiresAt);
    return {
      Credentials: {
        AccessKeyId: session.accessKeyId,
        SecretAccessKey: session.secretAccessKey,
        SessionToken: session.sessionToken,
        Expiration: new Date(expiresAt).toISOString().replace('.000Z', 'Z'),
      },
      AssumedRoleUser: { AssumedRoleId: session.principal.userId, Arn: session.principal.arn },
    };
  },
};

/** Whether a request speaks the query protocol: a form sent to the root, which is no path of AmplifyBackend. */
export function isSts({ method, target, rawHeaders }: HttpRequest): boolean {
  const [type = ''] = collectHeaders(rawHeaders).get('content-type') ?? [];
  return (
    method === 'POST' &&
    parseTarget(target).path === '/' &&
    /^application\/x-www-form-urlencoded\b/i.test(type)
  );
}

/**
 * Answers one request and logs it as `sts:<action>`; never throws for anything a client can do.
 * @throws ClientGone where the client left before its body was complete
 */
export async function serveSts(context: StsContext, request: HttpRequest): Promise<Reply> {
  const target = parseTarget(request.target);
  const entry = openEntry(request, target.path, context.now());
  let reply: Reply;
  try {
    const body = await request.readBody();
    const parameters = readForm(body);
    const name = parameters.get('Action') ?? '';
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (!action) throw refuse('InvalidAction', `Could not find operation ${name}`);
    entry.operation = `sts:${name}`;
    const caller = verifySignature(
      { method: request.method, target, rawHeaders: request.rawHeaders, body },
      { service: 'sts', ...context, now: context.now() },
    );
    // A key that is accepted although nobody knows it acts as the sandbox's own user.
    const keys = caller ?? context.sessions.find(sandboxCredentials.accessKeyId);
    if (!keys) throw internalFailure();
    reply = resultReply(
      name,
      action(context, keys, key => parameters.get(key)),
      context.now(),
    );
  } catch (error) {
    if (error instanceof ClientGone) throw error;
    const refusal = error instanceof ServiceError ? error : internalFailure();
    entry.verdict = queryName(refusal);
    reply = refusalReply(refusal, context.now());
  }
  entry.status = reply.status;
  context.log.add(entry);
  return reply;
}
