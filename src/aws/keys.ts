/** AWS keys, and a check before they are used: AWS's answers do not say that a key has a line break or is a placeholder. */
import { ServerError } from '../errors.ts';
import type { Env } from '../lib/env.ts';
import { quote } from '../lib/quote.ts';
import { exportLine, isPlaceholder, notSent, placeholderFault, shellWord } from './not-sent.ts';

/** Keys as AWS's clients take them. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** When they expire; absent for keys that do not expire. */
  readonly expiration?: Date;
}

const parts = [
  ['accessKeyId', 'AWS_ACCESS_KEY_ID', 'aws_access_key_id'],
  ['secretAccessKey', 'AWS_SECRET_ACCESS_KEY', 'aws_secret_access_key'],
  ['sessionToken', 'AWS_SESSION_TOKEN', 'aws_session_token'],
] as const;

/** What is wrong with a key. The text never contains the key. */
function faultOf(value: string): string | undefined {
  if (isPlaceholder(value)) return placeholderFault;
  if (/[\r\n]/.test(value)) return 'holds a line break';
  if (/\s/.test(value)) return 'holds a blank';
  return /[^\x21-\x7e]/.test(value) ? 'holds a character that no key has' : undefined;
}

/**
 * The error if only one of the two keys is in the environment. The SDK would go on to the next source of keys, which may
 * belong to another account.
 */
export function incompleteKeys(env: Env): ServerError | undefined {
  const pair = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
  const [isSet, isMissing] = env[pair[0]] ? pair : [pair[1], pair[0]];
  if (!env[isSet] || env[isMissing]) return undefined;
  return new ServerError('credentials_missing', {
    message: `${isSet} is set, but ${isMissing} is not: the two belong together.`,
    hint: `Ask the person to ${exportLine(isMissing, "'…'")} To use other credentials instead, remove ${isSet}.`,
  });
}

/**
 * Why keys cannot be used; undefined if they can. The text never contains a key.
 * @param source where the keys come from, in words
 */
export function wrongKeys(
  keys: AwsKeys,
  source: string,
  profile: string | undefined,
): ServerError | undefined {
  for (const [member, variable, key] of parts) {
    const fault = faultOf(keys[member] ?? '');
    if (fault === undefined) continue;
    if (source === 'environment variables')
      return notSent(`${variable} ${fault}`, exportLine(variable, "'…' with the key alone"));
    const inFile = source === 'keys in the AWS files';
    const flag = profile === undefined ? '' : ` --profile ${shellWord(profile)}`;
    return notSent(
      inFile
        ? `${key} of the AWS profile ${quote(profile ?? 'default')} ${fault}`
        : `the key ${key} from ${source} ${fault}`,
      inFile
        ? `type: aws configure${flag} and enter the keys again.`
        : `correct the keys that come from ${source}.`,
    );
  }
  return undefined;
}
