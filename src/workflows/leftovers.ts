/** What bears the name of an environment beside its stack: the buckets that Amplify names after it. */
import { bearsName, type StackSearch } from '../execute/stacks.ts';

/** Calls a read tool. */
export type Read = (toolName: string, args: object) => Promise<Readonly<Record<string, unknown>>>;

/** The account's buckets. */
export interface Buckets {
  readonly names: readonly string[];
  /** Whether these are all: only then is one that is missing gone. */
  readonly areAll: boolean;
}

/** Each round reads several pages. An account has hundreds of buckets, seldom thousands. */
const MOST_ROUNDS = 10;

/** Reads them. @throws RegisteredError */
export async function readBuckets(read: Read): Promise<Buckets> {
  const names: string[] = [];
  let nextToken: unknown;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const answer = await read('list_s3_buckets', {
      all: true,
      ...(nextToken !== undefined && { nextToken }),
    });
    names.push(...((answer.buckets ?? []) as { name?: string }[]).map(({ name = '' }) => name));
    nextToken = answer.nextToken;
    if (nextToken === undefined) return { names, areAll: true };
  }
  return { names, areAll: false };
}

/** The bucket of a stack's deployments, as the Amplify CLI names it. */
export const deploymentBucket = (stackName: string) => `${stackName.toLowerCase()}-deployment`;

/**
 * Whether a bucket bears the name of an environment. Deployments are `amplify-shop-qa-101530-deployment`; files are
 * `shopmedia101530-qa`, which may be another app's as well.
 */
export function bearsEnvironment(bucket: string, search: StackSearch): boolean {
  const [, stackName] = /^(.+)-deployment$/.exec(bucket) ?? [];
  if (stackName !== undefined) return bearsName(stackName, search);
  return bucket.endsWith(`-${search.backendEnvironmentName.toLowerCase()}`);
}
