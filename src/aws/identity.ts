/**
 * The identity of the credentials, from STS GetCallerIdentity, which needs no permission. It is read once for each set of
 * keys, and again after an hour.
 */
import { ServerError } from '../errors.ts';
import { blamesCredentials, serviceFailure } from './credential-failures.ts';
import type { Credentials } from './credentials.ts';
import { openSts } from './sts.ts';

/** An AWS account and the identity that acts in it. */
export interface Identity {
  readonly account: string;
  readonly arn: string;
}

/** Settings of the read. */
export interface IdentityOptions {
  readonly credentials: Credentials;
  readonly region: () => Promise<string>;
  readonly profile?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly userAgent: string;
  /** Milliseconds on the monotonic clock. */
  readonly now: () => number;
}

const KEPT_MS = 3_600_000;
async function ask({ credentials, region, ...place }: IdentityOptions): Promise<Identity> {
  const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const client = await openSts({ ...place, region: await region(), credentials: credentials.provider });
  try {
    const { Account: account, Arn: arn } = await client.send(new GetCallerIdentityCommand({}));
    if (!account || !arn)
      throw new ServerError('unreachable', { message: 'AWS STS answered without an identity.' });
    return { account, arn };
  } catch (thrown) {
    if (blamesCredentials(thrown)) credentials.forget();
    throw serviceFailure(thrown);
  } finally {
    client.destroy();
  }
}

/**
 * Creates the read of one target's identity.
 * @returns a function that reads from STS or from memory; it throws ServerError: credentials_*, clock_skew, not_sent, unreachable, region_missing
 */
export function createIdentity(options: IdentityOptions): () => Promise<Identity> {
  const { credentials, now } = options;
  let asked: { readonly key: string; readonly at: number; readonly identity: Promise<Identity> } | undefined;
  return async () => {
    const { accessKeyId: key } = await credentials.provider();
    if (asked?.key === key && now() - asked.at < KEPT_MS) return asked.identity;
    const mine = { key, at: now(), identity: ask(options) };
    asked = mine;
    try {
      return await mine.identity;
    } catch (thrown) {
      if (asked === mine) asked = undefined;
      throw thrown;
    }
  };
}
