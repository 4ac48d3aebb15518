/**
 * The person's AWS profiles: their names, their kinds, and the region that they or the environment name. They are read
 * with the SDK's own parser whenever the files change, so that a change takes effect on the next call.
 */
import { getProfileName } from '@smithy/core/config';
import { ServerError } from '../errors.ts';
import type { Env } from '../lib/env.ts';
import { quote } from '../lib/quote.ts';
import type { NamedRegion } from './regions.ts';
import { fromEnvironment, readSharedFiles } from './shared-files.ts';

/** How a profile gets its credentials; `bare` is a profile that names no way. */
export type ProfileKind = 'sso' | 'login' | 'keys' | 'role' | 'process' | 'web-identity' | 'bare' | 'absent';

/** The profile that the SDK's chain uses: the given one, the environment's, or `default`. */
export interface Profile {
  readonly name: string;
  readonly kind: ProfileKind;
  readonly data: Readonly<Record<string, string | undefined>>;
  /** Whether the setting or the environment names the profile. */
  readonly isNamed: boolean;
}

/** A profile's name as it can be typed in a shell. */
export function typed(name: string): string {
  return /^[\w.@+=:/-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
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
  if (isRole && (data.source_profile !== undefined || data.credential_source !== undefined)) return 'role';
  if (data.aws_access_key_id !== undefined) return 'keys';
  if (isRole && data.web_identity_token_file !== undefined) return 'web-identity';
  if (data.credential_process !== undefined) return 'process';
  if (data.sso_session !== undefined || data.sso_start_url !== undefined) return 'sso';
  return data.login_session === undefined ? 'bare' : 'login';
}

/** Reads a profile from the current files. */
export async function findProfile(given: string | undefined): Promise<Profile> {
  const { name, data, exists } = await readProfile(given);
  const isNamed = given !== undefined || name !== 'default';
  return { name, data, kind: exists ? kindOf(data) : 'absent', isNamed };
}

/**
 * A profile and those that it takes its keys from, the outermost first. The last one may be absent, or one that is
 * there already: then the profiles name each other in a circle.
 */
export async function followSources(given: string | undefined): Promise<readonly [Profile, ...Profile[]]> {
  let last = await findProfile(given);
  const chain: [Profile, ...Profile[]] = [last];
  while (last.kind === 'role' && last.data.source_profile !== undefined) {
    const source = await findProfile(last.data.source_profile);
    // A profile that names itself as its source uses its own keys.
    const usesOwnKeys = source.name === last.name && source.data.aws_access_key_id !== undefined;
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
 * @throws ServerError region_missing; not_sent where what is found cannot be a region
 */
export async function findRegion(given: string | undefined): Promise<NamedRegion> {
  const { name, data } = await readProfile(given);
  const found =
    (await regionInEnvironment()) ??
    (data.region?.trim() ? { region: data.region, source: `the AWS profile ${quote(name)}` } : undefined);
  if (found) return found;
  const isNamed = given !== undefined || name !== 'default';
  const flag = isNamed ? ` --profile ${typed(name)}` : '';
  throw new ServerError('region_missing', {
    hint: `Ask the person to type: aws configure set region us-east-1${flag} (with their region), or to set --region or AWS_REGION.`,
  });
}
