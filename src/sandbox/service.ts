/**
 * Serves the requests of AmplifyBackend: route, body, signature, fault, validation, state. A request with a wrong
 * signature is refused before its body is validated.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { JobScenario } from './call.ts';
import type { Fault, Faults } from './faults.ts';
import { gatewayReply } from './gateway-answers.ts';
import { dropConnection, errorReply, jsonReply, type Reply } from './http-reply.ts';
import { ClientGone, type HttpRequest } from './http-server.ts';
import { perform } from './operations/index.ts';
import { corsHeaders, preflightReply } from './preflight.ts';
import { openEntry, type RequestLog, type RequestLogEntry } from './request-log.ts';
import { routeSegments } from './request-target.ts';
import { type Route, route } from './router.ts';
import {
  badRequest,
  gatewayTimeout,
  internalFailure,
  pendingJob,
  ServiceError,
  throttled,
} from './service-error.ts';
import type { Settings } from './settings.ts';
import { verifySignature } from './sigv4.ts';
import { applyDueChanges, type State } from './state.ts';
import type { Sessions } from './sts/sessions.ts';
import { readInput, writeOutput } from './wire.ts';

/** What the service needs from the running sandbox. */
export interface ServiceContext {
  readonly state: () => State;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly settings: Settings;
  readonly sessions: Sessions;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly jobMs: number;
  readonly deletedJobRetentionMs: number;
  readonly anyCredentials: boolean;
}

type Outcome = Reply | typeof dropConnection;

const slowMs = 3000;
const defaultJobError = 'Resource is not in the state stackUpdateComplete';

/**
 * Answers one request and logs it; no input of a client makes it throw.
 * @throws ClientGone if the client hung up before its body was complete
 */
export async function serve(context: ServiceContext, request: HttpRequest): Promise<Outcome> {
  const entry = openEntry(request, context.now(), context.sessions);
  let outcome: Outcome;
  try {
    outcome = await answer(context, request, entry);
  } catch (error) {
    if (error instanceof ClientGone) throw error;
    const refusal = error instanceof ServiceError ? error : internalFailure();
    if (entry.verdict === 'ok') entry.verdict = refusal.name;
    outcome = errorReply(refusal, context.now());
  }
  entry.status = outcome === dropConnection ? null : outcome.status;
  context.log.add(entry);
  if (outcome === dropConnection) return outcome;
  return { ...outcome, headers: { ...corsHeaders, ...outcome.headers } };
}

async function answer(
  context: ServiceContext,
  request: HttpRequest,
  entry: RequestLogEntry,
): Promise<Outcome> {
  const { method, target, headers } = request;
  const routed = route(method, routeSegments(target.path));
  if ('preflight' in routed) {
    const requested = headers.get('access-control-request-headers');
    const preflight = { methods: routed.preflight, requestedHeaders: requested?.join(',') };
    return preflightReply(context.settings.values.preflight, preflight, context.now());
  }
  entry.operation = routed.operation.name;
  const body = await request.readBody();
  verifySignature(
    { method, target, headers, body },
    { service: 'amplifybackend', ...context, now: context.now() },
  );
  const fault = context.faults.take(routed.operation.name);
  if (!fault) return execute(context, routed, body, undefined);
  entry.verdict = `fault:${fault.kind}`;
  return answerWithFault(context, routed, body, fault, {
    method,
    path: target.path,
    operation: routed.operation.name,
  });
}

async function answerWithFault(
  context: ServiceContext,
  routed: Route,
  body: Buffer,
  fault: Fault,
  requestInfo: Parameters<typeof gatewayReply>[1],
): Promise<Outcome> {
  switch (fault.kind) {
    case 'throttle':
      throw throttled();
    case 'server-error':
      throw internalFailure(fault.status);
    case 'bad-request':
      throw badRequest('The request was refused');
    case 'pending-job':
      throw pendingJob();
    case 'timeout-before':
      throw gatewayTimeout(fault.status);
    case 'reset-before':
      return dropConnection;
    case 'error-in-200':
      return jsonReply(200, { error: fault.error ?? 'The request could not be processed' }, context.now());
    case 'timeout-after':
      executeUnanswered(context, routed, body, fault);
      throw gatewayTimeout(fault.status);
    case 'reset-after':
      executeUnanswered(context, routed, body, fault);
      return dropConnection;
    case 'answer-before':
      return gatewayReply(fault.answer, requestInfo, context.now());
    case 'answer-after':
      executeUnanswered(context, routed, body, fault);
      return gatewayReply(fault.answer, requestInfo, context.now());
    case 'slow': {
      const reply = executeCatching(context, routed, body, fault);
      await delay(fault.delayMs ?? slowMs, undefined, { ref: false });
      return reply;
    }
    case 'job-fails':
    case 'job-stuck':
    case 'clone-leaves-empty-environment':
    case 'stack-delete-fails':
    case 'delete-leaves-stack':
    case 'delete-leaves-bucket':
      return execute(context, routed, body, fault);
  }
}

/** Executes the request, and returns a refusal as a reply. */
function executeCatching(context: ServiceContext, routed: Route, body: Buffer, fault: Fault): Reply {
  try {
    return execute(context, routed, body, fault);
  } catch (error) {
    return errorReply(error instanceof ServiceError ? error : internalFailure(), context.now());
  }
}

/** Executes the request after the fault's `delayMs`. The client never gets the reply. */
function executeUnanswered(context: ServiceContext, routed: Route, body: Buffer, fault: Fault): void {
  const at = context.now() + (fault.delayMs ?? 0);
  const run = () => void executeCatching({ ...context, now: () => at }, routed, body, fault);
  if (at > context.now()) context.state().lateRequests.push({ at, run });
  else run();
}

function execute(
  context: ServiceContext,
  { operation, labels }: Route,
  body: Buffer,
  fault: Fault | undefined,
): Reply {
  const input = readInput(operation, labels, body);
  const state = context.state();
  const now = context.now();
  applyDueChanges(state, now, context.deletedJobRetentionMs);
  const { jobMs, settings } = context;
  const call = {
    state,
    operation: operation.name,
    now,
    jobMs,
    scenario: scenarioOf(fault),
    settings: settings.values,
  };
  const output = perform(call, input);
  return jsonReply(200, writeOutput(operation.output, output), now);
}

function scenarioOf(fault: Fault | undefined): JobScenario {
  const { stackReason } = fault ?? {};
  const because = stackReason === undefined ? {} : { stackReason };
  switch (fault?.kind) {
    case 'job-fails':
      return { kind: 'fails', error: fault.error ?? defaultJobError, ...because };
    case 'stack-delete-fails':
      return { kind: 'fails', error: fault.error ?? '', ...because };
    case 'delete-leaves-stack':
      return { kind: 'leaves-stack', ...because };
    case 'delete-leaves-bucket':
      return { kind: 'leaves-bucket' };
    case 'job-stuck':
      return { kind: 'stuck' };
    case 'clone-leaves-empty-environment':
      return { kind: 'leaves-empty' };
    default:
      return { kind: 'succeeds' };
  }
}
