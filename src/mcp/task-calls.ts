/** The calls of tools for clients that know tasks: what goes on at AWS after a call is a task of theirs. */
import type { CallToolResult, ServerContext } from '@modelcontextprotocol/server';
import type { CallContext, Outcome } from '../call/dispatch.ts';
import { toServerError } from '../errors.ts';
import type { CallTool } from '../tools/call-tool.ts';
import type { JobTaskData } from './job-task-state.ts';
import { failureText, toResult } from './results.ts';
import { declaresTasks } from './task-methods.ts';
import type { Tasks } from './tasks.ts';
import type { WorkflowTaskData, WorkflowTasks } from './workflow-task.ts';

/** What the handles of each kind of task keep. */
export interface TaskDatas {
  readonly job: JobTaskData;
  readonly workflow: WorkflowTaskData;
}

/** Calls a tool. @throws RegisteredError */
export type ToolCallHandler = (
  name: string,
  args: Readonly<Record<string, unknown>> | undefined,
  context: CallContext,
  ctx: ServerContext,
) => Promise<CallToolResult>;

/** What becomes a task. */
export interface TaskCallsOptions {
  readonly callTool: CallTool;
  readonly tasks: Tasks<TaskDatas>;
  readonly workflowTasks: Pick<WorkflowTasks, 'begin'>;
  /** Whether the tool of that name starts a job and leaves it to its caller to wait. */
  readonly startsJob: (toolName: string) => boolean;
  /** Whether the tool of that name waits for jobs by itself. */
  readonly waitsForJobs: (toolName: string) => boolean;
}

/** Calls for a connection without tasks. */
export function callsAsResults(callTool: CallTool): ToolCallHandler {
  return async (name, args, context) => toResult(await callTool(name, args, context));
}

/** Calls for one with them, as far as a request declares the extension. */
export function callsAsTasks(options: TaskCallsOptions): ToolCallHandler {
  const { callTool, tasks, workflowTasks, startsJob, waitsForJobs } = options;
  // The SDK's types know no tasks; on the wire `resultType` tells them apart.
  const create = async <Kind extends keyof TaskDatas>(kind: Kind, data: TaskDatas[Kind], who: CallContext) =>
    (await tasks.create(kind, data, {
      caller: who.caller ?? 'unknown',
      signal: who.signal,
    })) as unknown as CallToolResult;

  /** What goes on has begun: whatever becomes of its task, the agent must learn of it. */
  const withoutTask = (outcome: Outcome, thrown: unknown) => {
    const why = `No task was made of this, so follow it yourself. ${failureText(toServerError(thrown))}`;
    return toResult({ ...outcome, notes: [...outcome.notes, why] });
  };

  async function callAsJobTask(name: string, args: unknown, context: CallContext): Promise<CallToolResult> {
    const outcome = await callTool(name, args, context);
    const { job } = outcome;
    const goesOn = job?.state === 'running' || job?.state === 'stalled';
    if (!goesOn || !startsJob(name)) return toResult(outcome);
    const { appId, backendEnvironmentName, jobId, operation } = job;
    try {
      return await create('job', { appId, backendEnvironmentName, jobId, operation }, context);
    } catch (thrown) {
      return withoutTask(outcome, thrown);
    }
  }

  async function callAsWorkflowTask(
    name: string,
    args: Readonly<Record<string, unknown>>,
    context: CallContext,
  ): Promise<CallToolResult> {
    const begun = await workflowTasks.begin(name, args, context);
    if ('result' in begun) return begun.result;
    try {
      return await create('workflow', begun.data, context);
    } catch (thrown) {
      const goOn = `It goes on: call ${name} again with the same arguments; nothing is started twice.`;
      return withoutTask({ answer: {}, notes: [goOn] }, thrown);
    }
  }

  return async (name, args, context, ctx) => {
    if (!declaresTasks(ctx)) return toResult(await callTool(name, args, context));
    return args && waitsForJobs(name)
      ? callAsWorkflowTask(name, args, context)
      : callAsJobTask(name, args, context);
  };
}
