/**
 * The credentials of one target: the SDK's own chain or given keys, and optionally a role that these assume. They are
 * resolved on use, and again after they have expired, after AWS has refused them, and when the person's AWS files change,
 * so that a new sign-in needs no restart.
 */
import { chainFailure, roleFailure } from './credential-failures.ts';
import { findProfile, readStamp } from './profiles.ts';

/** Keys as AWS's clients take them. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** When they expire; absent for keys that do not expire. */
  readonly expiration?: Date;
}

/** A role to assume. */
export interface RoleSettings {
  readonly roleArn: string;
  readonly externalId?: string | undefined;
  readonly sessionName?: string | undefined;
  readonly sessionTags?: Readonly<Record<string, string>> | undefined;
  readonly durationSeconds?: number | undefined;
}

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
const SESSION_NAME = 'amplify-backend-mcp';

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

async function resolveChain({ profile, region }: CredentialSettings): Promise<AwsKeys> {
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
  try {
    // A new chain each time, because a chain keeps its first answer. It reads the files from the SDK's cache, which
    // `readStamp` has updated. The nested clients (SSO, roles of a profile) use this region if the profile names none; as
    // `clientConfig` it would override SSO's own region.
    return await fromNodeProviderChain({
      ...(profile && { profile }),
      parentClientConfig: { region },
    })();
  } catch (thrown) {
    throw chainFailure(thrown, await findProfile(profile));
  }
}

async function assume(role: RoleSettings, base: AwsKeys, settings: CredentialSettings): Promise<AwsKeys> {
  const { roleArn, externalId, sessionName = SESSION_NAME, sessionTags = {}, durationSeconds } = role;
  const tags = Object.entries(sessionTags).map(([Key, Value]) => ({ Key, Value }));
  const { endpoint, profile } = settings;
  const region = await settings.region();
  const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
  try {
    return await fromTemporaryCredentials({
      masterCredentials: base,
      params: {
        RoleArn: roleArn,
        RoleSessionName: sessionName,
        ...(externalId !== undefined && { ExternalId: externalId }),
        ...(durationSeconds !== undefined && { DurationSeconds: durationSeconds }),
        ...(tags.length > 0 && { Tags: tags }),
      },
      clientConfig: { region, ...(endpoint && { endpoint }), ...(profile && { profile }) },
    })();
  } catch (thrown) {
    throw roleFailure(thrown, roleArn, externalId !== undefined);
  }
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
  let held: Held | undefined;
  let pending: Promise<AwsKeys> | undefined;

  /** Uses both clocks: the monotonic one cannot be set back, and the system clock advances while the machine sleeps. */
  const leftMs = ({ keys: { expiration }, endsAt }: Held) =>
    expiration ? Math.min(endsAt - now(), expiration.getTime() - Date.now()) : Number.POSITIVE_INFINITY;

  async function resolve(stamp: string): Promise<AwsKeys> {
    const base = await (givenKeys ? givenKeys() : resolveChain(settings));
    const baseSource = givenKeys ? keysName : sourceWords(base);
    const keys = role ? await assume(role, base, settings) : base;
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
