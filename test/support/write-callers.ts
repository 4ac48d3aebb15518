/** Callers who send writes to a sandbox through the product's own request, and who wait without any real waiting. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, createConnection } from '../../src/aws/client.ts';
import { createSendOperation, type SendOperation } from '../../src/call/send.ts';
import { createWriteLedger } from '../../src/call/write-ledger.ts';
import { outputsIn } from '../../src/environment/index.ts';
import { sandboxCredentials, sandboxRegion } from '../../src/sandbox/index.ts';
import { noBackoff } from './sent.ts';

export interface Callers {
  readonly request: SendOperation;
  /** Another caller of the same process. */
  readonly otherCaller: SendOperation;
  /** A caller of another process, of whom this one knows nothing. */
  readonly otherProcess: SendOperation;
  /** How long was waited, without any real waiting: all clocks but the machine's go on by as much. */
  readonly waits: number[];
  /** Called with the number of the wait, in place of waiting. */
  onWait(act: (count: number) => void | Promise<void>): void;
}

/** Throttling is met once more and then given up. */
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
 * @param connection the one that they all send through
 * @param pass lets all clocks but the machine's go on
 */
export function createCallers({ send }: Connection, pass: (ms: number) => void): Callers {
  const waits: number[] = [];
  let act: (count: number) => void | Promise<void> = () => undefined;
  const ledger = createWriteLedger();
  const wait = async (ms: number) => {
    pass(ms);
    // Whatever goes on over the socket goes on.
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
