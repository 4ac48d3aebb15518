/** Callers who send writes to a sandbox through the product's own request, and who wait without any real waiting. */
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { type Connection, createConnection, isWrite, type Send } from '../../src/aws/client.ts';
import { createSendOperation, type SendOperation, type SendSettings } from '../../src/call/send.ts';
import { createWriteLedger } from '../../src/call/write-ledger.ts';
import { outputsIn } from '../../src/environment/index.ts';
import { sandboxCredentials, sandboxRegion } from '../../src/sandbox/index.ts';
import { noBackoff } from './sent.ts';

export interface Callers {
  readonly request: SendOperation;
  /** Another caller of the same process, with a client of their own. */
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
 * @param reading the connection of their reads; each caller writes through a connection of its own
 * @param pass lets all clocks but the machine's go on
 */
export function createCallers(endpoint: string, reading: Connection, pass: (ms: number) => void): Callers {
  const connections: Connection[] = [];
  onTestFinished(() => {
    for (const connection of connections) connection.release();
  });
  const waits: number[] = [];
  let act: (count: number) => void | Promise<void> = () => undefined;
  /** A client costs more than a call, and most tests have one caller: it is made with the caller's first call. */
  const callerFor = (more: Omit<SendSettings, 'readOutputs'>): SendOperation => {
    let send: SendOperation | undefined;
    return (...call) => {
      send ??= createSendOperation(connect(), { ...more, readOutputs: outputsIn });
      return send(...call);
    };
  };
  const connect = (): Send => {
    const writing = connectTo(endpoint);
    connections.push(writing);
    return (operation, ...more) => (isWrite(operation) ? writing : reading).send(operation, ...more);
  };
  const ledger = createWriteLedger();
  const wait = async (ms: number) => {
    pass(ms);
    // Whatever goes on over the socket goes on.
    await sleep(2);
  };
  return {
    request: callerFor({
      ledger,
      wait: async ms => {
        waits.push(ms);
        await wait(ms);
        await act(waits.length);
      },
    }),
    otherCaller: callerFor({ ledger, wait }),
    otherProcess: callerFor({ wait }),
    waits,
    onWait: given => {
      act = given;
    },
  };
}
