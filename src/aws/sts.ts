/** The client of STS, for the requests that this program sends itself: who am I, and the roles that are assumed. */
import type { STSClient } from '@aws-sdk/client-sts';
import { refuseForeignAnswers } from './foreign-answer.ts';
import type { AwsKeys } from './keys.ts';
import { openNetwork, type Place } from './network.ts';
import { explainUnsent } from './unsent.ts';

/** Where STS is asked, and with which keys; some of its requests need none. */
interface StsSettings extends Place {
  readonly region: string;
  readonly credentials?: AwsKeys | (() => Promise<AwsKeys>);
  /** Name and version of this program, for AWS's records. */
  readonly userAgent: string;
}

const SERVICE = 'STS';
const ANSWER_MS = 10_000;

/** Opens a client, which its user destroys. @throws ServerError not_sent */
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
