/**
 * A sandbox for a test, over a real socket. Only the test moves its clock past the end of a job, and the control
 * endpoints are functions. `env` points any AWS client at it.
 */
import { expect } from 'vitest';
import {
  type FaultKind,
  type RequestLogEntry,
  type SandboxOptions,
  sandboxCredentials,
  sandboxRegion,
  startSandbox,
} from '../../src/sandbox/index.ts';
import type { Env } from './child.ts';

/** The default duration of a job on the sandbox's clock: less than the age at which a signature expires. */
const JOB_MS = 60_000;

export interface TestSandbox {
  readonly url: string;
  /** The variables that make an AWS client use this sandbox. */
  readonly env: Env;
  /** Moves the clock past the end of every running job. */
  finishJobs(): void;
  /** Calls a control endpoint: `control('PUT', 'settings', {…})`. @throws as the endpoint refuses */
  control(method: string, name: string, body?: unknown): Promise<Record<string, unknown>>;
  /** Resets state, faults, log and clock to the seed. */
  reset(): Promise<void>;
  /** Makes the next requests of an operation fail with a fault. */
  order(
    operation: string,
    kind: FaultKind,
    more?: { times?: number; error?: string; stackReason?: string; delayMs?: number; answer?: unknown },
  ): Promise<void>;
  /** Loads an environment into the app `shop`, or into the named app: `{environment, meta, schema?, flags?}`. */
  load(environment: Readonly<Record<string, unknown>>): Promise<void>;
  /** Sets how far the migration of an environment to Gen 2 has come: `{state, environment?, branch?, appId?}`. */
  migrate(body: Readonly<Record<string, unknown>>): Promise<void>;
  /** Selects one of the possible behaviours where that of AWS is unverified. */
  set(settings: Readonly<Record<string, unknown>>): Promise<void>;
  /** The faults that no request has used yet. */
  faults(): Promise<unknown[]>;
  /** The requests since the last reset. */
  requests(): Promise<RequestLogEntry[]>;
  /** The verdicts on the requests of one operation, in order of arrival. */
  verdicts(operation: string): Promise<string[]>;
  /** Resolves once a request of the operation has arrived since the last reset. */
  arrival(operation: string): Promise<void>;
  /** The whole state of the sandbox. */
  state(): Promise<unknown>;
  close(): Promise<void>;
}

/** What differs between the sandboxes of tests. */
export type TestSandboxOptions = Pick<SandboxOptions, 'anyCredentials' | 'jobMs'>;

/** Starts one. @param options accepts any access key where it says so */
export async function startTestSandbox(options: TestSandboxOptions = {}): Promise<TestSandbox> {
  const { jobMs = JOB_MS } = options;
  let ahead = 0;
  const sandbox = await startSandbox({ ...options, jobMs, now: () => Date.now() + ahead });
  const control = async (method: string, name: string, body?: unknown) =>
    sandbox.control(method, name, body) as Record<string, unknown>;
  const requests = async () => (await control('GET', 'requests')).requests as RequestLogEntry[];
  const verdicts = async (operation: string) =>
    (await requests()).filter(entry => entry.operation === operation).map(entry => entry.verdict);
  return {
    url: sandbox.url,
    env: {
      AWS_ENDPOINT_URL: sandbox.url,
      AWS_ACCESS_KEY_ID: sandboxCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: sandboxCredentials.secretAccessKey,
      AWS_REGION: sandboxRegion,
    },
    control,
    finishJobs: () => {
      ahead += jobMs;
    },
    reset: async () => {
      ahead = 0;
      await control('POST', 'reset');
    },
    order: async (operation, kind, more = {}) =>
      void (await control('POST', 'faults', { operation, kind, times: 1, ...more })),
    load: async environment =>
      void (await control('POST', 'environments', { appId: 'd1sandboxshop', ...environment })),
    migrate: async body =>
      void (await control('PUT', 'migration', { appId: 'd1sandboxshop', environment: 'dev', ...body })),
    set: async settings => void (await control('PUT', 'settings', settings)),
    faults: async () => (await control('GET', 'faults')).faults as unknown[],
    requests,
    verdicts,
    arrival: async operation => {
      await expect.poll(() => verdicts(operation), { interval: 50 }).not.toEqual([]);
    },
    state: () => control('GET', 'state'),
    close: () => sandbox.close(),
  };
}
