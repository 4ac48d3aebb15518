/**
 * The sandbox's Amplify, on the same port as AmplifyBackend: the apps of the account, as ListApps and GetApp
 * tell them. An app is known here by the name that its backend was created under.
 */
import { errorReply, jsonReply, type Reply } from '../http-reply.ts';
import { ClientGone, type HttpRequest } from '../http-server.ts';
import { sandboxAccountId, sandboxRegion } from '../identity.ts';
import { page } from '../paging.ts';
import { openEntry, type RequestLog, type RequestLogEntry } from '../request-log.ts';
import { parseTarget, routeSegments } from '../request-target.ts';
import { badRequest, internalFailure, methodNotAllowed, ServiceError } from '../service-error.ts';
import { verifySignature } from '../sigv4.ts';
import { type State, settle } from '../state.ts';
import type { Sessions } from '../sts/sessions.ts';

/** What the service works on. */
export interface AmplifyContext {
  readonly state: () => State;
  readonly sessions: Sessions;
  readonly log: RequestLog;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly deletedJobRetentionMs: number;
  readonly anyCredentials: boolean;
}

/** The service's largest page; its default is 10. */
const LARGEST_PAGE = 100;
const DEFAULT_PAGE = 10;

const segmentsOf = ({ target }: HttpRequest) => routeSegments(parseTarget(target).path);

/** Whether a request is for this service: none of AmplifyBackend's paths begins so. */
export function isAmplify(request: HttpRequest): boolean {
  try {
    return segmentsOf(request)[0] === 'apps';
  } catch {
    // A path that cannot be read is refused where all others are.
    return false;
  }
}

/** An app as the service tells it; times are epoch seconds. */
function describe(state: State, appId: string, now: number) {
  const { appName } = state.apps.get(appId) ?? {};
  const since = Math.min(now, ...state.jobs.filter(job => job.appId === appId).map(job => job.createdAt));
  const time = Math.floor(since / 1000);
  return {
    appId,
    appArn: `arn:aws:amplify:${sandboxRegion}:${sandboxAccountId}:apps/${appId}`,
    name: appName,
    description: '',
    repository: '',
    platform: 'WEB',
    createTime: time,
    updateTime: time,
    environmentVariables: {},
    defaultDomain: `${appId}.amplifyapp.com`,
    enableBranchAutoBuild: false,
    enableBasicAuth: false,
  };
}

function listApps(state: State, query: URLSearchParams, now: number) {
  const asked = query.get('maxResults');
  const size = Number(asked ?? DEFAULT_PAGE);
  if (!Number.isInteger(size) || size < 0 || size > LARGEST_PAGE)
    throw badRequest(`maxResults must be between 0 and ${LARGEST_PAGE}`);
  const { items, NextToken } = page({
    items: [...state.apps.keys()],
    key: appId => appId,
    size: size === 0 ? DEFAULT_PAGE : size,
    token: query.get('nextToken') ?? undefined,
    query: ['ListApps'],
  });
  return {
    apps: items.map(appId => describe(state, appId, now)),
    ...(NextToken && { nextToken: NextToken }),
  };
}

function getApp(state: State, appId: string, now: number) {
  if (!state.apps.has(appId)) throw new ServiceError(404, 'NotFoundException', `App ${appId} not found.`);
  return { app: describe(state, appId, now) };
}

async function answer(context: AmplifyContext, request: HttpRequest, entry: RequestLogEntry): Promise<Reply> {
  const target = parseTarget(request.target);
  const [, appId, ...more] = segmentsOf(request);
  if (more.length > 0)
    throw new ServiceError(404, 'NotFoundException', 'No operation has the requested path');
  if (request.method !== 'GET') throw methodNotAllowed(request.method, ['GET']);
  entry.operation = `amplify:${appId === undefined ? 'ListApps' : 'GetApp'}`;
  const now = context.now();
  const body = await request.readBody();
  verifySignature(
    { method: request.method, target, rawHeaders: request.rawHeaders, body },
    { service: 'amplify', ...context, now },
  );
  const state = context.state();
  settle(state, now, context.deletedJobRetentionMs);
  const found =
    appId === undefined ? listApps(state, new URLSearchParams(target.query), now) : getApp(state, appId, now);
  return jsonReply(200, found, now);
}

/**
 * Answers one request and logs it as `amplify:<operation>`; never throws for anything a client can do.
 * @throws ClientGone where the client left before its body was complete
 */
export async function serveAmplify(context: AmplifyContext, request: HttpRequest): Promise<Reply> {
  const entry = openEntry(request, parseTarget(request.target).path, context.now());
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
