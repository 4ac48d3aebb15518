/**
 * Sending to AmplifyBackend through the SDK's clients, which are created on first use. Reads, writes and polls go
 * through clients that differ in what they send again: no operation of this API is idempotent or takes a client token,
 * so a write whose answer is lost may have been done.
 */
import { AmplifyBackendClient } from '@aws-sdk/client-amplifybackend';
import type { FinalizeRequestMiddleware, Pluggable } from '@smithy/types';
import toFastProperties from 'to-fast-properties';
import { monotonicNow } from '../lib/clock.ts';
import { OnDemand } from '../lib/on-demand.ts';
import type { Operation, SdkCommand } from '../operations/define.ts';
import { explainUnsent } from './explain-unsent.ts';
import { type BodyFormat, refuseForeignAnswers } from './foreign-answer.ts';
import type { AwsKeys } from './keys.ts';
import { openNetwork } from './network.ts';
import { type ReadingClient, useReadSignals, withSignal } from './read-signals.ts';
import { createRetryStrategy, type RetrySettings, type Traffic } from './retry.ts';

/** Where and as whom to call AWS. The SDK's own chain supplies what is left out. */
export interface AwsSettings {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly endpoint?: string | undefined;
  /** Keys, or a function that resolves the current ones. */
  readonly credentials?: AwsKeys | (() => Promise<AwsKeys>) | undefined;
  /** Name and version of this program, for AWS's records. */
  readonly userAgent: string;
  /** Replaces the waiting between attempts, in tests. */
  readonly retry?: RetrySettings;
  readonly watch?: WatchAws | undefined;
}

/** One request to AWS. Each repetition is an attempt of its own. */
export interface AwsAttempt {
  /** As the SDK names them: `AmplifyBackend`, `GetBackend`. */
  readonly service: string;
  readonly operation: string;
}

/** Wraps each request to AWS: it may delay the request and observes its result. */
export type WatchAws = <Answer>(attempt: AwsAttempt, run: () => Promise<Answer>) => Promise<Answer>;

/** What sending needs to know of an operation. */
export interface Sendable extends Pick<Operation, 'name' | 'access' | 'evidence' | 'iamAction'> {
  /** Never sent again by the client: the poller plans its own next read. */
  readonly isPoll?: boolean;
  /** The base class of the service's exceptions, for services other than AmplifyBackend. */
  readonly exception?: new (
    ...args: never[]
  ) => Error;
}

/** Sends one command for an operation. The answer is in the SDK's spelling. */
export type Send = (operation: Sendable, command: SdkCommand, signal?: AbortSignal) => Promise<object>;

const SERVICE = 'AmplifyBackend';
/** Beyond the 29 s after which API Gateway gives up and answers 504 by itself. */
const ANSWER_MS = 35_000;
/** AWS gives its time in whole seconds, so a smaller difference means nothing. */
const CLOCK_RESOLUTION_MS = 1_500;

/** Whether an operation changes anything at AWS: exactly the writes declare their evidence. */
export const isWrite = ({ evidence }: Pick<Operation, 'evidence'>) => evidence !== undefined;

/** How far AWS's clock is ahead of ours, by the `Date` of its answer; undefined without a `Date`. */
export function clockAhead(response: unknown, receivedAt: number): number | undefined {
  const { headers } = (response ?? {}) as { headers?: Record<string, string> };
  // The header drops the fraction of a second. Half a second is the best guess at it.
  const ahead = Date.parse(headers?.date ?? '') + 500 - receivedAt;
  if (Number.isNaN(ahead)) return undefined;
  return Math.abs(ahead) <= CLOCK_RESOLUTION_MS ? 0 : ahead;
}

/** How far AWS's clock was ahead of ours when it gave this answer; undefined where the answer had no time. */
export function clockLeadOf(answer: object): number | undefined {
  const { $metadata } = answer as { readonly $metadata?: { readonly aheadMs?: number } };
  return $metadata?.aheadMs;
}

/**
 * The SDK settings of a client, for one kind of traffic.
 * @param service as its SDK client names it
 * @throws ServerError not_sent
 */
export async function clientSettings(settings: AwsSettings, traffic: Traffic, service: string) {
  const { region, profile, credentials, userAgent } = settings;
  return {
    ...(region && { region }),
    ...(profile && { profile }),
    ...(credentials && { credentials }),
    customUserAgent: userAgent,
    retryStrategy: createRetryStrategy(traffic, settings.retry),
    // Builds the middleware of each command only once. Building it takes a third of a read's time.
    cacheMiddleware: traffic !== 'writes',
    ...(await openNetwork(settings, service, ANSWER_MS)),
  };
}

/** Sets up a client: requests are watched, signals abort reads, and errors say whether a request was sent and the service answered. */
export function useCommonPlugins<Input extends object, Output extends object>(
  client: ReadingClient<Input, Output>,
  settings: AwsSettings,
  service: string,
  format: BodyFormat,
): void {
  const { middlewareStack } = client;
  // Nothing reads the SDK's log, and writing it walks through every input and answer.
  middlewareStack.remove('loggerMiddleware');
  middlewareStack.use(watchRequests(settings));
  middlewareStack.use(refuseForeignAnswers(format));
  middlewareStack.use(explainUnsent(settings, service));
  useReadSignals(client);
  // The SDK copies the settings four times for each request. V8 has them in dictionary mode, in which a copy takes ten times
  // as long: an eighth of a request's time.
  toFastProperties(client.config);
}

/** A plugin that passes each request of a client to `watch`. */
const watchRequests = <Input extends object, Output extends object>({
  watch,
}: AwsSettings): Pluggable<Input, Output> => ({
  applyToStack(stack) {
    if (!watch) return;
    const middleware: FinalizeRequestMiddleware<Input, Output> = (next, context) => {
      const { clientName = '', commandName = '' } = context;
      const service = clientName.replace(/Client$/, '');
      const operation = commandName.replace(/Command$/, '');
      return args => watch({ service, operation }, () => next(args));
    };
    // Inside the SDK's retries, so that each attempt is seen, and before signing, since a signature expires.
    stack.addRelativeTo(middleware, { relation: 'after', toMiddleware: 'retryMiddleware', name: 'watch' });
  },
});

/** The answer, unless the signal aborts first. @throws AbortError, as the SDK's own clients do */
async function unlessAborted<Answer>(answer: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(Object.assign(new Error('Request aborted'), { name: 'AbortError' }));
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  return Promise.race([answer, aborted]).finally(() => signal.removeEventListener('abort', stop));
}

/** What a connection is created from. */
export interface ConnectionOptions {
  /** Asked before each request: profiles and credentials change while the server runs. @throws ServerError */
  settings(): Promise<AwsSettings>;
  /** Resolves when a poll may be sent. */
  readonly waitForPoll?: (() => Promise<void>) | undefined;
  /** Called with every failure of a request. */
  readonly onFailure?: ((thrown: unknown) => void) | undefined;
}

/** The connection to AmplifyBackend for one target. */
export interface Connection {
  readonly send: Send;
  /** Epoch milliseconds on AWS's clock, by its last answer. */
  awsNow(): number;
  /** Closes the clients that no request uses. The next request creates them again. */
  release(): void;
}

/** A client for one kind of traffic. Its answers say in `$metadata.aheadMs` how far AWS's clock is ahead of ours. */
async function createClient(settings: AwsSettings, traffic: Traffic): Promise<AmplifyBackendClient> {
  const client = new AmplifyBackendClient(await clientSettings(settings, traffic, SERVICE));
  useCommonPlugins(client, settings, SERVICE, 'json');
  client.middlewareStack.add(
    next => async args => {
      const result = await next(args);
      const { $metadata = {} } = result.output ?? {};
      Object.assign($metadata, { aheadMs: clockAhead(result.response, monotonicNow()) });
      return result;
    },
    { step: 'deserialize', priority: 'high', name: 'clockAhead' },
  );
  return client;
}

/** Sends a command through the client of its kind of traffic. */
function sendThrough(
  client: AmplifyBackendClient,
  traffic: Traffic,
  command: SdkCommand,
  signal: AbortSignal | undefined,
): Promise<object> {
  if (traffic !== 'writes')
    return signal ? unlessAborted(client.send(withSignal(command, signal)), signal) : client.send(command);
  return client.send(command, signal ? { abortSignal: signal } : {});
}

/** A connection, whose clients are created on first use: one for each region and kind of traffic. */
export function createConnection({ settings, waitForPoll, onFailure }: ConnectionOptions): Connection {
  const clients = new Map<string, OnDemand<AmplifyBackendClient>>();
  let aheadMs = 0;

  // A function of its own: a closure within `send` would keep the first command alive with the client.
  function clientFor(where: AwsSettings, traffic: Traffic): OnDemand<AmplifyBackendClient> {
    const key = `${traffic} ${where.region}`;
    const create = () => createClient(where, traffic);
    const client = clients.get(key) ?? new OnDemand(create, unused => unused.destroy());
    clients.set(key, client);
    return client;
  }

  return {
    async send(operation, command, signal) {
      const { isPoll = false } = operation;
      const traffic = isWrite(operation) ? 'writes' : isPoll ? 'polls' : 'reads';
      if (isPoll) await waitForPoll?.();
      try {
        const client = clientFor(await settings(), traffic);
        const answer = await client.use(it => sendThrough(it, traffic, command, signal));
        aheadMs = clockLeadOf(answer) ?? aheadMs;
        return answer;
      } catch (thrown) {
        onFailure?.(thrown);
        throw thrown;
      }
    },
    awsNow: () => monotonicNow() + aheadMs,
    release() {
      for (const client of clients.values()) client.release();
    },
  };
}
