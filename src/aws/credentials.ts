/**
 * The credentials of one target: the SDK's own chain or given keys, and optionally a role that these assume. They are
 * resolved on use, and again after they have expired, after AWS has refused them, and when the person's AWS files change,
 * so that a new sign-in needs no restart.
 */

import { resolveChain } from './chain.ts';
import { type AwsKeys, wrongKeys } from './keys.ts';
import { readStamp } from './profiles.ts';
import { createAssumeRole, type RoleSettings } from './roles.ts';

/** The sources of the credentials. */
export interface CredentialSettings {
  /** The profile that the chain reads; by default the environment's or `default`. */
  readonly profile?: string | undefined;
  /** Keys instead of the chain: given ones, or a vault entry's. */
  readonly keys?: (() => Promise<AwsKeys>) | undefined;
  /** The name of these keys in a diagnosis. */
  readonly keysName?: string | undefined;
  readonly role?: RoleSettings | undefined;
  /** The region in which roles are assumed. */
  readonly region: () => Promise<string>;
  /** Replaces AWS's own endpoints. */
  readonly endpoint?: string | undefined;
  /** Name and version of this program, for AWS's records. */
  readonly userAgent: string;
  /** Milliseconds on the monotonic clock. */
  readonly now: () => number;
}

/** The credentials of a target, kept for as long as they are valid. */
export interface Credentials {
  /** The current keys. @throws ServerError */
  readonly provider: () => Promise<AwsKeys>;
  /** Where the keys come from, in words. @throws ServerError */
  source(): Promise<string>;
  /** Makes the next use resolve the keys again; called after AWS has refused them. */
  forget(): void;
}

/** Keys are renewed this long before they expire, so that none expires on its way to AWS. */
const RENEW_BEFORE_MS = 60_000;

/** The sources of keys by the SDK's marks, in words; the first match counts. */
const sources: readonly [mark: RegExp, words: string][] = [
  [/SSO/, 'single sign-on'],
  [/STS_WEB_ID|WEB_ID_TOKEN/, 'web identity'],
  [/ASSUME_ROLE|SOURCE_PROFILE|NAMED_PROVIDER/, 'a role of the profile'],
  [/PROCESS/, 'a credential process'],
  [/LOGIN/, 'aws login'],
  [/ENV_VARS/, 'environment variables'],
  [/IMDS/, 'the instance role'],
  [/HTTP/, 'the container role'],
  [/PROFILE/, 'keys in the AWS files'],
];

function sourceWords(keys: AwsKeys): string {
  const marks = Object.keys((keys as { $source?: object }).$source ?? {});
  return sources.find(([mark]) => marks.some(name => mark.test(name)))?.[1] ?? "the AWS SDK's chain";
}

/** Resolved keys. */
interface Held {
  readonly keys: AwsKeys;
  readonly source: string;
  /** The content of the AWS files at that time. */
  readonly stamp: string;
  /** When the keys expire, on the monotonic clock. */
  readonly endsAt: number;
}

/** Creates the credentials of a target. Nothing is resolved before it is needed. */
export function createCredentials(settings: CredentialSettings): Credentials {
  const { keys: givenKeys, keysName = 'given keys', role, now } = settings;
  const assumeRole = role && createAssumeRole(role, settings);
  let held: Held | undefined;
  let pending: Promise<AwsKeys> | undefined;

  /** Uses both clocks: the monotonic one cannot be set back, and the system clock advances while the machine sleeps. */
  const leftMs = ({ keys: { expiration }, endsAt }: Held) =>
    expiration ? Math.min(endsAt - now(), expiration.getTime() - Date.now()) : Number.POSITIVE_INFINITY;

  async function resolve(stamp: string): Promise<AwsKeys> {
    const base = await (givenKeys ? givenKeys() : resolveChain(settings));
    const baseSource = givenKeys ? keysName : sourceWords(base);
    const wrong = wrongKeys(base, baseSource, settings.profile);
    if (wrong) throw wrong;
    const keys = assumeRole ? await assumeRole(base) : base;
    held = {
      keys,
      source: role ? `the role ${role.roleArn}, assumed with ${baseSource}` : baseSource,
      stamp,
      endsAt: now() + ((keys.expiration?.getTime() ?? 0) - Date.now()),
    };
    return keys;
  }

  async function current(): Promise<AwsKeys> {
    const stamp = givenKeys ? '' : await readStamp();
    const usable = held?.stamp === stamp ? held : undefined;
    if (usable && leftMs(usable) > RENEW_BEFORE_MS) return usable.keys;
    pending ??= resolve(stamp).finally(() => {
      pending = undefined;
    });
    try {
      return await pending;
    } catch (thrown) {
      if (usable && leftMs(usable) > 0) return usable.keys;
      throw thrown;
    }
  }

  return {
    // The mark prevents the SDK's clients from caching the keys themselves: they would keep non-expiring keys forever.
    provider: Object.assign(current, { memoized: true }),
    async source() {
      await current();
      return held?.source ?? '';
    },
    forget() {
      held = undefined;
    },
  };
}
