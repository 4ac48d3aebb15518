/**
 * The embedded sandbox: AmplifyBackend and the parts of STS, Amplify and CloudFormation that this server uses, over
 * HTTP on a real socket, for any AWS client, without an AWS account. Other rooms import only this file.
 */
import type { Json } from '../lib/json.ts';
import { isAmplify, serveAmplify } from './amplify/index.ts';
import { cloudFormation } from './cloudformation/index.ts';
import { callControl, isControl, serveControl } from './control.ts';
import { Faults } from './faults.ts';
import { type HttpRequest, startHttpServer } from './http-server.ts';
import { loadEnvironment } from './load/index.ts';
import { setMigration } from './migration/index.ts';
import { isQuery, serveQuery } from './query-service.ts';
import { RequestLog } from './request-log.ts';
import { seedState } from './seed.ts';
import { serve } from './service.ts';
import { Settings } from './settings.ts';
import { applyDueChanges, snapshot } from './state.ts';
import { sts } from './sts/index.ts';
import { Sessions } from './sts/sessions.ts';

export { type FaultKind, faultKinds } from './faults.ts';
export { sandboxAppId, sandboxAppName, sandboxCredentials, sandboxRegion } from './identity.ts';
export { scrub, scrubText } from './load/scrub.ts';
export { type MigrationState, migrationStates } from './migration/states.ts';
export type { RequestLogEntry } from './request-log.ts';
export { ServiceError } from './service-error.ts';
export { sandboxExternalId, sandboxRoles } from './sts/roles.ts';

/** How a sandbox runs. */
export interface SandboxOptions {
  /** Port on 127.0.0.1; 0 (the default) picks a free one. */
  readonly port?: number;
  /** How long a job takes, in milliseconds; default 4000. */
  readonly jobMs?: number;
  /** Accepts any access key and region. Only signatures with the sandbox's own keys are checked then. */
  readonly anyCredentials?: boolean;
  /** Current time in epoch milliseconds, for tests; default `Date.now`. */
  readonly now?: () => number;
  /** Environments to load at the start and after a reset, each in the form of `POST /_sandbox/environments`. */
  readonly environments?: readonly Json[];
  /** How long the jobs of a deleted environment can still be read, in milliseconds; default 10,000. */
  readonly deletedJobRetentionMs?: number;
}

/** A running sandbox. */
export interface Sandbox {
  /** `http://127.0.0.1:PORT`, ready for `AWS_ENDPOINT_URL`. */
  readonly url: string;
  readonly port: number;
  /**
   * Calls a control endpoint without HTTP: `control('PUT', 'settings', {showsChanges: 'late'})`.
   * @param name what follows `/_sandbox/`
   * @returns a copy of the answer
   * @throws ServiceError as the endpoint refuses
   */
  control(method: string, name: string, body?: unknown): unknown;
  /** Stops listening and ends idle connections at once. */
  close(): Promise<void>;
}

/**
 * Starts a sandbox with the seed state.
 * @throws ServiceError 400 if an environment cannot be loaded
 * @throws the system's error (`EADDRINUSE` ...) if it cannot listen on the port
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { now = Date.now, deletedJobRetentionMs = 10_000, jobMs = 4000 } = options;
  const newState = () => {
    const seeded = seedState(now(), jobMs);
    for (const environment of options.environments ?? []) loadEnvironment(seeded, environment, now());
    return seeded;
  };
  let state = newState();
  const faults = new Faults();
  const log = new RequestLog();
  const settings = new Settings();
  const sessions = new Sessions();
  const service = {
    state: () => state,
    faults,
    log,
    settings,
    sessions,
    now,
    jobMs,
    deletedJobRetentionMs,
    anyCredentials: options.anyCredentials ?? false,
  };
  const control = {
    faults,
    log,
    settings,
    now,
    jobs: () => {
      applyDueChanges(state, now(), deletedJobRetentionMs);
      return state.jobs;
    },
    snapshot: () => {
      applyDueChanges(state, now(), deletedJobRetentionMs);
      return snapshot(state, now());
    },
    load: (body: Json) => {
      applyDueChanges(state, now(), deletedJobRetentionMs);
      const { appId, environment, stacks } = loadEnvironment(state, body, now());
      return { appId, ...(environment !== undefined && { environment }), stacks: stacks.length };
    },
    setMigration: (body: Json) => {
      applyDueChanges(state, now(), deletedJobRetentionMs);
      return setMigration(state, body, now());
    },
    reset: () => {
      state = newState();
      settings.reset();
      faults.clear();
      log.clear();
      sessions.clear();
    },
  };
  const answer = async (request: HttpRequest) => {
    if (isControl(request)) return serveControl(control, request);
    if (isQuery(request)) return serveQuery(service, [sts, cloudFormation], request);
    return isAmplify(request) ? serveAmplify(service, request) : serve(service, request);
  };
  const server = await startHttpServer({
    port: options.port ?? 0,
    now,
    handle: answer,
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    port: server.port,
    control: (method, name, body) => callControl(control, method, name, body),
    close: server.close,
  };
}
