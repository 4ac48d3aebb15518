/** The SDK's chain of credentials: environment, profile, web identity, container, instance. */
import type { Env } from '../lib/env.ts';
import { findFailedConnection, onFailedConnection } from '../network/index.ts';
import { chainFailure, missingMfaCode } from './chain-failures.ts';
import { explainConnection } from './connection-failures.ts';
import { type AwsKeys, incompleteKeys } from './keys.ts';
import { openNetwork } from './network.ts';
import { followSources } from './profiles.ts';
import { findFileFault, fromEnvironment } from './shared-files.ts';
import { openSts } from './sts.ts';

interface ChainSettings {
  readonly profile?: string | undefined;
  readonly region: () => Promise<string>;
  readonly userAgent: string;
}

const ANSWER_MS = 10_000;

/** What a web identity is exchanged for. */
interface WebIdentity {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly WebIdentityToken: string;
}

/** Exchanges a web identity's token for keys, as the SDK's own exchange does, with our name in AWS's records. */
async function assumeWithWebIdentity(identity: WebIdentity, settings: ChainSettings): Promise<AwsKeys> {
  const { AssumeRoleWithWebIdentityCommand } = await import('@aws-sdk/client-sts');
  const { profile, userAgent } = settings;
  const client = await openSts({ profile, userAgent, region: await settings.region() });
  try {
    const { RoleArn, RoleSessionName, WebIdentityToken } = identity;
    const { Credentials } = await client.send(
      new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName, WebIdentityToken }),
    );
    return {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      ...(Credentials?.SessionToken && { sessionToken: Credentials.SessionToken }),
      ...(Credentials?.Expiration && { expiration: Credentials.Expiration }),
    };
  } finally {
    client.destroy();
  }
}

/** The error of the connection that failed. Some providers keep only its message, so it is found by that. */
function failedConnection(thrown: unknown, failures: readonly object[]): unknown {
  if (findFailedConnection(thrown)) return thrown;
  const { message = '' } = (thrown ?? {}) as { message?: string };
  return failures.find(
    ({ message: words }: { message?: string }) => words !== undefined && message.includes(words),
  );
}

/**
 * A logger that collects the messages of the SDK's providers. Without a logger, the SDK prints a warning to stderr if both
 * AWS_PROFILE and keys are set.
 */
function keepMessages(said: string[]) {
  const ignore = () => {};
  return {
    ...{ trace: ignore, info: ignore, warn: ignore, error: ignore },
    debug: (...content: unknown[]) => void said.push(content.join(' ')),
  };
}

/** Keys from the chain. @throws ServerError */
export async function resolveChain(settings: ChainSettings): Promise<AwsKeys> {
  const { profile, region, userAgent } = settings;
  const env: Env = await fromEnvironment(all => all);
  const profiles = await followSources(profile);
  const isProfileNamed = Boolean(profile || env.AWS_PROFILE);
  const half = isProfileNamed ? undefined : incompleteKeys(env);
  if (half) throw half;
  const usesProfile = isProfileNamed || !env.AWS_ACCESS_KEY_ID;
  const fault = usesProfile ? await findFileFault() : undefined;
  if (fault?.isMisleading) throw fault.error;
  // Checked first, because the SDK would still load the source's keys, and a failure of that would be an unhandled rejection.
  const noCode = usesProfile ? missingMfaCode(profiles) : undefined;
  if (noCode) throw noCode;
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
  const { requestHandler } = await openNetwork({ profile }, 'SSO', ANSWER_MS);
  const failures: object[] = [];
  const said: string[] = [];
  const stopListening = onFailedConnection(failure => failures.push(failure));
  try {
    // A new chain each time, because a chain keeps its first answer. It reads the files from the SDK's cache, which
    // `readStamp` has updated. The nested clients (SSO, roles of a profile) use this region if the profile names none; as
    // `clientConfig` it would override SSO's own region.
    return await fromNodeProviderChain({
      ...(profile && { profile }),
      logger: keepMessages(said),
      clientConfig: { requestHandler, customUserAgent: userAgent },
      parentClientConfig: { region, requestHandler },
      roleAssumerWithWebIdentity: identity => assumeWithWebIdentity(identity as WebIdentity, settings),
    })();
  } catch (thrown) {
    const failure = failedConnection(thrown, failures);
    const connection = findFailedConnection(failure);
    if (connection) throw await explainConnection(failure, connection, { profile }, 'SSO');
    throw await chainFailure({ thrown, profiles, said, tokenFile: env.AWS_WEB_IDENTITY_TOKEN_FILE });
  } finally {
    stopListening();
    requestHandler.httpAgent.destroy();
    requestHandler.httpsAgent.destroy();
  }
}
