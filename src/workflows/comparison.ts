/** Two environments side by side: what differs and what is the same. */
import { quoteName } from '../lib/quote.ts';
import { compareResources } from './api-differences.ts';
import type { Difference } from './differences.ts';
import type { EnvironmentSettings } from './environment-settings.ts';

/** What came of it. */
export interface Comparison {
  readonly differences: readonly Difference[];
  /** The resources of both that have no difference, as `category/name`. */
  readonly same: readonly string[];
  /** What was compared otherwise than it should be, a sentence each. */
  readonly notes: readonly string[];
}

const FLAGS = 'feature flags';

const keysOf = (left: object = {}, right: object = {}) =>
  [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();

/** Compares them, resource by resource: where a category is missing as a whole, each resource of it is. */
export async function compareSettings(
  { settings: left }: EnvironmentSettings,
  { settings: right }: EnvironmentSettings,
): Promise<Comparison> {
  const differences: Difference[] = [];
  const notes: string[] = [];
  const same = new Set<string>();
  for (const category of keysOf(left, right)) {
    for (const name of keysOf(left[category], right[category])) {
      const path = [category, name];
      const found = await compareResources(left[category]?.[name], right[category]?.[name], path);
      for (const difference of found.differences) differences.push(difference);
      if (found.unreadable !== undefined)
        notes.push(
          `The schemas of ${quoteName(path.join('/'))} are compared as texts: one of them ${found.unreadable}.`,
        );
      if (found.differences.length === 0 && category !== FLAGS) same.add(path.join('/'));
    }
  }
  // In the order in which the environment has them.
  const inOrder = Object.entries(left).flatMap(([category, resources]) =>
    Object.keys(resources).map(name => `${category}/${name}`),
  );
  return { differences, same: inOrder.filter(label => same.has(label)), notes };
}
