/**
 * Shared by the tests of writes: a valid call of every writing operation in a prepared sandbox (a world), sent from this process
 * by the product's own code, and how often the sandbox received it.
 */
import { afterAll, beforeAll } from 'vitest';
import type { Connection } from '../../src/aws/client.ts';
import { fromSdk } from '../../src/operations/wire.ts';
import { type FaultKind, type RequestLogEntry, type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import type { OperationName } from '../../src/sandbox/model.ts';
import type { SettingsView } from '../../src/sandbox/settings.ts';
import { type OperationCase, operationCases, prepareWorld } from '../sandbox/operation-cases.ts';
import { clientFor } from '../sandbox/support.ts';
import { type Callers, connectTo, createCallers } from './write-callers.ts';
import { writes } from './write-outcomes.ts';

export { outcomeOf, writes } from './write-outcomes.ts';

/** How long before the test the world was prepared: its jobs have ended, and its tokens are still valid. */
const PAST_MS = 60_000;
const JOB_MS = 30_000;

export interface World extends Callers {
  /** The arguments of a valid write, in the REST API's spelling, and the members that the answer must contain. */
  caseOf(name: string): { args: Record<string, unknown>; answer: Record<string, unknown> };
  order(operation: string, kind: FaultKind, more?: FaultMore): Promise<void>;
  /** The jobs of an operation that were started in this world. */
  jobs(operation: string): Promise<{ readonly jobId: string; readonly environments: readonly string[] }[]>;
  /** The number of faults that no request has used yet. */
  faults(): Promise<number>;
  /** The verdicts on the requests of one operation. */
  verdicts(operation: string): Promise<string[]>;
  /** Moves the clocks of the sandbox and of this process forward. */
  pass(ms: number): void;
  /** Moves only the sandbox's clock. */
  skew(ms: number): void;
}

export type FaultMore = {
  readonly times?: number;
  readonly delayMs?: number;
  readonly status?: number;
  /** Of an `answer-before` or `answer-after`. */
  readonly answer?: string;
};

/** What the worlds of a file share. */
interface Ground {
  readonly sandbox: Sandbox;
  readonly client: ReturnType<typeof clientFor>;
  /**
   * The connection that the cases of one write share, since creating a client costs more than a call. Each write has its own
   * connection, because the SDK limits the retries of a client, and the cases of all writes together would exceed the limit.
   */
  connection?: { readonly of: string | undefined; readonly to: Connection };
  /** How far the sandbox's clock is ahead of the machine's. */
  ahead: number;
  /** The waiting times in this world. */
  waited: number;
}

/**
 * Prepares a world in the sandbox of the file, which is reset before.
 * @param only the one write that is called in it, so that no more is prepared than that needs
 */
export type PrepareWrites = (settings?: Partial<SettingsView>, only?: string) => Promise<World>;

/** Starts the sandbox for the tests of the file, which run one after another. */
export function setWrites(): PrepareWrites {
  let ground: Ground;
  const { now: machineClock } = performance;
  beforeAll(async () => {
    const now = () => Date.now() + ground.ahead + ground.waited;
    ground = { ahead: 0, waited: 0 } as Ground;
    const sandbox = await startSandbox({ jobMs: JOB_MS, now });
    ground = { ...ground, sandbox, client: clientFor(sandbox.url) };
    performance.now = () => machineClock.call(performance) + ground.waited;
  });
  afterAll(async () => {
    performance.now = machineClock;
    ground.client.destroy();
    ground.connection?.to.release();
    await ground.sandbox.close();
  });
  return (settings = {}, only) => prepareOn(ground, settings, only);
}

function connectionFor(ground: Ground, only: string | undefined): Connection {
  if (!ground.connection || ground.connection.of !== only) {
    ground.connection?.to.release();
    ground.connection = { of: only, to: connectTo(ground.sandbox.url) };
  }
  return ground.connection.to;
}

async function prepareOn(
  ground: Ground,
  settings: Partial<SettingsView>,
  only: string | undefined,
): Promise<World> {
  const { sandbox, client } = ground;
  ground.waited = 0;
  ground.ahead = -PAST_MS;
  sandbox.control('POST', 'reset');
  const cases: Record<string, OperationCase> = operationCases(await prepareWorld(client, only));
  ground.ahead = 0;
  sandbox.control('DELETE', 'requests');
  sandbox.control('PUT', 'settings', settings);
  const callers = createCallers(connectionFor(ground, only), ms => {
    ground.waited += ms;
  });
  // Jobs of the preparation are older, even where the test moves the sandbox's clock a little.
  const preparedBefore = Date.now() - PAST_MS / 2;
  const allJobs = () =>
    sandbox.control('GET', 'jobs') as {
      jobs: { operation: string; jobId: string; environments: string[]; createdAt: number }[];
    };
  return {
    caseOf: name => {
      const operation = writes.find(write => write.name === name);
      const found = cases[name as OperationName];
      if (!operation || !found) throw new Error(`no case of ${name}`);
      return {
        args: fromSdk(operation.sdkInput, found.input),
        answer: fromSdk(operation.sdkOutput, found.answer),
      };
    },
    ...callers,
    jobs: async operation =>
      allJobs().jobs.filter(job => job.operation === operation && job.createdAt > preparedBefore),
    order: async (operation, kind, more = {}) =>
      void sandbox.control('POST', 'faults', { operation, kind, times: 1, ...more }),
    faults: async () => (sandbox.control('GET', 'faults') as { faults: unknown[] }).faults.length,
    verdicts: async operation => {
      const { requests } = sandbox.control('GET', 'requests') as { requests: RequestLogEntry[] };
      return requests.filter(entry => entry.operation === operation).map(entry => entry.verdict);
    },
    pass: ms => {
      ground.waited += ms;
    },
    skew: ms => {
      ground.ahead = ms;
    },
  };
}
