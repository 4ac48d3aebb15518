/** Compares what a call states with what AWS shows, category by category: what would change, and the request for it. */

import { operationOf } from '../../call/reads.ts';
import { findChanges } from '../../environment/changes.ts';
import type { Change } from '../../environment/schema-changes.ts';
import type { EnvironmentRef } from '../../jobs/job.ts';
import { isObject, type Json, memberOf } from '../../lib/json.ts';
import { quoteName, quoteNames } from '../../lib/quote.ts';
import { isWithheld } from '../../lib/withheld-mark.ts';
import { redactBySchema } from '../../secrets/redaction.ts';
import type { ToolContext } from '../define.ts';
import type { Category } from '../shared/snapshot/read.ts';
import type { Current } from './current.ts';
import { mergeConfig, updatableConfig } from './merge.ts';

export const updateOf = (category: Category) => `update_backend_${category}`;

/** What is to be changed in one category. */
export interface Decision {
  readonly category: Category;
  readonly resourceName: string;
  /** Empty where AWS already has what is stated. */
  readonly changes: readonly Change[];
  /** The arguments of the update. */
  readonly args: Json;
  readonly notes: readonly string[];
}

const RESOURCE_CONFIG = 'resourceConfig';

const valueAt = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, name) => memberOf(inner, name), value);

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);

/** The outermost paths that the first value has and the second one lacks. */
function removedPaths(before: unknown, after: unknown, path = ''): Change[] {
  if (!isObject(before) || !isObject(after)) return [];
  return Object.entries(before).flatMap(([name, was]) => {
    const at = path === '' ? name : `${path}.${name}`;
    if (after[name] === undefined && !isEmpty(was)) return [{ path: at, before: was, after: null }];
    return removedPaths(was, after[name], at);
  });
}

/**
 * The differences between two configurations, with secrets withheld.
 * @param found as AWS shows it @param wanted as it is sent: the mark of a withheld value stands for the stored one
 */
async function differencesBetween(category: Category, found: Json, wanted: Json): Promise<Change[]> {
  const { sdkInput } = operationOf(updateOf(category));
  const shown = redactBySchema(sdkInput, { [RESOURCE_CONFIG]: wanted }) as Json;
  const changes = await findChanges(found, shown[RESOURCE_CONFIG]);
  const isKept = ({ path, before }: Change) => isWithheld(before) && valueAt(wanted, path) === before;
  return changes.filter(change => !isKept(change) && !(isEmpty(change.before) && isEmpty(change.after)));
}

/** The differences without those in withheld values that already equal what AWS stores. @throws ServerError */
async function withoutStored(
  { areStored, signal }: ToolContext,
  tool: string,
  args: Json,
  changes: readonly Change[],
): Promise<readonly Change[]> {
  const unsure = changes.filter(({ before }) => isWithheld(before));
  if (unsure.length === 0) return changes;
  const kept = new Set<Change>();
  for (const change of unsure) {
    const path = [RESOURCE_CONFIG, ...change.path.split('.')];
    if (await areStored(tool, args, [path], signal)) kept.add(change);
  }
  return changes.filter(change => !kept.has(change));
}

const withCategory = (category: Category, changes: readonly Change[]): Change[] =>
  changes.map(change => ({ ...change, path: `${category}.${change.path}` }));

/** The parts of a sent configuration that AWS does not show. @throws ServerError */
export async function findMissing(
  context: ToolContext,
  category: Category,
  current: Current,
  args: Json,
): Promise<Change[]> {
  const found = updatableConfig(category, current.existing[category]?.config ?? {});
  const wanted = args[RESOURCE_CONFIG] as Json;
  const changes = await differencesBetween(category, found, wanted);
  const missing = await withoutStored(context, updateOf(category), args, changes);
  const stays = removedPaths(found, wanted).filter(({ path }) => isRemovedProvider(path));
  return withCategory(category, [...missing, ...stays]);
}

/** Whether a member is missing from the request only because `removeProviders` removed it. */
const isRemovedProvider = (path: string) => path.startsWith('userPoolConfigs.oAuth.socialProviderSettings.');

/** @throws ServerError where the change does not fit the environment */
export async function decide(
  context: ToolContext,
  { target, ...ref }: EnvironmentRef,
  category: Category,
  current: Current,
  stated: Json,
): Promise<Decision> {
  const { resourceName = '', config = {}, others = [] } = current.existing[category] ?? {};
  const source = {
    config: updatableConfig(category, config),
    userPoolId: current.userPoolId,
    mayBeRemoved: current.changedApiLately,
  };
  const wanted = await mergeConfig(category, source, stated);
  const args = {
    ...ref,
    ...{ resourceName, [RESOURCE_CONFIG]: wanted.config },
    ...(target !== undefined && { target }),
  };
  const found = await differencesBetween(category, source.config, wanted.config);
  const changes = await withoutStored(context, updateOf(category), args, found);
  const gone = removedPaths(source.config, wanted.config);
  const all = withCategory(category, [...changes, ...gone]);
  const which =
    others.length > 0
      ? [
          `The ${category} that is changed is ${quoteName(resourceName)}; ${quoteNames(others)} stays as it is.`,
        ]
      : [];
  const notes = [...wanted.alreadyTrue, ...(all.length > 0 ? [...which, ...wanted.notes] : [])];
  return { category, resourceName, changes: all, args, notes };
}
