/** Tool calls for clients that support tasks: a job or a workflow that outlasts the call becomes a task. */
import type { CallToolResult, ServerContext } from '@modelcontextprotocol/server';
import type { CallContext, Outcome } from '../call/call-operation.ts';
import { toServerError } from '../errors.ts';
import { isEnded } from '../jobs/job.ts';
import type { CallTool } from '../tools/call-tool.ts';
import type { JobTaskData } from './job-task-state.ts';
import { failureText, toResult } from './results.ts';
import { declaresTasks } from './task-methods.ts';
import type { Tasks } from './tasks.ts';
import type { WorkflowTaskData, WorkflowTasks } from './workflow-task.ts';

/** The data in the handles of each kind of task. */
export interface TaskDataByKind {
  readonly job: JobTaskData;
  readonly workflow: WorkflowTaskData;
}

/** Calls a tool. @throws ServerError */
export type ToolCallHandler = (
  name: string,
  args: Readonly<Record<string, unknown>> | undefined,
  context: CallContext,
  ctx: ServerContext,
) => Promise<CallToolResult>;

export interface TaskCallsOptions {
  readonly callTool: CallTool;
  readonly tasks: Tasks<TaskDataByKind>;
  readonly workflowTasks: Pick<WorkflowTasks, 'begin'>;
  /** Whether the tool of that name starts a job and returns without waiting for it. */
  readonly startsJob: (toolName: string) => boolean;
  /** Whether the tool of that name waits for jobs. */
  readonly waitsForJobs: (toolName: string) => boolean;
}

/** Calls for a connection without tasks. */
export function callsAsResults(callTool: CallTool): ToolCallHandler {
  return async (name, args, context) => toResult(await callTool(name, args, context));
}

/** Calls for a connection with tasks, which are created for requests that declare the extension. */
export function callsAsTasks(options: TaskCallsOptions): ToolCallHandler {
  const { callTool, tasks, workflowTasks, startsJob, waitsForJobs } = options;
  // The SDK's types do not include tasks; on the wire, `resultType` marks them.
  const create = async <Kind extends keyof TaskDataByKind>(
    kind: Kind,
    data: TaskDataByKind[Kind],
    context: CallContext,
  ) =>
    (await tasks.create(kind, data, {
      caller: context.caller ?? 'unknown',
      signal: context.signal,
    })) as unknown as CallToolResult;

  /** The work has begun, so the agent must learn of it even if its task cannot be created. */
  const withoutTask = (outcome: Outcome, thrown: unknown) => {
    const why = `The work has begun, but no task could be created for it. Follow it without a task. ${failureText(toServerError(thrown))}`;
    return toResult({ ...outcome, notes: [...outcome.notes, why] });
  };

  async function callAsJobTask(name: string, args: unknown, context: CallContext): Promise<CallToolResult> {
    const outcome = await callTool(name, args, context);
    const { job } = outcome;
    if (!job || isEnded(job) || !startsJob(name)) return toResult(outcome);
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
      const goOn = `The workflow is running. To follow it, call ${name} again with the same arguments; nothing is started twice.`;
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
