/**
 * Turns what the AWS SDK throws into a registered error: what happened, whether something may have been
 * done, what to do next. AWS's own words travel along as quoted data, cleared of secrets.
 */

import { AmplifyBackendServiceException } from '@aws-sdk/client-amplifybackend';
import { isThrottlingError } from '@smithy/core/retry';
import { type ErrorCode, errorRegistry, ServerError } from '../errors.ts';
import { findDenial } from '../lib/access-denial.ts';
import { quote as quoteText } from '../lib/quote.ts';
import { redactText } from '../secrets/redaction.ts';
import { isWrite, type Sendable } from './client.ts';
import { ForeignAnswer } from './foreign-answer.ts';

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
/** Of what a proxy or a gateway shows. */
const LONGEST_EXCERPT = 120;

/** AWS's words as data: one line, bounded, cleared of secrets, and marked as not ours. */
export function quoteAws(text: string, secrets: readonly string[] = []): string {
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

/**
 * How often a request went out before it failed so; 1 for what did not come from the SDK. All but the last were
 * answered with throttling: see `createRetryStrategy`.
 */
export function countAttempts({ cause }: ServerError): number {
  return (
    (cause as { readonly $metadata?: { readonly attempts?: number } } | undefined)?.$metadata?.attempts ?? 1
  );
}

/** A write to which a gateway answered 504: it gave up waiting, and the work behind it goes on. */
export class GatewayGaveUp extends ServerError {
  constructor(thrown: SdkException, { name }: Sendable) {
    super('outcome_unknown', {
      message: `A gateway in front of AWS gave up waiting (HTTP 504) while the work behind it goes on: ${name} may still be done.`,
      requestId: thrown.$metadata?.requestId,
      cause: thrown,
    });
  }
}

/**
 * What API Gateway answers after its 29 s, or another gateway likewise. A 504 of the service itself has the name that
 * its API documents.
 */
const isGatewayTimeout = (status: number, { name }: SdkException) =>
  status === 504 && name !== 'GatewayTimeoutException';

/**
 * Whether something else than the service answered: a page, a text that is not in the service's form, or a 404 that
 * does not say what is missing. Its status is no word of the service on what was asked for.
 */
const isForeign = (status: number, thrown: SdkException) =>
  thrown instanceof ForeignAnswer ||
  /^(Syntax|Type)Error$/.test(thrown.name ?? '') ||
  (status === 404 && thrown.message === 'UnknownError');

const CHECK_THE_WAY =
  'ask the person to check the region, AWS_ENDPOINT_URL, and whether a proxy or a firewall stands between the server and AWS.';

/** The code, the sentence before what was answered, and the hint, for what something else than the service answered. */
function foreignFailure(status: number, isRead: boolean): readonly [ErrorCode, string, string] {
  const ofCode = (code: ErrorCode): readonly [ErrorCode, string, string] => {
    const { message, hint } = errorRegistry[code];
    return [code, message, `${hint} If it stays so, ${CHECK_THE_WAY}`];
  };
  if (status === 429) return ofCode('throttled');
  const refusedOnTheWay = 'The request was refused on its way to the service, and nothing was done.';
  if ([401, 403, 407].includes(status))
    return ['access_denied', refusedOnTheWay, `Do not send it again: ${CHECK_THE_WAY}`];
  if (isRead) return ofCode('service_unavailable');
  if (status >= 400 && status < 500 && status !== 408)
    return ['unreachable', refusedOnTheWay, `Before it is sent again, ${CHECK_THE_WAY}`];
  return ofCode('outcome_unknown');
}

/** The registered error for what something else than the service answered. */
function foreignError(
  thrown: SdkException,
  status: number,
  isRead: boolean,
  secrets: readonly string[],
): ServerError {
  const [code, sentence, hint] = foreignFailure(status, isRead);
  const excerpt = thrown instanceof ForeignAnswer ? thrown.excerpt : '';
  const words = excerpt === '' ? '' : `: ${quoteText(redactText(excerpt, secrets), LONGEST_EXCERPT)}`;
  return new ServerError(code, {
    message: `${sentence} What answered was not the service (HTTP ${status}${words}).`,
    hint,
    requestId: thrown.$metadata?.requestId,
    cause: thrown,
  });
}

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
  if (status < 500 && findDenial(message)) return 'access_denied';
  if (status === 404) return 'not_found';
  if (/already a pending job/i.test(message)) return 'pending_job';
  // 408 is no refusal: AWS gave up waiting, as with a 5xx.
  if (status >= 400 && status < 500 && status !== 408) return 'bad_request';
  return isRead ? 'service_unavailable' : 'outcome_unknown';
}

/** What happened and what to do: a policy above the identity is no missing grant. */
function wordsOf(code: ErrorCode, { message = '', $metadata }: SdkException, { iamAction }: Sendable) {
  const base = new ServerError(code);
  if ($metadata?.httpStatusCode === 413)
    return {
      message: base.message,
      hint: 'The request is too large: shorten the longest argument and call again.',
    };
  if (code !== 'access_denied') return base;
  const denial = findDenial(message);
  const action = `The action is ${iamAction}.`;
  return denial
    ? { message: `Denied by ${denial.by}.`, hint: `${denial.whatToDo} ${action}` }
    : { message: base.message, hint: `${base.hint} ${action}` };
}

/**
 * The registered error for what the SDK threw while sending an operation.
 * @param secrets secret values of the request, to be kept out of the text
 */
export function toAwsFailure(thrown: unknown, operation: Sendable, secrets: readonly string[]): ServerError {
  if (thrown instanceof ServerError) return thrown;
  const exception = (thrown ?? {}) as SdkException;
  const isRead = !isWrite(operation);
  const status = exception.$metadata?.httpStatusCode;
  const local = chainCode(exception, operation) ?? (status === undefined ? localCode(exception) : undefined);
  if (local === undefined && status !== undefined) {
    if (!isRead && isGatewayTimeout(status, exception)) return new GatewayGaveUp(exception, operation);
    if (isForeign(status, exception)) return foreignError(exception, status, isRead, secrets);
  }
  const code = local ?? (status === undefined ? undefined : answeredCode(exception, status, isRead));
  if (code === undefined) {
    // Sent, and no answer that can be read: the connection broke, or a 200 was not what it should be.
    return new ServerError(isRead ? 'service_unavailable' : 'outcome_unknown', { cause: thrown });
  }
  const { message, hint } = wordsOf(code, exception, operation);
  const said = status !== undefined && exception.message ? ` ${quoteAws(exception.message, secrets)}` : '';
  const missing = exception.ResourceType ?? exception.resourceType;
  const what = code === 'not_found' && missing ? ` Missing: ${quoteText(redactText(missing, secrets))}.` : '';
  return new ServerError(code, {
    message: `${message}${what}${said}`,
    hint,
    requestId: exception.$metadata?.requestId,
    cause: thrown,
  });
}
