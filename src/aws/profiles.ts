/**
 * The person's AWS profiles: their names, their kinds, and the region that they or the environment name. They are read
 * with the SDK's own parser whenever the files change, so that a change takes effect on the next call.
 */
import {
  getProfileName,
  loadConfig,
  NODE_REGION_CONFIG_FILE_OPTIONS,
  NODE_REGION_CONFIG_OPTIONS,
} from '@smithy/core/config';
import { ServerError } from '../errors.ts';
import { fromEnvironment, readSharedFiles } from './shared-files.ts';

/** How a profile gets its credentials; `other` covers keys, roles and processes. */
export type ProfileKind = 'sso' | 'login' | 'other' | 'absent';

/** The profile that the SDK's chain uses: the given one, the environment's, or `default`. */
export interface Profile {
  readonly name: string;
  readonly kind: ProfileKind;
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

/** Reads a profile from the current files. */
export async function findProfile(given: string | undefined): Promise<Profile> {
  const { configFile, credentialsFile } = (await readSharedFiles()).files;
  const name = getProfileName(given ? { profile: given } : {});
  const isNamed = given !== undefined || name !== 'default';
  if (!configFile[name] && !credentialsFile[name]) return { name, kind: 'absent', isNamed };
  const data = { ...configFile[name], ...credentialsFile[name] };
  const isSso = data.sso_session !== undefined || data.sso_start_url !== undefined;
  return { name, kind: isSso ? 'sso' : data.login_session !== undefined ? 'login' : 'other', isNamed };
}

/**
 * The region as the SDK finds it: the environment's, then the profile's.
 * @throws ServerError region_missing
 */
export async function findRegion(given: string | undefined): Promise<string> {
  // The environment takes precedence over the files.
  const named = await fromEnvironment(
    env => NODE_REGION_CONFIG_OPTIONS.environmentVariableSelector(env) ?? '',
  );
  if (named) return named;
  // The SDK's loader reads the files from a cache, which this renews.
  const profile = await findProfile(given);
  try {
    const options = { ...NODE_REGION_CONFIG_FILE_OPTIONS, profile: profile.name };
    const region = await loadConfig<string>(NODE_REGION_CONFIG_OPTIONS, options)();
    if (region) return region;
  } catch {
    // Neither the environment nor the profile names a region.
  }
  const flag = profile.isNamed ? ` --profile ${typed(profile.name)}` : '';
  throw new ServerError('region_missing', {
    hint: `Ask the person to type: aws configure set region us-east-1${flag} (with their region), or to set --region or AWS_REGION.`,
  });
}
