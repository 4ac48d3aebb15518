/**
 * The AWS client: made on first use, with the SDK's own chain for credentials and region. Reads are retried
 * by the SDK; writes are sent exactly once, since no operation of this API is idempotent or takes a client
 * token, and a write whose answer is lost may have been done.
 */
import { AmplifyBackendClient } from '@aws-sdk/client-amplifybackend';
import type { Operation, SdkCommand } from '../operations/define.ts';

/** Where and as whom to call AWS; what is left out comes from the SDK's chain. */
export interface AwsSettings {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** Name and version of this program, for AWS's records. */
  readonly userAgent: string;
}

/** Sends one command for an operation; the answer is in the SDK's spelling. */
export type Send = (operation: Operation, command: SdkCommand, signal?: AbortSignal) => Promise<object>;

const CONNECT_MS = 5_000;
/** Beyond the 29 s after which API Gateway gives up and answers 504 by itself. */
const ANSWER_MS = 35_000;
const READ_ATTEMPTS = 3;

/** A sender with two clients behind it, one for reads and one for writes. */
export function createSend(settings: AwsSettings): Send {
  const create = (maxAttempts: number) => {
    const { region, profile, endpoint, credentials, userAgent } = settings;
    return new AmplifyBackendClient({
      ...(region && { region }),
      ...(profile && { profile }),
      ...(endpoint && { endpoint }),
      ...(credentials && { credentials }),
      customUserAgent: userAgent,
      maxAttempts,
      requestHandler: {
        connectionTimeout: CONNECT_MS,
        requestTimeout: ANSWER_MS,
        throwOnRequestTimeout: true,
      },
    });
  };
  let reader: AmplifyBackendClient | undefined;
  let writer: AmplifyBackendClient | undefined;
  return (operation, command, signal) => {
    const isRead = operation.access === 'read';
    if (isRead) reader ??= create(READ_ATTEMPTS);
    else writer ??= create(1);
    const client = (isRead ? reader : writer) as AmplifyBackendClient;
    return client.send(command, signal ? { abortSignal: signal } : {});
  };
}
