/** The table of the workflow tools. Each is loaded by its own first call. */
import type { Tool } from './define.ts';

type Load = () => Promise<Tool>;

/** The toolset `workflows` by the tools' names, in the order of the tool list, where the operations follow them. */
export const workflowLoads = {
  whoami: async () => (await import('./whoami/index.ts')).whoami,
  list_apps: async () => (await import('./list-apps/index.ts')).listApps,
  take_inventory: async () => (await import('./take-inventory/index.ts')).takeInventory,
  describe_environment: async () => (await import('./describe-environment/index.ts')).describeEnvironment,
  compare_environments: async () => (await import('./compare-environments/index.ts')).compareEnvironments,
  clone_environment: async () => (await import('./clone-environment/index.ts')).cloneEnvironment,
  provision_environment: async () => (await import('./provision-environment/index.ts')).provisionEnvironment,
  change_environment: async () => (await import('./change-environment/index.ts')).changeEnvironment,
  decommission_environment: async () =>
    (await import('./decommission-environment/index.ts')).decommissionEnvironment,
  export_environment: async () => (await import('./export-environment/index.ts')).exportEnvironment,
  assess_migration: async () => (await import('./assess-migration/index.ts')).assessMigration,
  verify_migration: async () => (await import('./verify-migration/index.ts')).verifyMigration,
  list_recent_jobs: async () => (await import('./list-recent-jobs/index.ts')).listRecentJobs,
  wait_for_job: async () => (await import('./wait-for-job/index.ts')).waitForJob,
  explain_job: async () => (await import('./explain-job/index.ts')).explainJob,
  find_operation: async () => (await import('./find-operation/index.ts')).findOperation,
} as const satisfies Readonly<Record<string, Load>>;

/** All tools that `CallTool` can load. `mcp/approve-plan.ts` runs the tools of the plan's page. */
const loads = new Map<string, Load>([
  ...Object.entries(workflowLoads),
  ['read_board', async () => (await import('./read-board/index.ts')).readBoardTool],
]);

/** Loads a tool by its name; undefined for an operation. */
export async function loadTool(toolName: string): Promise<Tool | undefined> {
  return loads.get(toolName)?.();
}
