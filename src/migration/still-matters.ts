/** Which findings of the readiness still matter at a stage of the migration. */
import type { RequirementName } from './requirements.ts';
import type { Stage } from './stage.ts';

/** What still matters once a Gen 2 branch is deployed, in addition to `matterAfterMove`. */
const matterAfterDeployment: readonly RequirementName[] = [
  ...(['OAuth addresses', 'OAuth domain', 'GraphQL API', 'IAM rules', 'S3 storage'] as const),
  ...(['large template', 'unstable stack', 'half-done refactoring', 'new tables'] as const),
];
/** What still matters once pools and buckets have moved. */
const matterAfterMove: readonly RequirementName[] = [
  ...(['REST API', 'searchable', 'Kinesis', 'geofences', 'half-done refactoring'] as const),
];

/**
 * Whether a kind of finding still matters at a stage: lock, generation and deployment are not judged once they are done.
 * @param isUsed whether a Gen 2 backend uses what the environment has, so that it is this environment's
 */
export function stillMatters(what: RequirementName, stage: Stage, isUsed: boolean): boolean {
  switch (stage) {
    case 'none':
    case 'locked':
      return true;
    // Another environment's Gen 2 backend shows that a branch can be added, and nothing else.
    case 'beside':
      return isUsed
        ? what === 'other migration' || stillMatters(what, 'deployed', isUsed)
        : what !== 'hosting by hand';
    case 'deployed':
    case 'failed':
      return matterAfterDeployment.includes(what) || matterAfterMove.includes(what);
    case 'refactored':
      return matterAfterMove.includes(what);
    case 'retained':
      return false;
  }
}
