/** A read and a write that are sent to a sandbox, for tests of what prevents a request before a byte of it leaves. */
import { beforeEach, expect } from 'vitest';
import { createTargets, type TargetSettings } from '../../src/aws/targets.ts';
import { operationOf as operationNamed } from '../../src/call/reads.ts';
import { createSendOperation } from '../../src/call/send.ts';
import { type ServerError, toServerError } from '../../src/errors.ts';
import { setSandbox } from '../support/aws-sandbox.ts';

const targetOf = (settings: TargetSettings = {}) =>
  createTargets({ targets: { one: settings }, fallback: {}, userAgent: 'test/1' }).get('one');

/** Sends a read and a write. @returns both failures, and how often the write's effect was waited for */
export async function sendBoth(settings?: TargetSettings) {
  let waits = 0;
  const wait = async () => {
    waits += 1;
  };
  const send = createSendOperation(targetOf(settings).send, { wait });
  const read = await send(operationNamed('get_backend'), { appId: 'd1sandboxshop' }).catch(toServerError);
  const write = await send(operationNamed('create_token'), { appId: 'd1sandboxshop' }).catch(toServerError);
  return { read: read as ServerError, write: write as ServerError, waits };
}

/** Checks that nothing was sent, for the read and for the write, and returns what is said. */
export async function expectNotSent(settings?: TargetSettings): Promise<ServerError> {
  const { read, write, waits } = await sendBoth(settings);
  expect(read.code, read.message).toBe('not_sent');
  expect(write).toMatchObject({ code: 'not_sent', message: read.message, hint: read.hint });
  expect(waits).toBe(0);
  expect(read.message).toMatch(/^Nothing was sent to AWS: /);
  return read;
}

/** A sandbox for the tests of a file, with the requests that reached it since a test began. */
export function setCountingSandbox(): { readonly url: string; requests(): Promise<unknown[]> } {
  const sandbox = setSandbox();
  beforeEach(() => fetch(`${sandbox.url}/_sandbox/requests`, { method: 'DELETE' }));
  return {
    get url() {
      return sandbox.url;
    },
    async requests() {
      const response = await fetch(`${sandbox.url}/_sandbox/requests`);
      return ((await response.json()) as { requests: unknown[] }).requests;
    },
  };
}
