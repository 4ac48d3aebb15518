/** Totals of an inventory, and how long Gen 1 lives. Pure. */
import type { MigrationState } from './migration-state.ts';
import type { Row, Totals } from './output.ts';

/** The day on which Amplify Gen 1 ends (aws-amplify/amplify-cli#14881). */
export const END_OF_LIFE = '2027-05-01';

const DAY_MS = 86_400_000;

/** Whole days until the end of life; 0 afterwards. @param now epoch milliseconds */
export const daysLeft = (now: number): number =>
  Math.max(0, Math.ceil((Date.parse(END_OF_LIFE) - now) / DAY_MS));

const migratingStates: readonly MigrationState[] = ['locked', 'deployed', 'refactored', 'retained', 'failed'];

/** One app in the totals. `hasBranches`: whether its branches, and so its Gen 2 backends, could be read. */
export interface AppSum {
  readonly rows: readonly Row[];
  readonly hasBranches: boolean;
}

/** @param notCounted how many apps were not read for lack of time */
export function totalsOf(apps: readonly AppSum[], notCounted: number): Totals {
  const generations = apps.map(({ rows: [first] }) => first?.generation);
  const of = (wanted: Row['generation']) => generations.filter(one => one === wanted).length;
  const rows = apps.flatMap(one => one.rows);
  const environments = rows.filter(({ environment }) => environment !== undefined);
  const unreadable = environments.filter(({ state }) => state === 'unreadable').length;
  const unknown = of('unknown');
  return {
    ...{ apps: apps.length, gen1: of('gen1'), gen2: of('gen2'), both: of('both'), neither: of('none') },
    unknown,
    gen2Unknown: apps.filter(({ hasBranches }) => !hasBranches).length,
    environments: environments.length,
    gen2Backends: rows.filter(({ branch }) => branch !== undefined).length,
    holdingData: environments.filter(({ data }) => data !== undefined).length,
    importing: environments.filter(({ imported }) => imported !== undefined).length,
    contentUnknown: unreadable,
    migrating: environments.filter(({ migration = 'none' }) => migratingStates.includes(migration)).length,
    migrationUnknown: environments.filter(({ migration }) => migration === 'unknown').length,
    unread: unknown + unreadable,
    notCounted,
  };
}
