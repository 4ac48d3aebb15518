/** What the tests of targets share: a sandbox whose clock they set, homes that lead to it, and a read. */
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

/** The sandbox's clock is behind at first: keys then expire in its future, within what a signature's age may be. */
export const BEHIND_MS = -8 * 60_000;

interface ClockedSandbox {
  sandbox: Sandbox;
  /** How far its clock is ahead of this machine's, in milliseconds. */
  ahead: number;
  /** A home whose requests go to the sandbox. */
  startHome(env?: Record<string, string>): AwsHome;
  /** What arrived, each with its verdict where that is a refusal. */
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

/** A read through the target, judged as every call is. */
export const read = (target: Target) =>
  createSendOperation(target.send)(operationOf('get_backend'), { appId: sandboxAppId });
