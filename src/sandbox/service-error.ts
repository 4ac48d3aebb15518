/**
 * Errors as AWS sends them: a status, a bare error name for `x-amzn-ErrorType`, and a JSON body with a message.
 * Every refusal in the sandbox is a {@link ServiceError}; anything else that is thrown is a bug and becomes a 500.
 */

/** What a {@link ServiceError} may carry beside status, name and message. */
export interface ServiceErrorDetails {
  /** Further members of the JSON body, by wire name (`resourceType`, `limitType`). */
  readonly body?: Readonly<Record<string, string>>;
  /** Further response headers (`allow`). */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal that is sent to the client as it stands. */
export class ServiceError extends Error {
  /** HTTP status. */
  readonly status: number;
  /** Members of the body beside `message`. */
  readonly body: Readonly<Record<string, string>>;
  /** Headers beside the ones that every answer has. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, name: string, message: string, details: ServiceErrorDetails = {}) {
    super(message);
    this.name = name;
    this.status = status;
    this.body = details.body ?? {};
    this.headers = details.headers ?? {};
  }
}

/** 400: malformed, missing, mistyped, out of bounds, or refused because of the state things are in. */
export function badRequest(message: string): ServiceError {
  return new ServiceError(400, 'BadRequestException', message);
}

/** The kinds of thing that can be missing; sent as `resourceType`. */
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

/** 404, with the kind of thing that is missing. */
export function notFound(resourceType: ResourceType, message: string): ServiceError {
  return new ServiceError(404, 'NotFoundException', message, { body: { resourceType } });
}

/** 400 with the very text that users of the real service report (aws-amplify/amplify-studio#417). */
export function pendingJob(): ServiceError {
  return badRequest('There is already a pending job for the requested appId');
}

/** 405; `allow` lists the methods that the path does take. */
export function methodNotAllowed(method: string, allow: readonly string[]): ServiceError {
  return new ServiceError(405, 'MethodNotAllowedException', `Method ${method} is not allowed here`, {
    headers: { allow: allow.join(', ') },
  });
}

/** 429, as the SDKs know it. */
export function throttled(): ServiceError {
  return new ServiceError(429, 'TooManyRequestsException', 'Rate exceeded', {
    body: { limitType: 'REQUESTS_PER_SECOND' },
  });
}

/** 504, or another status: whether anything was done is for the client to find out. */
export function gatewayTimeout(status = 504): ServiceError {
  const name = status === 408 ? 'RequestTimeoutException' : 'GatewayTimeoutException';
  return new ServiceError(status, name, 'Endpoint request timed out');
}

/** 500, or another status, that says nothing about its cause, as AWS's does. */
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
