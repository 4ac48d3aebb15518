/** What a workflow is: a tool of ours that goes, step by step, through the same path as every call. */
import type { z } from 'zod';
import type { FindApp, ListVisibleApps } from '../call/apps.ts';
import type { AwsClock, CallContext, DescribeTarget, Execute, Outcome } from '../call/dispatch.ts';
import type { Jobs } from '../call/jobs.ts';
import type { RunExclusively } from '../call/shared-state.ts';
import type { Stacks } from '../call/stacks.ts';
import type { Access } from '../operations/index.ts';
import type { PolicySettings } from '../policy/decide.ts';
import type { FindTools } from '../tool-search/index.ts';

/** What a workflow works with. */
export interface WorkflowContext extends CallContext {
  readonly execute: Execute;
  readonly jobs: Jobs;
  readonly listApps: ListVisibleApps;
  readonly findApp: FindApp;
  readonly stacks: Stacks;
  /** Account, identity and region of a target. @throws RegisteredError */
  readonly describeTarget: DescribeTarget;
  /** What AWS dates is as old as this clock says. */
  readonly awsNow: AwsClock;
  /** For what writes: one call at a time works on an environment. */
  readonly exclusively: RunExclusively;
  readonly policy: PolicySettings;
  /** The tools that this configuration serves and a sentence may mean, or why no tool does what it asks for. */
  readonly findTools: FindTools;
}

/** What is declared of a tool of this room. */
export interface DeclaredTool {
  readonly toolName: string;
  readonly title: string;
  readonly access: Access;
  /** Set for what leads to other tools and has no target of its own. */
  readonly guide?: 'finds' | 'runs';
  /** The operations that it goes through, by their tools' names; no other is let through. */
  readonly steps?: readonly string[];
  /** What an identity must be allowed to read beside these. */
  readonly iamActions?: readonly string[];
  readonly toolInput: z.ZodObject;
  readonly output: z.ZodObject;
}

/** A workflow. */
export interface Workflow extends DeclaredTool {
  run(args: Record<string, unknown>, context: WorkflowContext): Promise<Outcome>;
}
