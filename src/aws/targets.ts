/**
 * The AWS accounts that this process may act in: the ones that the configuration names, or a single unnamed one.
 * A name is looked up in that list and never made from what a caller says.
 */
import { ServerError } from '../errors.ts';
import { monotonicNow } from '../lib/clock.ts';
import { Lent } from '../lib/on-demand.ts';
import { quote } from '../lib/quote.ts';
import { type AmplifyReads, createAmplifyReads } from './amplify.ts';
import {
  type AwsSettings,
  clockLeadOf,
  createSend,
  type Send,
  type Sender,
  type WatchAws,
} from './client.ts';
import { blamesCredentials } from './credential-failures.ts';
import { type AwsKeys, type Credentials, createCredentials } from './credentials.ts';
import { createIdentity, type Identity } from './identity.ts';
import { createInspection, type Inspection } from './inspect.ts';
import { findRegion } from './profiles.ts';
import type { Asked } from './service-reads.ts';
import { createStackReads, type StackReads } from './stacks.ts';

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
  /** Gives the clients back, where no request is under way; the next one makes them again. */
  rest(): void;
}

/** Says when a request may go out. */
export interface Permit {
  /** Resolves when one may. @throws RegisteredError where that takes too long for whoever waits for its answer */
  soon(): Promise<void>;
  /** Resolves when one may, however long that takes: for a poll, which comes too late for nobody. */
  sometime(): Promise<void>;
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
  /** When a request may go out; left out where one always may. */
  readonly permit?: Permit | undefined;
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
  /** Gives back what can be made again, of all targets. */
  rest(): void;
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
  const region = async () => settings.region ?? fallback.region ?? findRegion(settings.profile ?? profile);
  const role =
    roleArn === undefined ? undefined : { roleArn, externalId, sessionName, sessionTags, durationSeconds };
  const credentials = permitted(
    createCredentials({ profile, ...given, role, region, endpoint, now }),
    options.permit,
  );
  const settingsAt = (where: string): AwsSettings => ({
    ...{ ...fallback, region: where, profile, credentials: credentials.provider, userAgent },
    watch: permittedWatch(options.watch?.(name), options.permit),
  });
  const resting: (() => void)[] = [];
  const clients = new Map<string, Lent<Sender>>();
  resting.push(() => {
    for (const client of clients.values()) client.rest();
  });
  const failed = (thrown: unknown) => {
    if (blamesCredentials(thrown)) credentials.forget();
  };
  // Not where it is used: it would keep the first command, and that one's client, for good.
  const clientAt = (where: string) => {
    const create = async () => createSend(settingsAt(where));
    const client = clients.get(where) ?? new Lent(create, made => made.close());
    clients.set(where, client);
    return client;
  };
  let aheadMs = 0;
  const send: Send = async (...call) => {
    const [{ isPoll = false }] = call;
    if (isPoll) await options.permit?.sometime();
    try {
      const answer = await clientAt(await region()).use(made => made(...call));
      aheadMs = clockLeadOf(answer) ?? aheadMs;
      return answer;
    } catch (thrown) {
      failed(thrown);
      throw thrown;
    }
  };
  const asked: Asked = {
    settings: async () => settingsAt(await region()),
    failed,
    onRest: run => void resting.push(run),
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
    rest() {
      for (const rest of resting) rest();
    },
  };
}

/** Credentials that are given out while a request may go out; a role is not even assumed otherwise. */
function permitted(credentials: Credentials, permit: TargetsOptions['permit']): Credentials {
  if (!permit) return credentials;
  const provider = async () => {
    await permit.soon();
    return credentials.provider();
  };
  return { ...credentials, provider: Object.assign(provider, { memoized: true }) };
}

/** The same for each repetition of a request, which asks for no credentials anew, and once more after its turn came. */
function permittedWatch(watch: WatchAws | undefined, permit: TargetsOptions['permit']): WatchAws | undefined {
  if (!permit) return watch;
  const around: WatchAws = watch ?? ((_, run) => run());
  return async (attempt, run) => {
    await permit.soon();
    return around(attempt, async () => {
      await permit.soon();
      return run();
    });
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
    throw new ServerError('invalid_arguments', {
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
    rest() {
      for (const target of made.values()) target.rest();
    },
  };
}
