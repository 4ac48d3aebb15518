/**
 * Turns failures to get credentials into registered errors that name the profile or the role and the command to type. The
 * SDK's own messages are left out, because they name files and are written for programmers.
 */
import { type ErrorCode, ServerError } from '../errors.ts';
import { quote } from '../lib/quote.ts';
import { ForeignAnswer } from './foreign-answer.ts';
import { type Profile, typed } from './profiles.ts';

/** The members of a thrown value that are read here. */
interface Thrown {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $fault?: 'client' | 'server';
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const partsOf = (thrown: unknown) => (thrown ?? {}) as Thrown;

const noConnection =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|ETIMEDOUT)$/;

/** The code for the failure of an AWS service that was asked for credentials or an identity. */
export function serviceCode(thrown: unknown): ErrorCode {
  const { name = '', message = '', code = '', $metadata } = partsOf(thrown);
  if (thrown instanceof ServerError) return thrown.code;
  if (thrown instanceof ForeignAnswer) return $metadata?.httpStatusCode === 429 ? 'throttled' : 'unreachable';
  if (/^ExpiredToken/.test(name)) return 'credentials_expired';
  if (
    /^RequestExpired|^RequestTimeTooSkewed/.test(name) ||
    /signature (expired|not yet current)/i.test(message)
  )
    return 'clock_skew';
  const status = $metadata?.httpStatusCode;
  if (/^(Throttl|TooManyRequests|RequestLimitExceeded)/.test(name) || status === 429) return 'throttled';
  if (noConnection.test(code) || name === 'TimeoutError' || (status ?? 0) >= 500) return 'unreachable';
  return status === undefined ? 'internal' : 'credentials_refused';
}

/** Whether new credentials may help, so that the current ones should be discarded. */
export function blamesCredentials(thrown: unknown): boolean {
  if (thrown instanceof ServerError) return /^(credentials_|access_denied)/.test(thrown.code);
  if (thrown instanceof ForeignAnswer) return false;
  const { name = '', $metadata } = partsOf(thrown);
  return /^ExpiredToken/.test(name) || [401, 403].includes($metadata?.httpStatusCode ?? 0);
}

const ask = (what: string) => `Ask the person to ${what}`;

/** Why a profile, or the chain if no profile is named, gives no credentials. */
export function chainFailure(thrown: unknown, { name, kind, isNamed }: Profile): ServerError {
  if (thrown instanceof ServerError) return thrown;
  const parts = partsOf(thrown);
  const fail = (code: ErrorCode, message: string, hint: string) =>
    new ServerError(code, { message, hint: ask(hint), cause: thrown });
  const quoted = quote(name);
  const flag = `--profile ${typed(name)}`;
  if (kind === 'absent')
    return isNamed
      ? fail(
          'credentials_missing',
          `There is no AWS profile ${quoted}.`,
          `type: aws configure ${flag} (or to correct the setting profile).`,
        )
      : new ServerError('credentials_missing', { cause: thrown });
  const serviceSays =
    parts.$fault === undefined && !noConnection.test(parts.code ?? '') ? undefined : serviceCode(thrown);
  if (serviceSays === 'unreachable' || serviceSays === 'clock_skew' || serviceSays === 'throttled')
    return new ServerError(serviceSays, { cause: thrown });
  const isExpired =
    serviceSays === 'credentials_expired' || /expired|cannot refresh/i.test(parts.message ?? '');
  if (kind !== 'other') {
    const command = kind === 'sso' ? 'aws sso login' : 'aws login';
    return isExpired
      ? fail(
          'credentials_expired',
          `The sign-in of the AWS profile ${quoted} has expired.`,
          `type: ${command} ${flag}`,
        )
      : fail(
          'credentials_missing',
          `The AWS profile ${quoted} is not signed in.`,
          `type: ${command} ${flag}`,
        );
  }
  if (isExpired)
    return fail(
      'credentials_expired',
      `The credentials of the AWS profile ${quoted} have expired.`,
      `renew them, and to check with: aws sts get-caller-identity ${flag}`,
    );
  if (serviceSays !== undefined)
    return fail(
      'credentials_refused',
      `AWS refused the credentials of the AWS profile ${quoted}: its keys, or the role that it assumes.`,
      `type: aws sts get-caller-identity ${flag}`,
    );
  return fail(
    'credentials_missing',
    `The AWS profile ${quoted} gives no credentials.`,
    `type: aws configure ${flag}`,
  );
}

/** Why a role could not be assumed. */
export function roleFailure(thrown: unknown, roleArn: string, hasExternalId: boolean): ServerError {
  if (thrown instanceof ServerError) return thrown;
  const { name = '' } = partsOf(thrown);
  const code = serviceCode(thrown);
  if (code !== 'credentials_refused') return new ServerError(code, { cause: thrown });
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
