/**
 * The AWS accounts that this process may act in: the ones that the configuration names, or a single unnamed one.
 * A name is looked up in that list and never made from what a caller says.
 */
import { RegisteredError } from '../errors.ts';
import { monotonicNow } from '../lib/clock.ts';
import { quote } from '../lib/quote.ts';
import { type AmplifyReads, createAmplifyReads } from './amplify.ts';
import type { Asked } from './beside.ts';
import { type AwsSettings, clockLeadOf, createSend, type Send, type WatchAws } from './client.ts';
import { blamesCredentials } from './credential-failures.ts';
import { type AwsKeys, createCredentials } from './credentials.ts';
import { createIdentity, type Identity } from './identity.ts';
import { createInspection, type Inspection } from './inspect.ts';
import { findRegion } from './profiles.ts';
import { createStackReads, type StackReads } from './stacks.ts';

export type { Identity } from './identity.ts';

/** How a named target is reached, as the configuration says it. */
export interface TargetSettings {
  region?: string | undefined;
  /** Whose keys are used, or used to assume the role. */
  profile?: string | undefined;
  roleArn?: string | undefined;
  externalId?: string | undefined;
  /** The profile whose keys assume the role, in place of `profile`. */
  sourceProfile?: string | undefined;
  sessionName?: string | undefined;
  /** Tags of the role's session. */
  sessionTags?: Readonly<Record<string, string>> | undefined;
  durationSeconds?: number | undefined;
  /** The vault's entry with the keys, in place of a profile. */
  vault?: string | undefined;
  apps?: readonly string[] | undefined;
}

/** One account: sends to it, and says where and as whom. */
export interface Target {
  /** Its name in the configuration; undefined for the single unnamed one. */
  readonly name: string | undefined;
  readonly send: Send;
  /** Epoch milliseconds on AWS's clock, by its last answer: what AWS dates is as old as this clock says. */
  awsNow(): number;
  /** @throws RegisteredError region_missing */
  region(): Promise<string>;
  /** Amplify's own records there. */
  readonly amplify: AmplifyReads;
  /** CloudFormation there. */
  readonly stacks: StackReads;
  /** Account and ARN, asked of STS and remembered. @throws RegisteredError */
  identity(): Promise<Identity>;
}

/** A target that can also be looked into, for a diagnosis. */
export interface InspectableTarget extends Target {
  readonly inspect: Inspection;
}

/** What targets are made from. */
export interface TargetsOptions {
  readonly targets: Readonly<Record<string, TargetSettings>>;
  /** Used when no targets are configured. Its region, endpoint and keys hold for configured ones that have none. */
  readonly fallback: Omit<AwsSettings, 'userAgent'>;
  readonly userAgent: string;
  /** Reads a vault entry's AWS keys; absent where no vault is configured. */
  readonly readVault?: (
    name: string,
  ) => Promise<{ accessKeyId: string; secretAccessKey: string; sessionToken?: string }>;
  /** What stands around each request to a target. */
  readonly watch?: ((target: string | undefined) => WatchAws) | undefined;
  /** Milliseconds on the monotonic clock. */
  readonly now?: () => number;
}

/** The targets of a process. */
export interface Targets {
  /** The configured names, in the configuration's order; empty for the single unnamed target. */
  readonly names: readonly string[];
  /** The target of that name, or the only one. @throws RegisteredError invalid_arguments */
  get(name: string | undefined): Target;
}

/** Targets that can also be looked into. */
export interface InspectableTargets extends Targets {
  get(name: string | undefined): InspectableTarget;
}

type Keys = () => Promise<AwsKeys>;

/** Keys that stand in place of the SDK's chain. Fixed ones come first: with them, nothing but their account is meant. */
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
    throw new RegisteredError('credentials_missing', {
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
  const region = async () => settings.region ?? fallback.region ?? findRegion(settings.profile ?? profile);
  const role =
    roleArn === undefined ? undefined : { roleArn, externalId, sessionName, sessionTags, durationSeconds };
  const credentials = createCredentials({ profile, ...given, role, region, endpoint, now });
  const { provider } = credentials;
  const watch = options.watch?.(name);
  const clients = new Map<string, Send>();
  let aheadMs = 0;
  const send: Send = async (...call) => {
    const where = await region();
    const client =
      clients.get(where) ??
      createSend({ ...fallback, region: where, profile, credentials: provider, userAgent, watch });
    clients.set(where, client);
    try {
      const answer = await client(...call);
      aheadMs = clockLeadOf(answer) ?? aheadMs;
      return answer;
    } catch (thrown) {
      if (blamesCredentials(thrown)) credentials.forget();
      throw thrown;
    }
  };
  const asked: Asked = {
    settings: async () => ({
      ...{ ...fallback, profile, userAgent, watch },
      ...{ region: await region(), credentials: provider },
    }),
    failed: failure => {
      if (blamesCredentials(failure)) credentials.forget();
    },
  };
  const asking = { credentials, region, endpoint, userAgent, now };
  return {
    name,
    send,
    awsNow: () => monotonicNow() + aheadMs,
    amplify: createAmplifyReads(asked),
    stacks: createStackReads(asked),
    region,
    identity: createIdentity(asking),
    inspect: createInspection({ ...asking, profile, usesChain: given === undefined }),
  };
}

/** Makes the targets; no client is made and nothing is resolved before a target is used. */
export function createTargets(options: TargetsOptions): InspectableTargets {
  const names = Object.keys(options.targets);
  const made = new Map<string | undefined, InspectableTarget>();
  const { profile } = options.fallback;

  function settingsOf(name: string | undefined): TargetSettings {
    if (name === undefined) return profile === undefined ? {} : { profile };
    return options.targets[name] ?? {};
  }

  function chosen(name: string | undefined): string | undefined {
    if (name === undefined && names.length < 2) return names[0];
    if (name !== undefined && names.includes(name)) return name;
    const known =
      names.length === 0 ? 'none is configured, so leave target out' : `there are ${names.join(', ')}`;
    const wrong = name === undefined ? 'target is missing' : `there is no target ${quote(name)}`;
    throw new RegisteredError('invalid_arguments', {
      message: `The arguments do not fit this tool: ${wrong}; ${known}. Nothing was sent to AWS.`,
    });
  }

  return {
    names,
    get(name) {
      const key = chosen(name);
      const target = made.get(key) ?? createTarget(key, settingsOf(key), options);
      made.set(key, target);
      return target;
    },
  };
}
