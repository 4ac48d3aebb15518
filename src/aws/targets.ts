/**
 * The AWS accounts that this process may act in: the ones that the configuration names, or a single unnamed one.
 * A caller's `target` only chooses from that list.
 */
import { ServerError } from '../errors.ts';
import { monotonicNow } from '../lib/clock.ts';
import { quote } from '../lib/quote.ts';
import { type AmplifyReads, createAmplifyReads } from './amplify.ts';
import { type AwsSettings, createConnection, type Send, type WatchAws } from './client.ts';
import { blamesCredentials } from './credential-failures.ts';
import { type Credentials, createCredentials } from './credentials.ts';
import { createIdentity, type Identity } from './identity.ts';
import { createInspection, type Inspection } from './inspect.ts';
import type { AwsKeys } from './keys.ts';
import { findRegion } from './profiles.ts';
import { wrongRegion } from './regions.ts';
import type { ServiceTarget } from './service-reads.ts';
import { createStackReads, type StackReads } from './stacks.ts';

/** A named target in the configuration. */
export interface TargetSettings {
  region?: string | undefined;
  /** The profile with the keys, or with the keys that assume the role. */
  profile?: string | undefined;
  roleArn?: string | undefined;
  externalId?: string | undefined;
  /** The profile with the keys that assume the role, instead of `profile`. */
  sourceProfile?: string | undefined;
  sessionName?: string | undefined;
  /** Tags of the role's session. */
  sessionTags?: Readonly<Record<string, string>> | undefined;
  durationSeconds?: number | undefined;
  /** The vault entry with the keys, instead of a profile. */
  vault?: string | undefined;
  apps?: readonly string[] | undefined;
}

/** One account and region that calls go to. */
export interface Target {
  /** Its name in the configuration; undefined for the single unnamed one. */
  readonly name: string | undefined;
  readonly send: Send;
  /** Epoch milliseconds on AWS's clock, by its last answer. Ages of AWS's times are measured with it. */
  awsNow(): number;
  /** @throws ServerError region_missing, not_sent */
  region(): Promise<string>;
  /** Reads of the Amplify service. */
  readonly amplify: AmplifyReads;
  /** Reads of CloudFormation. */
  readonly stacks: StackReads;
  /** Account and ARN, read from STS and remembered. @throws ServerError */
  identity(): Promise<Identity>;
}

/** A target that can also be inspected, for a diagnosis. */
export interface InspectableTarget extends Target {
  readonly inspect: Inspection;
  /** Closes the clients that no request uses. The next request creates them again. */
  releaseIdle(): void;
}

/** Decides when a request may be sent. */
export interface Permit {
  /** Resolves when a request may be sent. @throws ServerError if that takes too long for a waiting caller */
  forCaller(): Promise<void>;
  /** Resolves when a poll may be sent, however long that takes, because no caller waits for it. */
  forPoll(): Promise<void>;
}

/** The configuration of the targets. */
export interface TargetsOptions {
  readonly targets: Readonly<Record<string, TargetSettings>>;
  /** Used when no targets are configured. Its region, endpoint and keys hold for configured ones that have none. */
  readonly fallback: Omit<AwsSettings, 'userAgent'>;
  readonly userAgent: string;
  /** Reads a vault entry's AWS keys; absent where no vault is configured. */
  readonly readVault?: (
    name: string,
  ) => Promise<{ accessKeyId: string; secretAccessKey: string; sessionToken?: string }>;
  /** Wraps each request to a target. */
  readonly watch?: ((target: string | undefined) => WatchAws) | undefined;
  /** When a request may be sent. Without it, always. */
  readonly permit?: Permit | undefined;
  /** Milliseconds on the monotonic clock. */
  readonly now?: () => number;
}

/** The targets of a process. */
export interface Targets {
  /** The configured names, in the configuration's order; empty for the single unnamed target. */
  readonly names: readonly string[];
  /** The target of that name, or the only one. @throws ServerError invalid_arguments */
  get(name: string | undefined): Target;
}

/** Targets that can also be inspected. */
export interface InspectableTargets extends Targets {
  get(name: string | undefined): InspectableTarget;
  /** Closes the unused clients of all targets. */
  releaseIdle(): void;
}

type Keys = () => Promise<AwsKeys>;

/** Keys that replace the SDK's chain. Fixed keys take precedence, because they were set for exactly one account. */
function keysOf(
  { vault }: TargetSettings,
  options: TargetsOptions,
): { keys: Keys; keysName: string } | undefined {
  const { credentials } = options.fallback;
  if (credentials) {
    const keys = typeof credentials === 'function' ? credentials : async () => credentials;
    return { keys, keysName: 'fixed keys' };
  }
  if (vault === undefined) return undefined;
  const { readVault } = options;
  const keys = async () => {
    if (readVault) return readVault(vault);
    throw new ServerError('credentials_missing', {
      message: `The target names the vault entry ${quote(vault)}, but no vault is configured.`,
      hint: 'Ask the person to set vaultFile and vaultKey.',
    });
  };
  return { keys, keysName: `the vault entry ${vault}` };
}

function createTarget(
  name: string | undefined,
  settings: TargetSettings,
  options: TargetsOptions,
): InspectableTarget {
  const { fallback, userAgent, now = monotonicNow } = options;
  const { endpoint } = fallback;
  const { roleArn, externalId, sessionName, sessionTags, durationSeconds } = settings;
  const given = keysOf(settings, options);
  const profile = given ? undefined : (settings.sourceProfile ?? settings.profile);
  const region = async () => {
    const set = settings.region ?? fallback.region;
    const found =
      set === undefined
        ? await findRegion(settings.profile ?? profile)
        : { region: set, source: 'the setting region' };
    const wrong = wrongRegion(found);
    if (wrong) throw wrong;
    return found.region;
  };
  const role =
    roleArn === undefined ? undefined : { roleArn, externalId, sessionName, sessionTags, durationSeconds };
  const credentials = permitted(
    createCredentials({ profile, ...given, role, region, endpoint, userAgent, now }),
    options.permit,
  );
  const settingsAt = (where: string): AwsSettings => ({
    ...{ ...fallback, region: where, profile, credentials: credentials.provider, userAgent },
    watch: permittedWatch(options.watch?.(name), options.permit),
  });
  const onFailure = (thrown: unknown) => {
    if (blamesCredentials(thrown)) credentials.forget();
  };
  const currentSettings = async () => settingsAt(await region());
  const connection = createConnection({
    settings: currentSettings,
    waitForPoll: async () => options.permit?.forPoll(),
    onFailure,
  });
  const releases = [connection.release];
  const service: ServiceTarget = {
    settings: currentSettings,
    onFailure,
    onRelease: release => void releases.push(release),
  };
  const sts = { credentials, region, profile, endpoint, userAgent, now };
  return {
    name,
    send: connection.send,
    awsNow: connection.awsNow,
    amplify: createAmplifyReads(service),
    stacks: createStackReads(service),
    region,
    identity: createIdentity(sts),
    inspect: createInspection({ ...sts, usesChain: given === undefined }),
    releaseIdle() {
      for (const release of releases) release();
    },
  };
}

/** Credentials that are resolved only when a request may be sent. Until then no role is assumed either. */
function permitted(credentials: Credentials, permit: TargetsOptions['permit']): Credentials {
  if (!permit) return credentials;
  const provider = async () => {
    await permit.forCaller();
    return credentials.provider();
  };
  return { ...credentials, provider: Object.assign(provider, { memoized: true }) };
}

/** Asks the permit before each attempt, since a retry resolves no credentials, and again after the wait for its turn. */
function permittedWatch(watch: WatchAws | undefined, permit: TargetsOptions['permit']): WatchAws | undefined {
  if (!permit) return watch;
  const inner: WatchAws = watch ?? ((_, run) => run());
  return async (attempt, run) => {
    await permit.forCaller();
    return inner(attempt, async () => {
      await permit.forCaller();
      return run();
    });
  };
}

/** The targets of a configuration. No client is created and nothing is resolved before a target is used. */
export function createTargets(options: TargetsOptions): InspectableTargets {
  const names = Object.keys(options.targets);
  const created = new Map<string | undefined, InspectableTarget>();
  const { profile } = options.fallback;

  function settingsOf(name: string | undefined): TargetSettings {
    if (name === undefined) return profile === undefined ? {} : { profile };
    return options.targets[name] ?? {};
  }

  function checkedName(name: string | undefined): string | undefined {
    if (name === undefined && names.length < 2) return names[0];
    if (name !== undefined && names.includes(name)) return name;
    const known =
      names.length === 0 ? 'none is configured, so leave target out' : `the targets are ${names.join(', ')}`;
    const wrong = name === undefined ? 'target is missing' : `there is no target ${quote(name)}`;
    throw new ServerError('invalid_arguments', {
      message: `The arguments do not fit this tool: ${wrong}; ${known}. Nothing was sent to AWS.`,
    });
  }

  return {
    names,
    get(name) {
      const key = checkedName(name);
      const target = created.get(key) ?? createTarget(key, settingsOf(key), options);
      created.set(key, target);
      return target;
    },
    releaseIdle() {
      for (const target of created.values()) target.releaseIdle();
    },
  };
}
