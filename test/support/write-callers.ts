/** Callers that send writes to a sandbox through the product's own code, with a fake wait between attempts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, createConnection } from '../../src/aws/client.ts';
import { createSendOperation, type SendOperation } from '../../src/call/send.ts';
import { createWriteLedger } from '../../src/call/write-ledger.ts';
import { outputsIn } from '../../src/environment/index.ts';
import { sandboxCredentials, sandboxRegion } from '../../src/sandbox/index.ts';
import { noBackoff } from './write-outcomes.ts';

export interface Callers {
  readonly request: SendOperation;
  /** Another caller of the same process. */
  readonly otherCaller: SendOperation;
  /** A caller of another process, which shares no ledger with this one. */
  readonly otherProcess: SendOperation;
  /** The waiting times so far. Each wait moves all clocks but the machine's forward. */
  readonly waits: number[];
  /** Called with the number of the wait, in place of waiting. */
  onWait(act: (count: number) => void | Promise<void>): void;
}

/** A throttled request is tried once more, then given up. */
const RETRY = { backoff: noBackoff, deadlineMs: 1_500 };

/** A connection to a sandbox. */
export const connectTo = (endpoint: string): Connection =>
  createConnection({
    settings: async () => ({
      ...{ endpoint, region: sandboxRegion, credentials: sandboxCredentials },
      ...{ userAgent: 'test/1', retry: RETRY },
    }),
  });

/**
 * Makes the callers of one test.
 * @param connection the connection of all callers
 * @param pass moves all clocks but the machine's forward
 */
export function createCallers({ send }: Connection, pass: (ms: number) => void): Callers {
  const waits: number[] = [];
  let act: (count: number) => void | Promise<void> = () => undefined;
  const ledger = createWriteLedger();
  const wait = async (ms: number) => {
    pass(ms);
    // Gives pending socket traffic a moment.
    await sleep(2);
  };
  return {
    request: createSendOperation(send, {
      ...{ ledger, readOutputs: outputsIn },
      wait: async ms => {
        waits.push(ms);
        await wait(ms);
        await act(waits.length);
      },
    }),
    otherCaller: createSendOperation(send, { ledger, wait, readOutputs: outputsIn }),
    otherProcess: createSendOperation(send, { wait, readOutputs: outputsIn }),
    waits,
    onWait: given => {
      act = given;
    },
  };
}
