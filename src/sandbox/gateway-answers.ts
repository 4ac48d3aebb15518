/**
 * Answers that come from Amazon API Gateway in front of the service, or from Express, in which the service is written.
 * Their forms are those of API Gateway's documented gateway responses and of Express 4's final handler.
 */
import { randomUUID } from 'node:crypto';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { isObject } from '../lib/json.ts';
import type { Reply } from './http-reply.ts';
import { sandboxAccountId, sandboxRegion } from './identity.ts';
import { badRequest } from './service-error.ts';

/** The answer of a fault of kind `answer-before` or `answer-after`. */
export interface GatewayAnswer {
  readonly status: number;
  /** Added to the headers that every answer has; the same name overrides. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const gatewayError = (status: number, name: string, body: object): GatewayAnswer => ({
  status,
  headers: { 'content-type': 'application/json', 'x-amzn-ErrorType': name },
  body: JSON.stringify(body),
});

const expressErrorPage = (status: number, text: string): GatewayAnswer => ({
  status,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'",
    'x-content-type-options': 'nosniff',
  },
  body: `<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n<body>\n<pre>${text}</pre>\n</body>\n</html>\n`,
});

const user = `arn:aws:iam::${sandboxAccountId}:user/sandbox`;

/** `{method}`, `{path}` and `{operation}` are replaced by those of the request. */
const namedAnswers = {
  'gateway-timeout': gatewayError(504, 'InternalServerErrorException', {
    message: 'Endpoint request timed out',
  }),
  'bad-gateway': gatewayError(502, 'InternalServerErrorException', { message: 'Internal server error' }),
  'too-large': gatewayError(413, 'RequestTooLargeException', { message: 'Request Too Long' }),
  'too-many-requests': gatewayError(429, 'TooManyRequestsException', { message: 'Too Many Requests' }),
  'limit-exceeded': gatewayError(429, 'LimitExceededException', { message: 'Limit Exceeded' }),
  denied: gatewayError(403, 'AccessDeniedException', {
    Message: `User: ${user} is not authorized to perform: amplifybackend:{operation} on resource: arn:aws:amplifybackend:${sandboxRegion}:${sandboxAccountId}:{path}`,
  }),
  'page-404': expressErrorPage(404, 'Cannot {method} {path}'),
  'page-500': expressErrorPage(500, 'Internal Server Error'),
} as const satisfies Record<string, GatewayAnswer>;

/** The names of the answers; the first is the default. */
export const gatewayAnswerNames = Object.keys(namedAnswers) as (keyof typeof namedAnswers)[];

/**
 * Reads the member `answer` of a fault: the name of an answer, or a complete answer.
 * @throws ServiceError 400 that says what is allowed
 */
export function readGatewayAnswer(wanted: unknown): GatewayAnswer {
  const name = gatewayAnswerNames.find(known => known === wanted);
  if (name) return namedAnswers[name];
  const { status, headers = {}, body = '', ...others } = isObject(wanted) ? wanted : {};
  const isStatus = typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599;
  if (!isStatus || !areHeaders(headers) || typeof body !== 'string' || Object.keys(others).length > 0)
    throw badRequest(
      `answer ${JSON.stringify(wanted)} is neither one of ${gatewayAnswerNames.join(', ')} nor {"status": 200 to 599, "headers": {}, "body": ""}`,
    );
  return { status, headers, body };
}

function areHeaders(headers: unknown): headers is Record<string, string> {
  try {
    if (!isObject(headers)) return false;
    return Object.entries(headers).every(([name, value]) => {
      validateHeaderName(name);
      validateHeaderValue(name, String(value));
      return typeof value === 'string';
    });
  } catch {
    return false;
  }
}

const toCharacterReference = (character: string) => `&#${character.charCodeAt(0)};`;

/** The answer to one request. @param now epoch milliseconds */
export function gatewayReply(
  { status, headers, body }: GatewayAnswer = namedAnswers['gateway-timeout'],
  request: { readonly method: string; readonly path: string; readonly operation: string },
  now: number,
): Reply {
  const text = Object.entries(request).reduce(
    (rest, [name, value]) =>
      rest.replaceAll(`{${name}}`, () => value.replace(/[<>&"']/g, toCharacterReference)),
    body,
  );
  return {
    status,
    headers: {
      'content-length': String(Buffer.byteLength(text)),
      'x-amzn-RequestId': randomUUID(),
      'x-amz-apigw-id': apiGatewayId(),
      date: new Date(now).toUTCString(),
      ...headers,
    },
    body: text,
  };
}

/** A random request id in the form of API Gateway's `x-amz-apigw-id`. */
export const apiGatewayId = () => `${randomUUID().replaceAll('-', '').slice(0, 15)}=`;
