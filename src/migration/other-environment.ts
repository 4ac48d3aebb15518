/** Finds the environment that a Gen 2 backend belongs to, if that is not the one that was asked about. */
import type { Verification } from './verify.ts';

/**
 * The environment whose tables a Gen 2 backend uses instead: `<model>-<api id>-<environment>`.
 * @returns undefined if the migration of this environment has begun, or if the backend uses a table of this environment, has new
 *   tables, or names tables of several environments
 */
export function otherEnvironmentOf(
  { models, hasMoved, signs }: Pick<Verification, 'models' | 'hasMoved' | 'signs'>,
  environment: string,
): string | undefined {
  if (signs.locked || signs.migrating === environment) return undefined;
  const isOthers = models.every(({ state }) => state === 'other table' || state === 'missing');
  const names = models.flatMap(({ gen2Table, table }) =>
    gen2Table === undefined ? [] : [{ gen2: suffixOf(gen2Table), gen1: suffixOf(table ?? '') }],
  );
  const [first] = names;
  if (!isOthers || hasMoved || !first || first.gen2 === first.gen1) return undefined;
  return names.every(({ gen2 }) => gen2 === first.gen2) ? first.gen2 : undefined;
}

const suffixOf = (table: string) => table.split('-').at(-1) ?? '';
