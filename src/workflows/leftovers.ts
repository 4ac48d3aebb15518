/** What bears the name of an environment beside its stack: the buckets that Amplify names after it. */

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

/** Whether a bucket bears the name of an environment: files are `shopmedia101530-qa`, deployments `amplify-shop-qa-101530-deployment`. */
export function bearsEnvironment(bucket: string, environment: string): boolean {
  const name = environment.toLowerCase();
  return bucket.endsWith(`-${name}`) || new RegExp(`^amplify-.+-${name}-[a-z0-9]+-deployment$`).test(bucket);
}
