/** AWS's keys, and their check before they sign anything: a line break or a placeholder in a key is a slip, and no answer of AWS says so. */
import type { ServerError } from '../errors.ts';
import { quote } from '../lib/quote.ts';
import { exportLine, isPlaceholder, notSent } from './not-sent.ts';
import { typed } from './profiles.ts';

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

/** What is wrong with a key, without the key. */
function faultOf(value: string): string | undefined {
  if (isPlaceholder(value)) return 'is still a placeholder, which nobody has filled in';
  if (/[\r\n]/.test(value)) return 'holds a line break';
  if (/\s/.test(value)) return 'holds a blank';
  return /[^\x21-\x7e]/.test(value) ? 'holds a character that no key has' : undefined;
}

/**
 * Why keys cannot be used; undefined where they can. No key is repeated.
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
    const flag = profile === undefined ? '' : ` --profile ${typed(profile)}`;
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
