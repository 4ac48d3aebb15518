/** The STS client for this program's own requests: GetCallerIdentity and assuming roles. */
import type { STSClient } from '@aws-sdk/client-sts';
import { explainUnsent } from './explain-unsent.ts';
import { refuseForeignAnswers } from './foreign-answer.ts';
import type { AwsKeys } from './keys.ts';
import { type ConnectionSettings, openNetwork } from './network.ts';

/** How STS is reached, and with which keys; AssumeRoleWithWebIdentity needs none. */
interface StsSettings extends ConnectionSettings {
  readonly region: string;
  readonly credentials?: AwsKeys | (() => Promise<AwsKeys>);
  /** Name and version of this program, for AWS's records. */
  readonly userAgent: string;
}

const SERVICE = 'STS';
const ANSWER_MS = 10_000;

/** Opens a client, which the caller must destroy. @throws ServerError not_sent */
export async function openSts({ userAgent, ...settings }: StsSettings): Promise<STSClient> {
  const { STSClient } = await import('@aws-sdk/client-sts');
  const { region, profile, credentials } = settings;
  const client = new STSClient({
    ...{ region, customUserAgent: userAgent },
    ...(profile && { profile }),
    ...(credentials && { credentials }),
    ...(await openNetwork(settings, SERVICE, ANSWER_MS)),
  });
  client.middlewareStack.use(refuseForeignAnswers('xml'));
  client.middlewareStack.use(explainUnsent(settings, SERVICE));
  return client;
}
