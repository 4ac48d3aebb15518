/**
 * The person's AWS profiles: which there are, of what kind, and the region that they or the environment name.
 * Read through the SDK's own parser, as the files are now, so that a changed one counts on the next call.
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
  /** Whether the setting or the environment asked for it by name. */
  readonly isNamed: boolean;
}

/** A profile's name as it can be typed in a shell. */
export function typed(name: string): string {
  return /^[\w.@+=:/-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}

/** Everything that the files say, as one text: two equal ones mean that nothing has changed. */
export async function readStamp(): Promise<string> {
  return (await readSharedFiles()).stamp;
}

/** Looks a profile up, in the files as they are now. */
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
  // What the environment names, no file can change.
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
    // Neither place names one.
  }
  const flag = profile.isNamed ? ` --profile ${typed(profile.name)}` : '';
  throw new ServerError('region_missing', {
    hint: `Ask the person to type: aws configure set region us-east-1${flag} (with their region), or to set --region or AWS_REGION.`,
  });
}
