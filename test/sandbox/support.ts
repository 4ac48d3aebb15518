/**
 * Shared by the sandbox's tests: a sandbox with a clock that the test moves, the SDK's own client, and the control
 * endpoints as functions.
 */
import * as sdk from '@aws-sdk/client-amplifybackend';
import toFastProperties from 'to-fast-properties';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import {
  type RequestLogEntry,
  type Sandbox,
  type SandboxOptions,
  sandboxAppId,
  sandboxCredentials,
  sandboxRegion,
  startSandbox,
} from '../../src/sandbox/index.ts';
import type { OperationName } from '../../src/sandbox/model.ts';

export const appId = sandboxAppId;
export const jobMs = 4000;

/** An answer or an input with any members. */
export type Fields = Record<string, unknown>;

export interface TestBed extends Sandbox {
  readonly client: sdk.AmplifyBackendClient;
  /** Moves the sandbox's clock; it does not run by itself. */
  advance(ms: number): void;
  now(): number;
  /** Calls an operation by its AWS name through the SDK. */
  call(operation: OperationName, input?: Fields): Promise<Fields>;
  /** Calls an operation that must fail, and returns its error. */
  refusal(operation: OperationName, input?: Fields): Promise<sdk.AmplifyBackendServiceException & Fields>;
  /** Starts a job and moves the clock past its end. */
  finish(operation: OperationName, input?: Fields): Promise<Fields>;
  control(method: string, path: string, body?: unknown): Promise<{ status: number; body: Fields }>;
  log(): Promise<RequestLogEntry[]>;
}

export function clientFor(url: string, config: Partial<sdk.AmplifyBackendClientConfig> = {}) {
  const client = new sdk.AmplifyBackendClient({
    endpoint: url,
    region: sandboxRegion,
    credentials: sandboxCredentials,
    maxAttempts: 1,
    // As the product's own clients for reads: the middleware of a command is put together once.
    cacheMiddleware: true,
    ...config,
  });
  toFastProperties(client.config);
  return client;
}

const commands: ReadonlyMap<string, unknown> = new Map(Object.entries(sdk));

/** Sends an operation by its AWS name. */
export async function send(client: sdk.AmplifyBackendClient, operation: OperationName, input: Fields = {}) {
  const Command = commands.get(`${operation}Command`) as new (input: object) => sdk.GetBackendCommand;
  const { $metadata: _, ...answer } = await client.send(new Command(input));
  return answer as Fields;
}

/** Starts a sandbox whose clock stands still until the test moves it. */
export async function startTestBed(options: SandboxOptions = {}): Promise<TestBed> {
  let clock = Date.now();
  const now = () => clock;
  const sandbox = await startSandbox({ jobMs, now, ...options });
  const client = clientFor(sandbox.url);
  const bed: TestBed = {
    ...sandbox,
    client,
    now,
    advance: ms => {
      clock += ms;
    },
    call: (operation, input) => send(client, operation, input),
    refusal: async (operation, input) => {
      try {
        await send(client, operation, input);
      } catch (error) {
        if (error instanceof sdk.AmplifyBackendServiceException) return error as never;
        throw error;
      }
      throw new Error(`${operation} was expected to fail`);
    },
    finish: async (operation, input) => {
      const answer = await send(client, operation, input);
      clock += options.jobMs ?? jobMs;
      return answer;
    },
    control: async (method, path, body) => {
      const response = await fetch(`${sandbox.url}/_sandbox/${path}`, {
        method,
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      return { status: response.status, body: (await response.json()) as Fields };
    },
    log: async () => (await bed.control('GET', 'requests')).body.requests as RequestLogEntry[],
    close: async () => {
      client.destroy();
      await sandbox.close();
    },
  };
  return bed;
}

/** One sandbox for all tests of a file or of a `describe`, as it was at first for each of them. */
export function setTestBed(options?: SandboxOptions): TestBed {
  const bed = {} as TestBed;
  beforeAll(async () => void Object.assign(bed, await startTestBed(options)));
  beforeEach(async () => void (await bed.control('POST', 'reset')));
  afterAll(() => bed.close());
  return bed;
}

/** The parsed amplify-meta of an environment; undefined where there is none. */
export async function metaOf(bed: TestBed, environment: string, app = appId): Promise<Fields | undefined> {
  const answer = await bed.call('GetBackend', { AppId: app, BackendEnvironmentName: environment });
  return typeof answer.AmplifyMetaConfig === 'string' ? JSON.parse(answer.AmplifyMetaConfig) : undefined;
}

/** The settings of a resource as a read operation answers them. */
export async function configOf(
  bed: TestBed,
  operation: 'GetBackendAuth' | 'GetBackendAPI' | 'GetBackendStorage',
  input: Fields,
): Promise<Fields> {
  return (await bed.call(operation, input)).ResourceConfig as Fields;
}

/** Names of all buckets of the account. */
export async function bucketNames(bed: TestBed): Promise<string[]> {
  return ((await bed.control('GET', 'state')).body.buckets as { name: string }[]).map(({ name }) => name);
}

export const dev = { AppId: appId, BackendEnvironmentName: 'dev' };
/** An environment that the seed does not have. */
export const qa = { AppId: appId, BackendEnvironmentName: 'qa' };
