/**
 * Turns what the AWS SDK throws into a registered error: what happened, whether something may have been
 * done, what to do next. AWS's own words travel along as quoted data, cleared of secrets.
 */

import { AmplifyBackendServiceException } from '@aws-sdk/client-amplifybackend';
import { isThrottlingError } from '@smithy/core/retry';
import { type ErrorCode, RegisteredError } from '../errors.ts';
import { denialIn } from '../lib/denial.ts';
import { quote as quoteText } from '../lib/quote.ts';
import { isWrite, type Sendable } from './client.ts';
import { redactText } from './redact.ts';

/** The parts of an SDK exception that are read here. */
interface SdkException {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly resourceType?: string;
  readonly ResourceType?: string;
  readonly $fault?: 'client' | 'server';
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

const MAX_QUOTE = 600;

/** AWS's words as data: one line, bounded, cleared of secrets, and marked as not ours. */
export function quote(text: string, secrets: readonly string[] = []): string {
  return `AWS says (quoted data): ${quoteText(redactText(text, secrets), MAX_QUOTE)}`;
}

const notConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
const refusedNames =
  /^(UnrecognizedClient|InvalidSignature|InvalidClientTokenId|IncompleteSignature|MissingAuthenticationToken|SignatureDoesNotMatch|InvalidAccessKeyId)/;

/** Failures before anything is sent: no credentials, no region, no connection. */
function localCode(thrown: SdkException): ErrorCode | undefined {
  const { name = '', message = '', code = '' } = thrown;
  if (name === 'AbortError') return 'cancelled';
  if (/^(CredentialsProviderError|TokenProviderError)$/.test(name))
    return /expired/i.test(message) ? 'credentials_expired' : 'credentials_missing';
  if (/region is missing/i.test(message)) return 'region_missing';
  if (notConnected.has(code) || (name === 'TimeoutError' && /connection/i.test(message)))
    return 'unreachable';
  return undefined;
}

/** Failures of another AWS service, asked for credentials by the SDK's chain: the operation was never sent. */
function chainCode(thrown: SdkException, { exception }: Sendable): ErrorCode | undefined {
  const answers = exception ?? AmplifyBackendServiceException;
  if (thrown.$fault === undefined || thrown instanceof answers) return undefined;
  return /^ExpiredToken/.test(thrown.name ?? '') ? 'credentials_expired' : 'credentials_refused';
}

/** Whether AWS answered that it is asked too often. */
export const isThrottle = (thrown: unknown): boolean =>
  thrown instanceof Error && isThrottlingError(thrown as Parameters<typeof isThrottlingError>[0]);

/** Failures that AWS answered with. */
function answeredCode(thrown: SdkException, status: number, isRead: boolean): ErrorCode {
  const { name = '', message = '' } = thrown;
  if (/^ExpiredToken/.test(name)) return 'credentials_expired';
  if (/^RequestTimeTooSkewed/.test(name) || /signature (expired|not yet current)/i.test(message))
    return 'clock_skew';
  if (refusedNames.test(name)) return 'credentials_refused';
  if (isThrottle(thrown)) return 'throttled';
  if (/^AccessDenied/.test(name) || status === 401 || status === 403) return 'access_denied';
  // What AmplifyBackend was refused by another service it answers with 400.
  if (status < 500 && denialIn(message)) return 'access_denied';
  if (status === 404) return 'not_found';
  if (/already a pending job/i.test(message)) return 'pending_job';
  // 408 is no refusal: AWS gave up waiting, as with a 5xx.
  if (status >= 400 && status < 500 && status !== 408) return 'bad_request';
  return isRead ? 'service_unavailable' : 'outcome_unknown';
}

/** What happened and what to do: a policy above the identity is no missing grant. */
function wordsOf(code: ErrorCode, { message = '' }: SdkException, { iamAction }: Sendable) {
  const base = new RegisteredError(code);
  if (code !== 'access_denied') return base;
  const denial = denialIn(message);
  const action = `The action is ${iamAction}.`;
  return denial
    ? { message: `Denied by ${denial.by}.`, hint: `${denial.whatToDo} ${action}` }
    : { message: base.message, hint: `${base.hint} ${action}` };
}

/**
 * The registered error for what the SDK threw while sending an operation.
 * @param secrets secret values of the request, to be kept out of the text
 */
export function toRegistered(
  thrown: unknown,
  operation: Sendable,
  secrets: readonly string[],
): RegisteredError {
  if (thrown instanceof RegisteredError) return thrown;
  const exception = (thrown ?? {}) as SdkException;
  const isRead = !isWrite(operation);
  const status = exception.$metadata?.httpStatusCode;
  const local = chainCode(exception, operation) ?? (status === undefined ? localCode(exception) : undefined);
  const code = local ?? (status === undefined ? undefined : answeredCode(exception, status, isRead));
  if (code === undefined) {
    // Sent, and no answer that can be read: the connection broke, or a 200 was not what it should be.
    return new RegisteredError(isRead ? 'service_unavailable' : 'outcome_unknown', { cause: thrown });
  }
  const { message, hint } = wordsOf(code, exception, operation);
  const said = status !== undefined && exception.message ? ` ${quote(exception.message, secrets)}` : '';
  const missing = exception.ResourceType ?? exception.resourceType;
  const what = code === 'not_found' && missing ? ` Missing: ${quoteText(redactText(missing, secrets))}.` : '';
  return new RegisteredError(code, {
    message: `${message}${what}${said}`,
    hint,
    requestId: exception.$metadata?.requestId,
    cause: thrown,
  });
}
