/** Where an environment stands on its way to Gen 2, by its signs. What was only done in a checkout, such as `generate`, is not seen. */
import type { MigrationSigns } from './signs.ts';

/**
 * `locked`: AWS's tool has locked it. `deployed`: and the app has a Gen 2 backend. `refactored`: and pools or buckets were
 * moved to it. `failed`: a refactoring has stopped half way. `beside`: no sign of its own, but the app has a Gen 2 backend.
 */
export const stages = ['none', 'locked', 'deployed', 'refactored', 'failed', 'beside'] as const;
export type Stage = (typeof stages)[number];

export function stageOf(signs: MigrationSigns, environment: string): Stage {
  const { locked, migrating, branches, holding, halfFailed } = signs;
  if (locked !== true && migrating !== environment) return branches.length > 0 ? 'beside' : 'none';
  if (halfFailed.length > 0) return 'failed';
  if (holding.length > 0) return 'refactored';
  return branches.length > 0 ? 'deployed' : 'locked';
}
