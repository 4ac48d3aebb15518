/**
 * Explains why a profile, or the SDK's chain without one, gives no credentials: the cause, the profile that is at fault, and
 * the command that fixes it. The SDK's own messages are left out, because they name files and are written for programmers.
 */
import { type ErrorCode, ServerError } from '../errors.ts';
import { quote } from '../lib/quote.ts';
import { serviceCode } from './credential-failures.ts';
import { shellWord } from './not-sent.ts';
import { explainProcess } from './process-failures.ts';
import { absentProfile, type Profile } from './profiles.ts';
import { findFileFault } from './shared-files.ts';

/** What is known of a failure of the chain. */
interface ChainFailure {
  readonly thrown: unknown;
  /** The profile, then those that it takes its keys from. */
  readonly profiles: readonly [Profile, ...Profile[]];
  /** The file with a web identity's token that the environment names. */
  readonly tokenFile: string | undefined;
  /** Log messages of the SDK's providers. Of several failures, the SDK throws only the last one. */
  readonly said: readonly string[];
}

/** The members of a thrown value that are read here. */
interface Thrown {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly path?: string;
  readonly $fault?: 'client' | 'server';
}

const partsOf = ({ thrown }: ChainFailure) => (thrown ?? {}) as Thrown;

function fail(failure: ChainFailure, code: ErrorCode, message: string, toDo: string): ServerError {
  return new ServerError(code, { message, hint: `Ask the person to ${toDo}`, cause: failure.thrown });
}

const flagOf = ({ name }: Profile) => `--profile ${shellWord(name)}`;
const exportKeys = (profile: Profile) =>
  `eval "$(aws configure export-credentials ${flagOf(profile)} --format env)"`;

/** A clause that connects the failing profile with the requested one; empty if they are the same. */
function sourceClause({ profiles: [first] }: ChainFailure, { name }: Profile): string {
  return first.name === name ? '' : `, from which the profile ${quote(first.name)} takes its keys,`;
}

function missingProfileFailure(failure: ChainFailure, missing: Profile): ServerError | Promise<ServerError> {
  const { profiles, thrown } = failure;
  const user = profiles.at(-2);
  if (user) return absentProfile(missing.name, `source_profile of the AWS profile ${quote(user.name)}`, user);
  return missing.namedBy
    ? absentProfile(missing.name, missing.namedBy)
    : new ServerError('credentials_missing', { cause: thrown });
}

/** The failure of profiles that take their keys from each other. @param circle each of them once */
function circularSourceFailure(failure: ChainFailure, circle: readonly Profile[]): ServerError {
  const [first, second] = circle;
  const toDo =
    'name a profile in source_profile that has keys or a sign-in of its own, or to type: aws configure';
  if (first && !second)
    return fail(
      failure,
      'credentials_missing',
      `The AWS profile ${quote(first.name)}${sourceClause(failure, first)} names itself as its source_profile, and has no keys of its own.`,
      `${toDo} ${flagOf(first)}`,
    );
  return fail(
    failure,
    'credentials_missing',
    `The AWS profiles ${circle.map(({ name }) => quote(name)).join(', ')} take their keys from each other.`,
    `correct source_profile in one of them: the last one must have keys or a sign-in of its own.`,
  );
}

/** The failure if one of the profiles needs the code of an MFA device, which this server cannot ask for. */
export function missingMfaCode(profiles: ChainFailure['profiles']): ServerError | undefined {
  const profile = profiles.find(({ kind, data }) => kind === 'role' && data.mfa_serial !== undefined);
  if (!profile) return undefined;
  const failure = { thrown: undefined, profiles, tokenFile: undefined, said: [] };
  return fail(
    failure,
    'credentials_missing',
    `The AWS profile ${quote(profile.name)} needs the code of an MFA device (mfa_serial), for which this server cannot ask.`,
    `type: ${exportKeys(failure.profiles[0])} and to start this server from the same shell, with AWS_REGION and without a profile of its own (the setting profile, AWS_PROFILE). When the keys have expired, it must be done again.`,
  );
}

function missingSessionFailure(failure: ChainFailure, profile: Profile, session: string): ServerError {
  return fail(
    failure,
    'credentials_missing',
    `The AWS profile ${quote(profile.name)}${sourceClause(failure, profile)} names the sso-session ${quote(session)}, which is not in the AWS config file.`,
    `type: aws configure sso ${flagOf(profile)}`,
  );
}

function signInFailure(failure: ChainFailure, profile: Profile, isOver: boolean): ServerError {
  const { message = '' } = partsOf(failure);
  const named = `The AWS profile ${quote(profile.name)}${sourceClause(failure, profile)}`;
  if (/invalid SSO credentials|Required parameters/i.test(message))
    return fail(
      failure,
      'credentials_missing',
      `${named} lacks a part of its single sign-on: sso_start_url, sso_region, sso_account_id or sso_role_name.`,
      `type: aws configure sso ${flagOf(profile)}`,
    );
  if (/ForbiddenException|No access/.test(message))
    return fail(
      failure,
      'credentials_refused',
      `${named} is signed in, but single sign-on does not give this user its role (sso_account_id, sso_role_name).`,
      `correct these two keys, or to have the access granted: aws configure sso ${flagOf(profile)} lists what there is.`,
    );
  // The SSO portal answers this way after a sign-out or after the session has expired.
  const isExpired = isOver || /UnauthorizedException|Session token not found/.test(message);
  const command = profile.kind === 'sso' ? 'aws sso login' : 'aws login';
  const state = isExpired ? 'has expired' : 'is not signed in';
  const subject = isExpired ? 'The sign-in of the AWS profile' : 'The AWS profile';
  return fail(
    failure,
    isExpired ? 'credentials_expired' : 'credentials_missing',
    `${subject} ${quote(profile.name)}${sourceClause(failure, profile)} ${state}.`,
    `type: ${command} ${flagOf(profile)}`,
  );
}

async function processFailure(failure: ChainFailure, profile: Profile): Promise<ServerError> {
  const why = await explainProcess(failure.said, profile.data.credential_process ?? '');
  return fail(
    failure,
    'credentials_missing',
    `The credential_process of the AWS profile ${quote(profile.name)}${sourceClause(failure, profile)} ${why}.`,
    `type: aws configure get credential_process ${flagOf(profile)} and to run the command that it prints: it says what it needs, such as a sign-in. The server needs the same PATH.`,
  );
}

function webIdentityFailure(
  failure: ChainFailure,
  profile: Profile | undefined,
  isExpired: boolean,
): ServerError {
  const { name = '', code } = partsOf(failure);
  const file = profile ? profile.data.web_identity_token_file : failure.tokenFile;
  const where = profile
    ? `web_identity_token_file of the AWS profile ${quote(profile.name)}${sourceClause(failure, profile)}`
    : 'AWS_WEB_IDENTITY_TOKEN_FILE';
  const named = `The web identity token ${quote(file ?? '')} (${where})`;
  if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR')
    return fail(
      failure,
      'credentials_missing',
      `${named} cannot be read (${code}).`,
      `check that the file is there and that this server may read it: ls -l ${shellWord(file ?? '')}`,
    );
  if (isExpired || /^ExpiredToken/.test(name))
    return fail(
      failure,
      'credentials_expired',
      `${named} has expired.`,
      'have the token renewed by what writes the file (the Kubernetes node, the CI job), then to send the same call again.',
    );
  return fail(
    failure,
    'credentials_refused',
    `AWS did not let the holder of ${named.replace('The', 'the')} assume its role.`,
    "check that the role's trust policy names the token's issuer, audience and subject, and that AWS_ROLE_ARN or role_arn is that role.",
  );
}

/** The failure of the last profile, which should have the keys, by its kind. */
function failureByKind(
  failure: ChainFailure,
  profile: Profile,
  isExpired: boolean,
  answer?: ErrorCode,
): ServerError | Promise<ServerError> {
  const quoted = quote(profile.name);
  const via = sourceClause(failure, profile);
  if (profile.kind === 'sso' || profile.kind === 'login') return signInFailure(failure, profile, isExpired);
  if (profile.kind === 'process' && answer === undefined) return processFailure(failure, profile);
  if (profile.kind === 'web-identity') return webIdentityFailure(failure, profile, isExpired);
  if (isExpired)
    return fail(
      failure,
      'credentials_expired',
      `The credentials of the AWS profile ${quoted}${via} have expired.`,
      `renew them, and to check with: aws sts get-caller-identity ${flagOf(profile)}`,
    );
  const [first] = failure.profiles;
  if (answer !== undefined)
    return fail(
      failure,
      'credentials_refused',
      `AWS refused the credentials of the AWS profile ${quote(first.name)}: its keys, or the role that it assumes.`,
      `type: aws sts get-caller-identity ${flagOf(first)}`,
    );
  if (profile.kind === 'keys')
    return fail(
      failure,
      'credentials_missing',
      profile.data.aws_access_key_id === undefined
        ? `The AWS profile ${quoted}${via} has a secret access key, but no access key id.`
        : `The AWS profile ${quoted}${via} has an access key id, but no secret access key.`,
      `type: aws configure ${flagOf(profile)}`,
    );
  if (profile.kind === 'role')
    return fail(
      failure,
      'credentials_missing',
      `The AWS profile ${quoted}${via} takes the keys for its role from credential_source ${quote(profile.data.credential_source ?? '')}, which gives none here.`,
      `set source_profile in place of credential_source, or to run this server where that source exists.`,
    );
  if (profile.data.role_arn !== undefined)
    return fail(
      failure,
      'credentials_missing',
      `The AWS profile ${quoted}${via} has a role_arn, and neither source_profile nor credential_source says whose keys assume it.`,
      `add source_profile = NAME to it, with a profile that has keys or a sign-in: aws configure set source_profile NAME ${flagOf(profile)}`,
    );
  return fail(
    failure,
    'credentials_missing',
    `The AWS profile ${quoted}${via} gives no credentials.`,
    `type: aws configure ${flagOf(profile)}`,
  );
}

/** The registered error for a failure of the chain. */
export async function chainFailure(failure: ChainFailure): Promise<ServerError> {
  const { thrown, profiles, tokenFile } = failure;
  if (thrown instanceof ServerError) return thrown;
  const { name = '', message = '', $fault } = partsOf(failure);
  const last = profiles.at(-1) ?? profiles[0];
  const isTokenAlone = last.kind === 'absent' && tokenFile !== undefined && !last.namedBy;
  // An answer that is not in the service's format fails in the SDK's parsers, whose errors have no `$fault`.
  const isAnswer = $fault !== undefined || /^(Timeout|Syntax|Type)Error$/.test(name);
  const answer = isAnswer ? serviceCode(thrown) : undefined;
  const lacksKeys = /^(absent|bare|keys)$/.test(last.kind) && answer === undefined;
  const fault = lacksKeys && !isTokenAlone ? await findFileFault() : undefined;
  if (fault) return fault.error;
  if (last.kind === 'absent' && !isTokenAlone) return missingProfileFailure(failure, last);
  if (last.kind === 'sso' && last.missingSession !== undefined)
    return missingSessionFailure(failure, last, last.missingSession);
  if (answer === 'unreachable' || answer === 'clock_skew' || answer === 'throttled')
    return new ServerError(answer, { cause: thrown });
  const isExpired = answer === 'credentials_expired' || /expired|cannot refresh/i.test(message);
  if (isTokenAlone) return webIdentityFailure(failure, undefined, isExpired);
  const start = profiles.findIndex(({ name }) => name === last.name);
  if (start !== profiles.length - 1 && last.kind !== 'keys')
    return circularSourceFailure(failure, profiles.slice(start, -1));
  return failureByKind(failure, last, isExpired, answer);
}
