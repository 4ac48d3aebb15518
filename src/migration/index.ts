/**
 * The migration of an environment from Gen 1 to Gen 2, as the cloud shows it. Pure: it sends nothing, and never throws,
 * whatever it is given. `createReadMigrationFacts` (`src/call/migration-reads.ts`) reads the facts; these functions judge them.
 */

export {
  assessMigration,
  type MatrixAge,
  matrixAge,
  type Readiness,
  type ReadinessFinding,
  type ReadinessVerdict,
  readinessVerdicts,
  standingOf,
} from './assess.ts';
export { backendsOf, branchNameOf, type Gen2Backend, isNamed, isSandboxStack } from './backends.ts';
export { deletions, holdingOwners, type ModelTable, modelStates, type OwnedHolding } from './data.ts';
export { type Area, areas, type Change, changes, type Finding } from './findings.ts';
export { type Gen2Use, usedByGen2 } from './gen2-uses.ts';
export { type GuardedWrite, type GuardFinding, guardOf, type StackEffect } from './guard.ts';
export { gen2IdsIn, type HoldingKind, holdingKinds } from './holdings.ts';
export { nextStepOf, type StepNames } from './next-step.ts';
export { otherEnvironmentOf } from './other-environment.ts';
export { effects, toolSupports } from './requirements.ts';
export { type RunbookFacts, runbookOf } from './runbook.ts';
export {
  type Gen2Branch,
  gen2Branches,
  type MigrationSign,
  type MigrationSigns,
  migrationVariable,
  refusesUpdates,
  type SignKind,
  signsOf,
} from './signs.ts';
export {
  type BranchFacts,
  type Gen2Elsewhere,
  type HoldingStack,
  type MigrationFacts,
  rootOf,
  type StackFacts,
  type StackResource,
} from './stacks.ts';
export { isRetained, type Moved, type Stage, stageOf, stages, stageWords } from './stage.ts';
export { type Verdict, type Verification, verdicts, verifyMigration } from './verify.ts';
