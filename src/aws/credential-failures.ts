/** Turns what STS and the services of the credential chain answer into registered errors. */
import { type ErrorCode, ServerError } from '../errors.ts';
import { quote } from '../lib/quote.ts';
import { findFailedConnection } from '../network/index.ts';
import { ForeignAnswer, whoAnswered } from './foreign-answer.ts';

/** The members of a thrown value that are read here. */
interface Thrown {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $fault?: 'client' | 'server';
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const partsOf = (thrown: unknown) => (thrown ?? {}) as Thrown;

const noConnection = /^(ECONNRESET|EPIPE|ETIMEDOUT)$/;

/** The code for the failure of an AWS service that was asked for credentials or an identity. */
export function serviceCode(thrown: unknown): ErrorCode {
  const { name = '', message = '', code = '', $metadata } = partsOf(thrown);
  if (thrown instanceof ServerError) return thrown.code;
  if (findFailedConnection(thrown)) return 'not_sent';
  if (thrown instanceof ForeignAnswer) return $metadata?.httpStatusCode === 429 ? 'throttled' : 'unreachable';
  if (/^ExpiredToken/.test(name)) return 'credentials_expired';
  if (
    /^RequestExpired|^RequestTimeTooSkewed/.test(name) ||
    /signature (expired|not yet current)/i.test(message)
  )
    return 'clock_skew';
  const status = $metadata?.httpStatusCode;
  if (/^(Throttl|TooManyRequests|RequestLimitExceeded)/.test(name) || status === 429) return 'throttled';
  if (noConnection.test(code) || /^(Timeout|Syntax|Type)Error$/.test(name) || (status ?? 0) >= 500)
    return 'unreachable';
  return status === undefined ? 'internal' : 'credentials_refused';
}

/** Whether new credentials may help, so that the current ones should be discarded. */
export function blamesCredentials(thrown: unknown): boolean {
  if (thrown instanceof ServerError) return /^(credentials_|access_denied)/.test(thrown.code);
  if (thrown instanceof ForeignAnswer) return false;
  const { name = '', $metadata } = partsOf(thrown);
  return /^ExpiredToken/.test(name) || [401, 403].includes($metadata?.httpStatusCode ?? 0);
}

/** The error for the failure of an AWS service that was asked for credentials or an identity. */
export function serviceFailure(thrown: unknown): ServerError {
  if (thrown instanceof ServerError) return thrown;
  const code = serviceCode(thrown);
  if (!(thrown instanceof ForeignAnswer)) return new ServerError(code, { cause: thrown });
  const { message } = new ServerError(code);
  return new ServerError(code, {
    message: `${message} ${whoAnswered(thrown)}`,
    cause: thrown,
  });
}

const ask = (what: string) => `Ask the person to ${what}`;

/** Why a role could not be assumed. */
export function roleFailure(thrown: unknown, roleArn: string, hasExternalId: boolean): ServerError {
  if (thrown instanceof ServerError) return thrown;
  const { name = '' } = partsOf(thrown);
  const code = serviceCode(thrown);
  if (code !== 'credentials_refused') return serviceFailure(thrown);
  const role = quote(roleArn);
  if (/^AccessDenied/.test(name)) {
    const externalId = hasExternalId
      ? 'that the setting externalId is the one it requires'
      : 'whether it requires an external id (setting externalId)';
    return new ServerError(code, {
      message: `AWS did not let the server's credentials assume the role ${role}.`,
      hint: ask(
        `check the role's trust policy: who may assume it, and ${externalId}; and that the credentials allow sts:AssumeRole.`,
      ),
      cause: thrown,
    });
  }
  if (/^ValidationError/.test(name))
    return new ServerError(code, {
      message: `AWS refused to open a session of the role ${role} with these settings.`,
      hint: ask(
        'check the settings sessionName and durationSeconds. The duration is at most what the role allows, and at most an hour for a role that is assumed with the credentials of another role.',
      ),
      cause: thrown,
    });
  return new ServerError(code, {
    message: `The role ${role} could not be assumed, because AWS refused the credentials for it.`,
    cause: thrown,
  });
}
