/**
 * The control endpoints under `/_sandbox`, for tests and demonstrations: unsigned, and not in the request log. They
 * show the requests, the jobs and the state, add faults, change settings, load environments and set the state of migrations.
 */
import type { Faults } from './faults.ts';
import { jsonReply, type Reply } from './http-reply.ts';
import type { HttpRequest } from './http-server.ts';
import type { Job } from './jobs.ts';
import type { RequestLog } from './request-log.ts';
import { routeSegments } from './request-target.ts';
import { methodNotAllowed, notFound } from './service-error.ts';
import type { Settings } from './settings.ts';
import { parseObject } from './wire.ts';

/** What the control endpoints read and change. */
export interface ControlContext {
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly settings: Settings;
  readonly now: () => number;
  /** Loads an environment and returns a summary. */
  readonly load: (body: Fields) => unknown;
  /** Sets how far the migration of an environment to Gen 2 has come, and returns a summary. */
  readonly setMigration: (body: Fields) => unknown;
  /** The jobs as of now. */
  readonly jobs: () => readonly Job[];
  /** The state as of now, as plain JSON. */
  readonly snapshot: () => unknown;
  /** Restores the seed state and default settings; clears faults, log and sessions. */
  readonly reset: () => void;
}

type Fields = ReturnType<typeof parseObject>;
type Endpoint = (context: ControlContext, body: Buffer) => unknown;

const endpoints: Readonly<Record<string, Readonly<Record<string, Endpoint>>>> = {
  requests: {
    GET: ({ log }) => ({ requests: log.list() }),
    DELETE: ({ log }) => {
      log.clear();
      return {};
    },
  },
  faults: {
    GET: listFaults,
    POST: (context, body) => {
      context.faults.add(parseObject(body));
      return listFaults(context);
    },
    DELETE: context => {
      context.faults.clear();
      return listFaults(context);
    },
  },
  settings: {
    GET: ({ settings }) => settings.values,
    PUT: ({ settings }, body) => {
      settings.change(parseObject(body));
      return settings.values;
    },
  },
  environments: { POST: ({ load }, body) => load(parseObject(body)) },
  migration: { PUT: ({ setMigration }, body) => setMigration(parseObject(body)) },
  jobs: { GET: context => ({ jobs: context.jobs() }) },
  state: { GET: context => context.snapshot() },
  reset: {
    POST: context => {
      context.reset();
      return {};
    },
  },
};

function listFaults({ faults }: ControlContext): unknown {
  return { faults: faults.list() };
}

/** Whether a request is for the control endpoints. */
export function isControl(request: HttpRequest): boolean {
  return /^\/_sandbox(\/|$)/.test(request.target.path);
}

/** @throws ServiceError 404 for an unknown endpoint, 405 with `allow` */
function endpointOf(method: string, name: string): Endpoint {
  const methods = Object.hasOwn(endpoints, name) ? endpoints[name] : undefined;
  if (!methods) {
    const known = Object.keys(endpoints).map(endpoint => `/_sandbox/${endpoint}`);
    throw notFound('Path', `No such control endpoint; available: ${known.join(', ')}`);
  }
  const endpoint = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (!endpoint) throw methodNotAllowed(method, Object.keys(methods));
  return endpoint;
}

/**
 * Answers a control request, always with JSON.
 * @throws ServiceError 404 for an unknown endpoint, 405 with `allow`, 400 for an invalid body
 */
export async function serveControl(context: ControlContext, request: HttpRequest): Promise<Reply> {
  const [, ...names] = routeSegments(request.target.path);
  const endpoint = endpointOf(request.method, names.join('/'));
  return jsonReply(200, endpoint(context, await request.readBody()), context.now());
}

/** Calls an endpoint without HTTP. @returns a copy of its answer @throws ServiceError as {@link serveControl} */
export function callControl(
  context: ControlContext,
  method: string,
  name: string,
  body: unknown = {},
): unknown {
  const answer = endpointOf(method, name)(context, Buffer.from(JSON.stringify(body)));
  return JSON.parse(JSON.stringify(answer));
}
