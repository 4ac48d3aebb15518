/** The stacks and buckets in an account that have an environment's name. */

import type { Stack } from '../../aws/stacks.ts';
import type { ReadValue, TryRead } from '../../call/optional-reads.ts';
import type { StackSearch } from '../../call/stacks.ts';
import { bucketBelongs, searchLimits } from '../../environment/index.ts';
import { isObject, textOf } from '../../lib/json.ts';
import { quoteName } from '../../lib/quote.ts';
import type { ToolContext } from '../define.ts';
import type { Read } from './read.ts';

/** The account's buckets. */
export interface Buckets {
  readonly names: readonly string[];
  /** Whether the list is complete. If not, a bucket may exist although it is not listed. */
  readonly areAll: boolean;
}

/** The note where the list of buckets is not complete. */
export const BUCKETS_CUT = 'Not checked: all buckets, since there are too many.';

/** Each round reads several pages. An account has hundreds of buckets, seldom thousands. */
const MOST_ROUNDS = 10;

/** @throws ServerError */
export async function readBuckets(read: Read): Promise<Buckets> {
  const names: string[] = [];
  let nextToken: unknown;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const answer = await read('list_s3_buckets', {
      all: true,
      ...(nextToken !== undefined && { nextToken }),
    });
    const buckets = Array.isArray(answer.buckets) ? answer.buckets : [];
    names.push(...buckets.map(bucket => (isObject(bucket) ? (textOf(bucket.name) ?? '') : '')));
    nextToken = answer.nextToken;
    if (nextToken === undefined) return { names, areAll: true };
  }
  return { names, areAll: false };
}

/** Whether a bucket has an environment's name. It may belong to an environment of the same name in another app. */
export function hasEnvironmentName(bucket: string, search: StackSearch): boolean {
  const { backendEnvironmentName: environment, ...known } = search;
  return bucketBelongs(bucket, { ...known, environment }) !== 'does not belong';
}

/** What a search by name cannot find, a sentence each. */
export function notFoundByName({ backendEnvironmentName: environment, ...known }: StackSearch): string[] {
  return searchLimits({ ...known, environment });
}

/** How many apps' records are read to find out which app a stack belongs to. */
const MOST_APPS = 20;

/**
 * Leaves out the stacks that Amplify's records assign to other environments. @param candidates stacks whose names do
 * not include an app
 * @returns all of them where the records cannot be read
 */
async function withoutRecorded(
  { stacks, listApps, signal }: ToolContext,
  { appId, backendEnvironmentName, target }: StackSearch,
  candidates: readonly Stack[],
  tryRead: TryRead,
): Promise<readonly Stack[]> {
  if (candidates.length === 0) return candidates;
  const listed = await tryRead(
    'to which app the stacks without an app in their name belong',
    'amplify:ListApps',
    () => listApps(target, signal),
  );
  const others = (listed?.value.apps ?? []).filter(app => app.appId !== appId).slice(0, MOST_APPS - 1);
  const ofOthers = new Set<string>();
  for (const app of [{ appId }, ...others]) {
    const records = await tryRead("Amplify's records", 'amplify:ListBackendEnvironments', () =>
      stacks.records({ appId: app.appId, target }, signal),
    );
    for (const { name, stackName } of records?.value ?? [])
      if (stackName !== undefined && (app.appId !== appId || name !== backendEnvironmentName))
        ofOthers.add(stackName);
  }
  return candidates.filter(({ name }) => !ofOthers.has(name));
}

/** Stacks that have an environment's name. */
export interface NamedStacks {
  /** Those of the environment; deleted ones among them. */
  readonly own: readonly Stack[];
  /** Existing stacks that may be of the environment or of another app. */
  readonly unsure: readonly Stack[];
}

/**
 * Finds the stacks that have an environment's name.
 * @param tryRead reads the list of the stacks @param tryExtra runs the reads that only narrow the unsure ones down
 * @returns undefined where the stacks cannot be listed
 */
export async function findStacksByName(
  context: ToolContext,
  search: StackSearch,
  { tryRead, tryExtra }: { readonly tryRead: TryRead; readonly tryExtra: TryRead },
): Promise<ReadValue<NamedStacks> | undefined> {
  const found = await tryRead('stacks of that name', 'cloudformation:ListStacks', () =>
    context.stacks.byName(search, context.signal),
  );
  if (!found) return undefined;
  const existing = found.value.perhaps.filter(({ status }) => status !== 'DELETE_COMPLETE');
  const unsure = await withoutRecorded(context, search, existing, tryExtra);
  return { value: { own: found.value.own, unsure } };
}

/** Describes a stack whose name does not include an app. */
export const unsureStackText = ({ name, status }: Stack, environment: string): string =>
  `stack ${quoteName(name)} (${quoteName(status)}), whose name does not include an app: it may belong to ${quoteName(environment)} or to another app`;
