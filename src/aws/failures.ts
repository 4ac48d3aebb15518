/**
 * Turns what the AWS SDK throws into a registered error: what happened, whether something may have been done, and what to
 * do next. AWS's own message is included as quoted data without secrets.
 */
import { AmplifyBackendServiceException } from '@aws-sdk/client-amplifybackend';
import { isThrottlingError } from '@smithy/core/retry';
import { type ErrorCode, errorRegistry, ServerError } from '../errors.ts';
import { findDenial } from '../lib/access-denial.ts';
import { quote as quoteText } from '../lib/quote.ts';
import { findFailedConnection } from '../network/index.ts';
import { redactText } from '../secrets/redaction.ts';
import { isWrite, type Sendable } from './client.ts';
import { ForeignAnswer, whoAnswered } from './foreign-answer.ts';

/** The members of an SDK exception that are read here. */
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

/** AWS's message as quoted data: one line, bounded, without secrets. */
export function quoteAws(text: string, secrets: readonly string[] = []): string {
  return `AWS says (quoted data): ${quoteText(redactText(text, secrets), MAX_QUOTE)}`;
}

const notConnected = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;
const refusedNames =
  /^(UnrecognizedClient|InvalidSignature|InvalidClientTokenId|IncompleteSignature|MissingAuthenticationToken|SignatureDoesNotMatch|InvalidAccessKeyId)/;

/** Failures before anything is sent: no credentials, no region, no connection. */
function localCode(thrown: SdkException): ErrorCode | undefined {
  const { name = '', message = '', code = '' } = thrown;
  if (name === 'AbortError') return 'cancelled';
  if (/^(CredentialsProviderError|TokenProviderError)$/.test(name))
    return /expired/i.test(message) ? 'credentials_expired' : 'credentials_missing';
  if (/region is missing/i.test(message)) return 'region_missing';
  // A client that uses `explainUnsent` has told these already, with their cause.
  if (notConnected.test(code) || findFailedConnection(thrown)) return 'not_sent';
  return undefined;
}

/** Failures of another AWS service that the SDK's chain asked for credentials. The operation was never sent. */
function chainCode(thrown: SdkException, { exception }: Sendable): ErrorCode | undefined {
  const answers = exception ?? AmplifyBackendServiceException;
  if (thrown.$fault === undefined || thrown instanceof answers) return undefined;
  return /^ExpiredToken/.test(thrown.name ?? '') ? 'credentials_expired' : 'credentials_refused';
}

/** Whether AWS throttled the request. */
export const isThrottle = (thrown: unknown): boolean =>
  thrown instanceof Error && isThrottlingError(thrown as Parameters<typeof isThrottlingError>[0]);

/**
 * How often a request was sent before this failure; 1 for a failure that is not the SDK's. All attempts except the last
 * were throttled: see `createRetryStrategy`.
 */
export function countAttempts({ cause }: ServerError): number {
  return (
    (cause as { readonly $metadata?: { readonly attempts?: number } } | undefined)?.$metadata?.attempts ?? 1
  );
}

/** A write to which a gateway answered 504: the gateway timed out, and the service may still execute the write. */
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
 * Whether API Gateway (after 29 s) or another gateway timed out. A 504 of the service itself has the name that its API
 * documents.
 */
const isGatewayTimeout = (status: number, { name }: SdkException) =>
  status === 504 && name !== 'GatewayTimeoutException';

/**
 * Whether the answer did not come from the service: a page, a text that is not in the service's form, or a 404 that does
 * not say what is missing. Such a status says nothing about the outcome of the operation.
 */
const isForeign = (status: number, thrown: SdkException) =>
  thrown instanceof ForeignAnswer ||
  /^(Syntax|Type)Error$/.test(thrown.name ?? '') ||
  (status === 404 && thrown.message === 'UnknownError');

const CHECK_NETWORK =
  'ask the person to check the region, AWS_ENDPOINT_URL, and whether there is a proxy or a firewall between the server and AWS.';

/** The code, the first sentence and the hint for an answer that did not come from the service. */
function foreignFailure(status: number, isRead: boolean): readonly [ErrorCode, string, string] {
  const ofCode = (code: ErrorCode): readonly [ErrorCode, string, string] => {
    const { message, hint } = errorRegistry[code];
    return [code, message, `${hint} If that does not help, ${CHECK_NETWORK}`];
  };
  if (status === 429) return ofCode('throttled');
  const refused = 'The request was refused before it reached the service, and nothing was done.';
  if ([401, 403, 407].includes(status))
    return ['access_denied', refused, `Do not send it again: ${CHECK_NETWORK}`];
  if (isRead) return ofCode('service_unavailable');
  if (status >= 400 && status < 500 && status !== 408)
    return ['unreachable', refused, `Before it is sent again, ${CHECK_NETWORK}`];
  return ofCode('outcome_unknown');
}

/** The registered error for an answer that did not come from the service. */
function foreignError(
  thrown: SdkException,
  status: number,
  isRead: boolean,
  secrets: readonly string[],
): ServerError {
  const [code, sentence, hint] = foreignFailure(status, isRead);
  const answered =
    thrown instanceof ForeignAnswer
      ? whoAnswered(thrown, secrets)
      : `What answered was not the service (HTTP ${status}).`;
  return new ServerError(code, {
    message: `${sentence} ${answered}`,
    hint,
    requestId: thrown.$metadata?.requestId,
    cause: thrown,
  });
}

/** The code for a failure that AWS answered with. */
function answeredCode(thrown: SdkException, status: number, isRead: boolean): ErrorCode {
  const { name = '', message = '' } = thrown;
  if (/^ExpiredToken/.test(name)) return 'credentials_expired';
  if (/^RequestTimeTooSkewed/.test(name) || /signature (expired|not yet current)/i.test(message))
    return 'clock_skew';
  if (refusedNames.test(name)) return 'credentials_refused';
  if (isThrottle(thrown)) return 'throttled';
  if (/^AccessDenied/.test(name) || status === 401 || status === 403) return 'access_denied';
  // If another service denies access to AmplifyBackend, AmplifyBackend answers with 400.
  if (status < 500 && findDenial(message)) return 'access_denied';
  if (status === 404) return 'not_found';
  if (/already a pending job/i.test(message)) return 'pending_job';
  // 408 is not a refusal: AWS stopped waiting, as with a 5xx.
  if (status >= 400 && status < 500 && status !== 408) return 'bad_request';
  return isRead ? 'service_unavailable' : 'outcome_unknown';
}

/** The message and the hint of a failure. For a denial, they name the kind of policy that denied the call. */
function textsOf(code: ErrorCode, { message = '', $metadata }: SdkException, { iamAction }: Sendable) {
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
 * @param secrets secret values of the request, which the text must not contain
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
    // The request was sent but has no readable answer: the connection broke, or a 200 had an invalid body.
    return new ServerError(isRead ? 'service_unavailable' : 'outcome_unknown', { cause: thrown });
  }
  const { message, hint } = textsOf(code, exception, operation);
  const quoted = status !== undefined && exception.message ? ` ${quoteAws(exception.message, secrets)}` : '';
  const missing = exception.ResourceType ?? exception.resourceType;
  const what = code === 'not_found' && missing ? ` Missing: ${quoteText(redactText(missing, secrets))}.` : '';
  return new ServerError(code, {
    message: `${message}${what}${quoted}`,
    hint,
    requestId: exception.$metadata?.requestId,
    cause: thrown,
  });
}
