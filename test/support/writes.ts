/**
 * What the tests of writes share: one call of every writing operation that works in a prepared world, made in
 * this process through the product's own request, and what the sandbox says about how often it was sent.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished, vi } from 'vitest';
import { createConnection } from '../../src/aws/client.ts';
import { createSendOperation, type SendOperation } from '../../src/call/send.ts';
import { createWriteLedger } from '../../src/call/write-ledger.ts';
import { outputsIn } from '../../src/environment/index.ts';
import { fromSdk } from '../../src/operations/wire.ts';
import {
  type FaultKind,
  type RequestLogEntry,
  sandboxCredentials,
  sandboxRegion,
  startSandbox,
} from '../../src/sandbox/index.ts';
import type { OperationName } from '../../src/sandbox/model.ts';
import type { SettingsView } from '../../src/sandbox/settings.ts';
import { type OperationCase, operationCases, prepareWorld } from '../sandbox/operation-cases.ts';
import { clientFor } from '../sandbox/support.ts';
import { noBackoff, writes } from './sent.ts';

export { outcomeOf, writes } from './sent.ts';

/** How long before the test the world was made; its jobs have ended by then, and its tokens have not. */
const PAST_MS = 60_000;
const JOB_MS = 30_000;

export interface World {
  /** The arguments of a write that works, in the REST API's spelling, and what the answer must contain. */
  caseOf(name: string): { args: Record<string, unknown>; answer: Record<string, unknown> };
  readonly request: SendOperation;
  /** Another caller of the same process, with a client of their own. */
  readonly otherCaller: SendOperation;
  /** A caller of another process, of whom this one knows nothing. */
  readonly otherProcess: SendOperation;
  /** How long was waited, without any real waiting: all clocks but the machine's go on by as much. */
  readonly waits: number[];
  order(operation: string, kind: FaultKind, more?: FaultMore): Promise<void>;
  /** The jobs of an operation that were started in this world. */
  jobs(operation: string): Promise<{ readonly jobId: string; readonly environments: readonly string[] }[]>;
  /** How many faults still wait for their request. */
  faults(): Promise<number>;
  /** The verdicts on what arrived of one operation. */
  verdicts(operation: string): Promise<string[]>;
  /** Called with the number of the wait, in place of waiting. */
  onWait(act: (count: number) => void | Promise<void>): void;
  /** Lets time pass, for the sandbox and for us. */
  pass(ms: number): void;
  /** Moves the sandbox's clock against ours. */
  skew(ms: number): void;
}

export type FaultMore = {
  readonly times?: number;
  readonly delayMs?: number;
  readonly status?: number;
  /** Of an `answer-before` or `answer-after`. */
  readonly answer?: string;
};

/** Throttling is met once more and then given up. */
const RETRY = { backoff: noBackoff, deadlineMs: 1_500 };

/** Prepares a world. @param only the one write that is called in it, so that no more is prepared than that needs */
export async function prepareWrites(settings: Partial<SettingsView> = {}, only?: string): Promise<World> {
  let ahead = -PAST_MS;
  let waited = 0;
  const { now } = performance;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now.call(performance) + waited);
  const sandbox = await startSandbox({ jobMs: JOB_MS, now: () => Date.now() + ahead + waited });
  const client = clientFor(sandbox.url);
  onTestFinished(async () => {
    clock.mockRestore();
    client.destroy();
    await sandbox.close();
  });
  const cases: Record<string, OperationCase> = operationCases(await prepareWorld(client, only));
  ahead = 0;
  const control = (method: string, path: string, body?: object) =>
    fetch(`${sandbox.url}/_sandbox/${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
  await control('DELETE', 'requests');
  await control('PUT', 'settings', settings);
  const waits: number[] = [];
  let act: (count: number) => void | Promise<void> = () => undefined;
  const sendFor = () =>
    createConnection({
      settings: async () => ({
        ...{ endpoint: sandbox.url, region: sandboxRegion, credentials: sandboxCredentials },
        ...{ userAgent: 'test/1', retry: RETRY },
      }),
    }).send;
  const ledger = createWriteLedger();
  const wait = async (ms: number) => {
    waited += ms;
    // Whatever goes on over the socket goes on.
    await sleep(2);
  };
  // Jobs of the preparation are older, even where the test moves the sandbox's clock a little.
  const preparedBefore = Date.now() - PAST_MS / 2;
  const state = async () =>
    (await (await control('GET', 'state')).json()) as {
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
    request: createSendOperation(sendFor(), {
      ...{ ledger, readOutputs: outputsIn },
      wait: async ms => {
        waits.push(ms);
        await wait(ms);
        await act(waits.length);
      },
    }),
    otherCaller: createSendOperation(sendFor(), { ledger, readOutputs: outputsIn, wait }),
    otherProcess: createSendOperation(sendFor(), { readOutputs: outputsIn, wait }),
    waits,
    jobs: async operation =>
      (await state()).jobs.filter(job => job.operation === operation && job.createdAt > preparedBefore),
    order: async (operation, kind, more = {}) => {
      const answer = await control('POST', 'faults', { operation, kind, times: 1, ...more });
      if (!answer.ok) throw new Error(await answer.text());
    },
    faults: async () =>
      ((await (await control('GET', 'faults')).json()) as { faults: unknown[] }).faults.length,
    verdicts: async operation => {
      const { requests } = (await (await control('GET', 'requests')).json()) as {
        requests: RequestLogEntry[];
      };
      return requests.filter(entry => entry.operation === operation).map(entry => entry.verdict);
    },
    onWait: given => {
      act = given;
    },
    pass: ms => {
      waited += ms;
    },
    skew: ms => {
      ahead = ms;
    },
  };
}
