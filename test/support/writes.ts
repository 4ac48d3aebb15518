/**
 * What the tests of writes share: one call of every writing operation that works in a prepared world, made in
 * this process through the product's own request, and what the sandbox says about how often it was sent.
 */
import { onTestFinished } from 'vitest';
import { createSend } from '../../src/aws/client.ts';
import { type Answered, createRequest, type Request } from '../../src/aws/request.ts';
import { RegisteredError } from '../../src/errors.ts';
import { operations } from '../../src/operations/index.ts';
import { fromSdk } from '../../src/operations/wire.ts';
import {
  type FaultKind,
  type RequestLogEntry,
  sandboxCredentials,
  sandboxRegion,
  startSandbox,
} from '../../src/sandbox/index.ts';
import type { OperationName } from '../../src/sandbox/model.ts';
import { type OperationCase, operationCases, prepareWorld } from '../sandbox/operation-cases.ts';
import { clientFor } from '../sandbox/support.ts';

/** The operations that change something: all that do not read, but for GetToken, which only looks. */
export const writes = operations.filter(({ access, name }) => access !== 'read' && name !== 'GetToken');

/** How long before the test the world was made; its jobs have ended by then, and its tokens have not. */
const PAST_MS = 60_000;
const JOB_MS = 30_000;

export interface World {
  /** The arguments of a write that works, in the REST API's spelling, and what the answer must contain. */
  caseOf(name: string): { args: Record<string, unknown>; answer: Record<string, unknown> };
  readonly request: Request;
  /** How long was waited between looks, without any real waiting. */
  readonly waits: number[];
  order(operation: string, kind: FaultKind, more?: { times?: number; delayMs?: number }): Promise<void>;
  /** The verdicts on what arrived of one operation. */
  verdicts(operation: string): Promise<string[]>;
  /** Called with the number of the wait, in place of waiting. */
  onWait(act: (count: number) => void | Promise<void>): void;
  /** Moves the sandbox's clock against ours. */
  skew(ms: number): void;
}

/** No waiting between attempts. */
export const noBackoff = { computeNextBackoffDelay: () => 0, setDelayBase: () => undefined };

export async function prepareWrites(): Promise<World> {
  let ahead = -PAST_MS;
  const sandbox = await startSandbox({ jobMs: JOB_MS, now: () => Date.now() + ahead });
  const client = clientFor(sandbox.url);
  onTestFinished(async () => {
    client.destroy();
    await sandbox.close();
  });
  const cases: Record<string, OperationCase> = operationCases(await prepareWorld(client));
  ahead = 0;
  const control = (method: string, path: string, body?: object) =>
    fetch(`${sandbox.url}/_sandbox/${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
  await control('DELETE', 'requests');
  const waits: number[] = [];
  let act: (count: number) => void | Promise<void> = () => undefined;
  const send = createSend({
    endpoint: sandbox.url,
    region: sandboxRegion,
    credentials: sandboxCredentials,
    userAgent: 'test/1',
    retry: { backoff: noBackoff },
  });
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
    request: createRequest(send, {
      wait: async ms => {
        waits.push(ms);
        await act(waits.length);
      },
    }),
    waits,
    order: async (operation, kind, more = {}) => {
      const answer = await control('POST', 'faults', { operation, kind, times: 1, ...more });
      if (!answer.ok) throw new Error(await answer.text());
    },
    verdicts: async operation => {
      const { requests } = (await (await control('GET', 'requests')).json()) as {
        requests: RequestLogEntry[];
      };
      return requests.filter(entry => entry.operation === operation).map(entry => entry.verdict);
    },
    onWait: given => {
      act = given;
    },
    skew: ms => {
      ahead = ms;
    },
  };
}

/** What came of a request: the answer, or the failure that must be a registered one. */
export async function outcomeOf(request: Promise<Answered>): Promise<Answered | RegisteredError> {
  try {
    return await request;
  } catch (thrown) {
    if (thrown instanceof RegisteredError) return thrown;
    throw thrown;
  }
}
