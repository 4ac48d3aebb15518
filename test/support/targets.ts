/** Shared by the tests of targets: a sandbox with a clock that tests set, homes whose profiles lead to it, and a read. */
import { afterEach, beforeEach } from 'vitest';
import {
  createTargets,
  type Target,
  type TargetSettings,
  type TargetsOptions,
} from '../../src/aws/targets.ts';
import { operationOf } from '../../src/call/reads.ts';
import { createSendOperation } from '../../src/call/send.ts';
import {
  type RequestLogEntry,
  type Sandbox,
  sandboxAppId,
  sandboxCredentials,
  sandboxRegion,
  startSandbox,
} from '../../src/sandbox/index.ts';
import { type AwsHome, keysOf, startAwsHome } from '../aws/support.ts';

/** The sandbox's clock starts behind, so that keys expire in its future; signatures are still young enough for it. */
export const BEHIND_MS = -8 * 60_000;

interface ClockedSandbox {
  sandbox: Sandbox;
  /** How far its clock is ahead of this machine's, in milliseconds. */
  ahead: number;
  /** A home whose requests go to the sandbox. */
  startHome(env?: Record<string, string>): AwsHome;
  /** The requests that arrived, with the reason of each refusal. */
  operations(): Promise<(string | null)[]>;
}

/** Starts a sandbox before each test of the enclosing file. */
export function setClockedSandbox(): ClockedSandbox {
  const aws = {
    ahead: 0,
    startHome: (env = {}) =>
      startAwsHome({ AWS_ENDPOINT_URL: aws.sandbox.url, AWS_REGION: sandboxRegion, ...env }),
    async operations() {
      const response = await fetch(`${aws.sandbox.url}/_sandbox/requests`);
      const { requests } = (await response.json()) as { requests: RequestLogEntry[] };
      return requests.map(({ operation, verdict }) =>
        verdict === 'ok' ? operation : `${operation}: ${verdict}`,
      );
    },
  } as ClockedSandbox;
  beforeEach(async () => {
    aws.ahead = 0;
    aws.sandbox = await startSandbox({ now: () => Date.now() + aws.ahead });
  });
  afterEach(() => aws.sandbox.close());
  return aws;
}

/** The section of the profile `base`, with the sandbox's keys. */
export const base = () => keysOf('base', sandboxCredentials.accessKeyId);

export const createTestTargets = (
  targets: Record<string, TargetSettings> = {},
  more: Partial<TargetsOptions> = {},
) => createTargets({ targets, fallback: {}, userAgent: 'test/1', ...more });

/** Sends a read through the target, on the path of every call. */
export const read = (target: Target) =>
  createSendOperation(target.send)(operationOf('get_backend'), { appId: sandboxAppId });
