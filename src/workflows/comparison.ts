/** Two environments side by side: what differs, what is the same, and both as a person reads it. */

import { quoteCell, quoteJson } from '../lib/quote.ts';
import { type Difference, differencesOf } from './differences.ts';
import type { EnvironmentSettings } from './environment-settings.ts';

const LONGEST_CELL = 80;

/** A value in a cell: quoted data of AWS's, on one line and short. */
function cell(value: unknown): string {
  if (value === undefined) return '';
  return quoteJson(value, LONGEST_CELL).replaceAll('|', '\\|');
}

/** The differences as a table that a person can read. */
export function tableOf(differences: readonly Difference[], left: string, right: string): string {
  const rows = differences.map(difference => [
    quoteCell(difference.path),
    difference.is === 'only right' ? '(missing)' : cell(difference.left),
    difference.is === 'only left' ? '(missing)' : cell(difference.right),
  ]);
  return [['setting', left, right], ['---', '---', '---'], ...rows]
    .map(row => `| ${row.join(' | ')} |`)
    .join('\n');
}

/** Where a whole category is missing, each resource of it is: so that they can be counted and named. */
function differencesBetween(left: EnvironmentSettings, right: EnvironmentSettings): Difference[] {
  const none = Object.fromEntries(
    Object.keys({ ...left.settings, ...right.settings }).map(name => [name, {}]),
  );
  return differencesOf({ ...none, ...left.settings }, { ...none, ...right.settings });
}

/** The resources of both that have no difference, as `category/name`. */
function sameOf(
  left: EnvironmentSettings,
  right: EnvironmentSettings,
  differences: readonly Difference[],
): string[] {
  return Object.entries(left.settings).flatMap(([category, resources]) => {
    if (category === 'feature flags') return [];
    const names = Object.keys(resources).filter(name => right.settings[category]?.[name] !== undefined);
    const labels = names.map(name => `${category}/${name}`);
    return labels.filter(
      label => !differences.some(({ path }) => path === label || path.startsWith(`${label}/`)),
    );
  });
}

/** Compares them. */
export function compareSettings(left: EnvironmentSettings, right: EnvironmentSettings) {
  const differences = differencesBetween(left, right);
  return { differences, same: sameOf(left, right, differences) };
}
