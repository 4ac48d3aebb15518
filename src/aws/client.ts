/**
 * The AWS client: made on first use, with the SDK's own chain for credentials and region. Reads, writes and
 * polls go through clients that differ in what is sent again: no operation of this API is idempotent or takes a
 * client token, so a write whose answer is lost may have been done.
 */
import { setMaxListeners } from 'node:events';
import { AmplifyBackendClient } from '@aws-sdk/client-amplifybackend';
import type { FinalizeRequestMiddleware, HttpRequest, Pluggable } from '@smithy/types';
import { monotonicNow } from '../lib/clock.ts';
import type { Operation, SdkCommand } from '../operations/define.ts';
import type { AwsKeys } from './credentials.ts';
import { refuseForeignAnswers } from './foreign-answer.ts';
import { createRetryStrategy, type RetrySettings, type Traffic } from './retry.ts';

/** Where and as whom to call AWS; what is left out comes from the SDK's chain. */
export interface AwsSettings {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly endpoint?: string | undefined;
  /** Keys, or what gives them anew whenever it is asked. */
  readonly credentials?: AwsKeys | (() => Promise<AwsKeys>) | undefined;
  /** Name and version of this program, for AWS's records. */
  readonly userAgent: string;
  /** In place of real waiting, for tests. */
  readonly retry?: RetrySettings;
  readonly watch?: WatchAws | undefined;
}

/** One request on its way to AWS: a repetition is another. */
export interface AwsAttempt {
  /** As the SDK names them: `AmplifyBackend`, `GetBackend`. */
  readonly service: string;
  readonly operation: string;
}

/** Stands around each request to AWS: may make it wait, and sees what comes of it. */
export type WatchAws = <Answer>(attempt: AwsAttempt, run: () => Promise<Answer>) => Promise<Answer>;

/** What sending needs to know of an operation. */
export interface Sendable extends Pick<Operation, 'name' | 'access' | 'evidence' | 'iamAction'> {
  /** Sent once, whatever becomes of it: whoever polls plans the next look himself. */
  readonly isPoll?: boolean;
  /** What the service throws, where it is not AmplifyBackend. */
  readonly exception?: new (
    ...args: never[]
  ) => Error;
}

/** Sends one command for an operation; the answer is in the SDK's spelling. */
export type Send = (operation: Sendable, command: SdkCommand, signal?: AbortSignal) => Promise<object>;

const CONNECT_MS = 5_000;
/** Beyond the 29 s after which API Gateway gives up and answers 504 by itself. */
const ANSWER_MS = 35_000;
/** AWS tells its time to the second; a smaller difference is none. */
const CLOCK_RESOLUTION_MS = 1_500;

/** Whether an operation changes anything at AWS: exactly those declare what shows that they were done. */
export const isWrite = ({ evidence }: Pick<Operation, 'evidence'>) => evidence !== undefined;

/** How far AWS's clock is ahead of ours, by the `Date` of its answer; undefined where it tells none. */
export function clockAhead(response: unknown, receivedAt: number): number | undefined {
  const { headers } = (response ?? {}) as { headers?: Record<string, string> };
  // The header cuts off the fraction of a second: half of one is the best guess at it.
  const ahead = Date.parse(headers?.date ?? '') + 500 - receivedAt;
  if (Number.isNaN(ahead)) return undefined;
  return Math.abs(ahead) <= CLOCK_RESOLUTION_MS ? 0 : ahead;
}

/** How far AWS's clock was ahead of ours when it gave this answer; undefined where it told no time. */
export function clockLeadOf(answer: object): number | undefined {
  const { $metadata } = answer as { readonly $metadata?: { readonly aheadMs?: number } };
  return $metadata?.aheadMs;
}

/** What a client of any AWS service is made with, for one kind of traffic. */
export function clientSettings(settings: AwsSettings, traffic: Traffic) {
  const { region, profile, endpoint, credentials, userAgent } = settings;
  return {
    ...(region && { region }),
    ...(profile && { profile }),
    ...(endpoint && { endpoint }),
    ...(credentials && { credentials }),
    customUserAgent: userAgent,
    retryStrategy: createRetryStrategy(traffic, settings.retry),
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: ANSWER_MS,
      throwOnRequestTimeout: true,
    },
  };
}

/** Lets each request of a client be watched. */
export const watching = <Input extends object, Output extends object>({
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
    // Inside the SDK's repetitions, and before the signature, which may not wait for long.
    stack.addRelativeTo(middleware, { relation: 'after', toMiddleware: 'retryMiddleware', name: 'watch' });
  },
});

/** What comes of a request, unless the signal ends the wait. @throws AbortError, as the SDK's own clients do */
async function unlessAborted<Answer>(answer: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(Object.assign(new Error('Request aborted'), { name: 'AbortError' }));
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  return Promise.race([answer, aborted]).finally(() => signal.removeEventListener('abort', stop));
}

/** A sender, and the end of its connections. */
export interface Sender extends Send {
  close(): void;
}

/**
 * A sender with a client behind it for each kind of traffic. The `$metadata` of each answer says
 * as `aheadMs` how far AWS's clock is ahead of ours.
 */
export function createSend(settings: AwsSettings): Sender {
  /** The signals of reads, by the commands' inputs. */
  const signals = new WeakMap<object, AbortSignal>();

  const create = (traffic: Traffic) => {
    const client = new AmplifyBackendClient({
      ...clientSettings(settings, traffic),
      // What all requests of a command go through is then put together once, which is a good part of a read's time.
      cacheMiddleware: traffic === 'reads',
    });
    client.middlewareStack.use(watching(settings));
    client.middlewareStack.use(refuseForeignAnswers());
    client.middlewareStack.add(
      next => async args => {
        const abortSignal = signals.get(args.input);
        if (!abortSignal) return next(args);
        return client.config.requestHandler.handle(args.request as HttpRequest, { abortSignal });
      },
      { step: 'deserialize', priority: 'low', name: 'abortRead' },
    );
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
  };
  const clients = new Map<Traffic, AmplifyBackendClient>();
  const clientFor = (traffic: Traffic) => {
    const client = clients.get(traffic) ?? create(traffic);
    clients.set(traffic, client);
    return client;
  };
  const send: Send = (operation, command, signal) => {
    const traffic = isWrite(operation) ? 'writes' : operation.isPoll ? 'polls' : 'reads';
    const client = clientFor(traffic);
    // All requests of one call end by its signal, as many as are under way: Node would warn of the eleventh.
    if (signal) setMaxListeners(0, signal);
    if (traffic !== 'reads') return client.send(command, signal ? { abortSignal: signal } : {});
    // With options, even empty ones, the SDK does not use what it has put together: the signal takes another way.
    if (!signal) return client.send(command);
    signals.set(command.input, signal);
    return unlessAborted(client.send(command), signal);
  };
  return Object.assign(send, {
    close() {
      for (const client of clients.values()) client.destroy();
      clients.clear();
    },
  });
}
