/**
 * How far an environment is on its way to Gen 2, in the words that all tools use. The cloud does not show what was only done in
 * a checkout, such as `generate`.
 */
import { memberOf, objectOf } from '../lib/json.ts';
import { isKept } from './holdings.ts';
import type { MigrationSigns } from './signs.ts';
import type { StackFacts } from './stacks.ts';

export const stages = ['none', 'locked', 'deployed', 'refactored', 'retained', 'failed', 'beside'] as const;
export type Stage = (typeof stages)[number];

/** What each stage means, to follow a name and a colon. */
export const stageWords: Readonly<Record<Stage, string>> = {
  none: 'without a sign of a migration',
  locked: "locked by AWS's tool; no branch of its app deploys a Gen 2 backend",
  deployed: 'locked, and a Gen 2 backend is deployed; pools and buckets are still in Gen 1',
  refactored: 'pools or buckets were moved to Gen 2; the model tables stay in the Gen 1 stacks',
  retained: 'moved to Gen 2, and CloudFormation keeps what the Gen 1 stacks own when they are deleted',
  failed: 'a refactoring stopped half way',
  beside: 'not locked, but there is a Gen 2 backend that may use its tables',
};

/** What templates and outputs show beyond the signs. */
export interface Moved {
  /** Whether a Gen 2 stack owns a pool, bucket or table that was Gen 1's. */
  readonly hasMoved: boolean;
  /** Whether `retain` was run. */
  readonly isRetained: boolean;
}

/** @param moved where more than the signs was read */
export function stageOf(signs: MigrationSigns, environment: string, moved?: Moved): Stage {
  const { locked, migrating, branches, elsewhere = [], holding, halfFailed } = signs;
  const hasBackend = branches.length + elsewhere.length > 0;
  const isMigrating = locked === true || migrating === environment;
  if (isMigrating && halfFailed.length > 0) return 'failed';
  if (moved?.hasMoved) return moved.isRetained ? 'retained' : 'refactored';
  if (!isMigrating) return hasBackend ? 'beside' : 'none';
  if (holding.length > 0) return 'refactored';
  return hasBackend ? 'deployed' : 'locked';
}

/**
 * Whether `amplify gen2-migration retain` was run: it sets Retain on every resource below the root stack but nested stacks,
 * and leaves the root alone (`retain.ts` of aws-amplify/amplify-cli). `lock` sets it for tables alone.
 * @param gen1 the environment's stacks, all that are nested in its root
 */
export function isRetained(gen1: readonly StackFacts[]): boolean {
  const nested = gen1.filter(({ parentName }) => parentName !== undefined);
  return (
    nested.length > 0 &&
    nested.every(
      ({ template }) =>
        template !== undefined &&
        Object.values(objectOf(template.Resources)).every(
          resource =>
            memberOf(resource, 'Type') === 'AWS::CloudFormation::Stack' ||
            isKept(memberOf(resource, 'DeletionPolicy')),
        ),
    )
  );
}
