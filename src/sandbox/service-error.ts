/**
 * Errors as AWS sends them: a status, a bare error name for `x-amzn-ErrorType`, and a JSON body with a message.
 * Every refusal in the sandbox is a {@link ServiceError}; anything else that is thrown is a bug and becomes a 500.
 */

/** Further parts of a {@link ServiceError}. */
export interface ServiceErrorDetails {
  /** Further members of the JSON body, by wire name (`resourceType`, `limitType`). */
  readonly body?: Readonly<Record<string, string>>;
  /** Further response headers (`allow`). */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal that is sent to the client unchanged. */
export class ServiceError extends Error {
  /** HTTP status. */
  readonly status: number;
  /** Further members of the body. */
  readonly body: Readonly<Record<string, string>>;
  /** Further response headers. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, name: string, message: string, details: ServiceErrorDetails = {}) {
    super(message);
    this.name = name;
    this.status = status;
    this.body = details.body ?? {};
    this.headers = details.headers ?? {};
  }
}

/** 400: a malformed request, or one that the current state does not allow. */
export function badRequest(message: string): ServiceError {
  return new ServiceError(400, 'BadRequestException', message);
}

/** What is missing; sent as `resourceType`. */
export type ResourceType =
  | 'App'
  | 'Environment'
  | 'Auth'
  | 'API'
  | 'Storage'
  | 'Bucket'
  | 'Config'
  | 'Job'
  | 'Token'
  | 'Path';

export function notFound(resourceType: ResourceType, message: string): ServiceError {
  return new ServiceError(404, 'NotFoundException', message, { body: { resourceType } });
}

/** 400 with the very text that users of the real service report (aws-amplify/amplify-studio#417). */
export function pendingJob(): ServiceError {
  return badRequest('There is already a pending job for the requested appId');
}

/** 405. `allow` lists the methods that the path allows. */
export function methodNotAllowed(method: string, allow: readonly string[]): ServiceError {
  return new ServiceError(405, 'MethodNotAllowedException', `Method ${method} is not allowed here`, {
    headers: { allow: allow.join(', ') },
  });
}

/** 429 with the error name of the SDK's model. */
export function throttled(): ServiceError {
  return new ServiceError(429, 'TooManyRequestsException', 'Rate exceeded', {
    body: { limitType: 'REQUESTS_PER_SECOND' },
  });
}

/** 504 or another status. The answer does not say whether the request was executed. */
export function gatewayTimeout(status = 504): ServiceError {
  const name = status === 408 ? 'RequestTimeoutException' : 'GatewayTimeoutException';
  return new ServiceError(status, name, 'Endpoint request timed out');
}

/** 500 or another status. Like AWS's, the message does not name the cause. */
export function internalFailure(status = 500): ServiceError {
  return new ServiceError(
    status,
    'InternalFailure',
    'The request processing has failed because of an unknown error, exception or failure.',
  );
}

/** 403 with one of AWS's authentication error names. */
export function forbidden(
  name:
    | 'MissingAuthenticationTokenException'
    | 'IncompleteSignatureException'
    | 'UnrecognizedClientException'
    | 'ExpiredTokenException'
    | 'InvalidSignatureException',
  message: string,
): ServiceError {
  return new ServiceError(403, name, message);
}
