/** All workflow tools, loaded: for the build, the tests and the IAM policy. */
import { approvePlan, readApprovalTool } from './approve-plan/index.ts';
import { assessMigration } from './assess-migration/index.ts';
import { changeEnvironment } from './change-environment/index.ts';
import { cloneEnvironment } from './clone-environment/index.ts';
import { compareEnvironments } from './compare-environments/index.ts';
import { decommissionEnvironment } from './decommission-environment/index.ts';
import type { DeclaredTool, Tool } from './define.ts';
import { describeEnvironment } from './describe-environment/index.ts';
import { explainJob } from './explain-job/index.ts';
import { exportEnvironment } from './export-environment/index.ts';
import { findOperation } from './find-operation/index.ts';
import { listApps } from './list-apps/index.ts';
import { listRecentJobs } from './list-recent-jobs/index.ts';
import { provisionEnvironment } from './provision-environment/index.ts';
import { readBoardTool } from './read-board/index.ts';
import { runOperation } from './run-operation/index.ts';
import { takeInventory } from './take-inventory/index.ts';
import { verifyMigration } from './verify-migration/index.ts';
import { waitForJob } from './wait-for-job/index.ts';
import { whoami } from './whoami/index.ts';

/** The toolset `workflows`, in the order of the tool list and of `workflowLoads`, by which a call finds its tool. */
export const workflows: readonly Tool[] = [
  whoami,
  listApps,
  takeInventory,
  describeEnvironment,
  compareEnvironments,
  cloneEnvironment,
  provisionEnvironment,
  changeEnvironment,
  decommissionEnvironment,
  exportEnvironment,
  assessMigration,
  verifyMigration,
  listRecentJobs,
  waitForJob,
  explainJob,
  findOperation,
];

/** A tool of the page that shows answers to people. It is listed for the page alone, never for a model. */
export interface PageTool extends DeclaredTool {
  readonly description: string;
}

export const pageTools: readonly PageTool[] = [
  { ...readBoardTool, description: "For the server's own page: an app's environments, resources and jobs." },
  {
    ...readApprovalTool,
    description: "For the server's own page: whether a person can still answer there, or how they did.",
  },
  {
    ...approvePlan,
    description:
      "For the server's own page, never for an agent: what a person decides there about the plan of a call.",
  },
];

/** All declared tools of the model: the workflows, and `run_operation`, which mcp/surface.ts replaces by the tool that it names. */
export const declaredTools: readonly DeclaredTool[] = [...workflows, runOperation];

export type { DeclaredTool, Tool } from './define.ts';
