/**
 * The person's AWS profiles: their names, their kinds, and the region that they or the environment name. They are read
 * with the SDK's own parser whenever the files change, so that a change takes effect on the next call.
 */
import { getProfileName } from '@smithy/core/config';
import { ServerError } from '../errors.ts';
import type { Env } from '../lib/env.ts';
import { quote, quoteName, quoteNames } from '../lib/quote.ts';
import { closestWords } from '../operations/closest-words.ts';
import { isPlaceholder, placeholderFault, shellWord } from './not-sent.ts';
import type { NamedRegion } from './regions.ts';
import { findFileFault, fromEnvironment, readSharedFiles } from './shared-files.ts';

/** How a profile gets its credentials. `keys` may lack one of the two keys; `bare` has no source of credentials. */
export type ProfileKind = 'sso' | 'login' | 'keys' | 'role' | 'process' | 'web-identity' | 'bare' | 'absent';

/** The profile that the SDK's chain uses: the given one, the environment's, or `default`. */
export interface Profile {
  readonly name: string;
  readonly kind: ProfileKind;
  readonly data: Readonly<Record<string, string | undefined>>;
  /** What names the profile, in words; undefined for the default profile. */
  readonly namedBy: 'the setting profile' | 'AWS_PROFILE' | undefined;
  /** The `sso-session` that the profile names and that is not in the config file. */
  readonly missingSession: string | undefined;
}

/** The content of the files as one text. Equal texts mean that nothing has changed. */
export async function readStamp(): Promise<string> {
  return (await readSharedFiles()).stamp;
}

/** The keys of a profile, and all sections of the config file, such as `sso-session.corp` and `services.local`. */
export interface ProfileSections {
  readonly name: string;
  readonly data: Readonly<Record<string, string | undefined>>;
  readonly sections: Readonly<Record<string, Readonly<Record<string, string | undefined>> | undefined>>;
  /** Whether a section of the profile is in either file. */
  readonly exists: boolean;
}

/** Reads the keys of a profile from the current files. */
export async function readProfile(given: string | undefined): Promise<ProfileSections> {
  const { configFile, credentialsFile } = (await readSharedFiles()).files;
  const name = getProfileName(given ? { profile: given } : {});
  const [config, credentials] = [configFile[name], credentialsFile[name]];
  const exists = config !== undefined || credentials !== undefined;
  return { name, data: { ...config, ...credentials }, sections: configFile, exists };
}

/** How the SDK gets credentials from a profile with these keys, in the SDK's order. */
function kindOf(data: ProfileSections['data']): ProfileKind {
  const isRole = data.role_arn !== undefined;
  const hasKeys = [data.aws_access_key_id !== undefined, data.aws_secret_access_key !== undefined];
  if (isRole && (data.source_profile !== undefined || data.credential_source !== undefined)) return 'role';
  if (!hasKeys.includes(false)) return 'keys';
  if (isRole && data.web_identity_token_file !== undefined) return 'web-identity';
  if (data.credential_process !== undefined) return 'process';
  if (data.sso_session !== undefined || data.sso_start_url !== undefined) return 'sso';
  if (data.login_session !== undefined) return 'login';
  return hasKeys.includes(true) ? 'keys' : 'bare';
}

/** Reads a profile from the current files. */
export async function findProfile(given: string | undefined): Promise<Profile> {
  const { name, data, exists, sections } = await readProfile(given);
  const namedBy = given ? 'the setting profile' : name === 'default' ? undefined : 'AWS_PROFILE';
  const { sso_session: session } = data;
  const missingSession = session && !sections[`sso-session.${session}`] ? session : undefined;
  return { name, data, kind: exists ? kindOf(data) : 'absent', namedBy, missingSession };
}

/** The names of the profiles in the current files. */
async function profileNames(): Promise<string[]> {
  const { configFile, credentialsFile } = (await readSharedFiles()).files;
  const inConfig = Object.keys(configFile).filter(name => !/^(sso-session|services)\./.test(name));
  return [...new Set([...inConfig, ...Object.keys(credentialsFile)])].sort();
}

/**
 * The error for a profile that is in neither file, with those that are.
 * @param namedBy what names the profile, in words @param user the profile that takes its keys from it
 */
export async function absentProfile(name: string, namedBy: string, user?: Profile): Promise<ServerError> {
  const names = await profileNames();
  const { sections } = await readSharedFiles();
  if (sections.has(name))
    return new ServerError('credentials_missing', {
      message: `The AWS config file has a section [${quoteName(name)}], which AWS tools do not read as a profile (${namedBy}).`,
      hint: `Ask the person to write [profile ${quoteName(name)}] in its place, then to send the same call again.`,
    });
  if (sections.has(`profile ${name}`))
    return new ServerError('credentials_missing', {
      message: `The AWS profile ${quote(name)} (${namedBy}) has no settings.`,
      hint: `Ask the person to type: aws configure --profile ${shellWord(name)}`,
    });
  if (isPlaceholder(name))
    return new ServerError('credentials_missing', {
      message: `The AWS profile ${quote(name)} (${namedBy}) ${placeholderFault}.`,
      hint: `Ask the person to write a profile's name there, or to remove it, and to restart this server.${namesLine(names)}`,
    });
  const blank = /^\s|\s$/.test(name) ? ': the name begins or ends with a blank' : '';
  const message = user
    ? `The AWS profile ${quote(user.name)} takes its keys from a profile ${quote(name)}, which does not exist${blank}.`
    : `There is no AWS profile ${quote(name)}${blank}.`;
  const close = closestWords(name, names).map(found => quoteName(found));
  const meant = close.length === 0 ? '' : ` Did they mean ${close.join(' or ')}?`;
  const hint =
    names.length === 0
      ? `type: aws configure --profile ${shellWord(name)} (which creates it: there are no AWS profiles yet), or to remove ${namedBy}.`
      : `correct ${namedBy}.${meant}${namesLine(names)}`;
  return new ServerError('credentials_missing', { message, hint: `Ask the person to ${hint}` });
}

const namesLine = (names: readonly string[]) =>
  names.length === 0 ? '' : ` The AWS profiles here: ${quoteNames(names)}.`;

/**
 * A profile and those that it takes its keys from, starting with the profile itself. The last one may be absent. If it is in
 * the list already, the profiles name each other in a circle.
 */
export async function followSources(given: string | undefined): Promise<readonly [Profile, ...Profile[]]> {
  let last = await findProfile(given);
  const chain: [Profile, ...Profile[]] = [last];
  while (last.kind === 'role' && last.data.source_profile !== undefined) {
    const source = await findProfile(last.data.source_profile);
    // A profile that names itself as its source uses its own keys.
    const usesOwnKeys =
      source.name === last.name && kindOf({ ...source.data, role_arn: undefined }) === 'keys';
    const isCircle = chain.some(({ name }) => name === source.name);
    last = usesOwnKeys ? { ...source, kind: 'keys' } : source;
    chain.push(last);
    if (isCircle) break;
  }
  return chain;
}

/** The region that the environment names: its own variable, then the one of the AWS CLI. */
async function regionInEnvironment(): Promise<NamedRegion | undefined> {
  const env: Env = await fromEnvironment(all => all);
  const variable = ['AWS_REGION', 'AWS_DEFAULT_REGION'].find(name => env[name]?.trim());
  return variable === undefined ? undefined : { region: env[variable] ?? '', source: variable };
}

/**
 * The region as the AWS CLI and the SDK find it: the environment's, then the profile's.
 * @throws ServerError region_missing; credentials_missing where the profile does not exist; not_sent where the files
 * cannot be read
 */
export async function findRegion(given: string | undefined): Promise<NamedRegion> {
  const inEnvironment = await regionInEnvironment();
  if (inEnvironment) return inEnvironment;
  const { name, data, kind, namedBy } = await findProfile(given);
  const fault = await findFileFault();
  if (fault?.isMisleading) throw fault.error;
  if (data.region?.trim()) return { region: data.region, source: `the AWS profile ${quote(name)}` };
  if (fault) throw fault.error;
  if (kind === 'absent' && namedBy) throw await absentProfile(name, namedBy);
  const flag = namedBy ? ` --profile ${shellWord(name)}` : '';
  throw new ServerError('region_missing', {
    hint: `Ask the person to type: aws configure set region us-east-1${flag} (with their region), or to set --region or AWS_REGION.`,
  });
}
