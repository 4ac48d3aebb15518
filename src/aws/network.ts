/** How the clients of AWS's services reach them: the endpoint, proxies, certificates and time limits. */
import type { Env } from '../lib/env.ts';
import { quote } from '../lib/quote.ts';
import { type Agents, type CaBundle, createAgents, UnusableCaBundle } from '../network/index.ts';
import { findCustomEndpoint, wrongEndpoint, wrongVariant } from './endpoints.ts';
import { exportLine, notSent, shellWord } from './not-sent.ts';
import { readProfile } from './profiles.ts';
import { fromEnvironment } from './shared-files.ts';

/** The settings of a client that decide how it reaches its service. */
export interface ConnectionSettings {
  readonly profile?: string | undefined;
  /** The embedded sandbox, in place of every service. It is reached directly: no proxy or custom endpoint applies. */
  readonly endpoint?: string | undefined;
}

/** Settings of an SDK client. */
export interface NetworkSettings {
  readonly endpoint?: string;
  readonly useFipsEndpoint?: false;
  readonly useDualstackEndpoint?: false;
  readonly requestHandler: Agents & {
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
}

const KMS_ANSWER_MS = 10_000;

/** The file of certificates that the environment or the profile names. */
export async function findCaBundle(profile: string | undefined): Promise<CaBundle | undefined> {
  const env: Env = await fromEnvironment(all => all);
  if (env.AWS_CA_BUNDLE) return { file: env.AWS_CA_BUNDLE, source: 'AWS_CA_BUNDLE' };
  const { name, data } = await readProfile(profile);
  return data.ca_bundle
    ? { file: data.ca_bundle, source: `ca_bundle of the AWS profile ${quote(name)}` }
    : undefined;
}

/** What a person types to name another file of certificates. */
export async function bundleLine(profile: string | undefined, bundle: CaBundle | undefined): Promise<string> {
  const { name, data } = await readProfile(profile);
  return bundle !== undefined && bundle.source !== 'AWS_CA_BUNDLE' && data.ca_bundle
    ? `type: aws configure set ca_bundle /path/to/ca.pem --profile ${shellWord(name)}`
    : exportLine('AWS_CA_BUNDLE', '/path/to/ca.pem');
}

async function openAgents(profile: string | undefined) {
  const env: Env = await fromEnvironment(all => all);
  const bundle = await findCaBundle(profile);
  try {
    return await createAgents(env, bundle);
  } catch (thrown) {
    if (!(thrown instanceof UnusableCaBundle) || !bundle) throw thrown;
    const what = `the file of certificates ${quote(bundle.file)} (${bundle.source}) ${thrown.message}`;
    throw notSent(what, await bundleLine(profile, bundle), { cause: thrown });
  }
}

/**
 * The settings of one client. Their agents belong to the client, which destroys them.
 * @param service as its SDK client names it: `AmplifyBackend`
 * @param answerMs how long an answer may take
 * @throws ServerError not_sent if the person's settings cannot be used
 */
export async function openNetwork(
  { profile, endpoint }: ConnectionSettings,
  service: string,
  answerMs: number,
): Promise<NetworkSettings> {
  const limits = { requestTimeout: answerMs, throwOnRequestTimeout: true } as const;
  if (endpoint !== undefined) {
    const requestHandler = { ...(await createAgents({})), ...limits };
    return { endpoint, useFipsEndpoint: false, useDualstackEndpoint: false, requestHandler };
  }
  const custom = await findCustomEndpoint(profile, service);
  const wrong = (custom && wrongEndpoint(custom)) ?? (await wrongVariant(profile, custom));
  if (wrong) throw wrong;
  const requestHandler = { ...(await openAgents(profile)), ...limits };
  return { ...(custom && { endpoint: custom.url }), requestHandler };
}

/** The settings of the client of KMS, which opens the vault. @throws ServerError not_sent */
export const kmsSettings = (userAgent: string) => async () => ({
  customUserAgent: userAgent,
  ...(await openNetwork({}, 'KMS', KMS_ANSWER_MS)),
});
