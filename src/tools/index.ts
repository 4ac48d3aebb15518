/** All tools that are more than one AWS call, loaded: for the build, the tests, and what the IAM policy is made of. */
import { approvePlan, readApprovalTool } from './approve-plan/index.ts';
import type { DeclaredTool, Tool } from './define.ts';
import { workflowLoads } from './load.ts';
import { readBoardTool } from './read-board/index.ts';
import { runOperation } from './run-operation/index.ts';

/** The toolset `workflows`, in the order of the tool list. */
export const workflows: readonly Tool[] = await Promise.all(Object.values(workflowLoads).map(load => load()));

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
