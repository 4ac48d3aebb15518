/** The calling of tools whatever they are: an operation, or a workflow with its steps. */

import type { CallContext, Execute } from '../call/dispatch.ts';
import { operationOf } from '../call/reads.ts';
import { type Recorder, runRecorded } from '../call/record.ts';
import { ServerError } from '../errors.ts';
import { validateArguments } from '../operations/validate.ts';
import { decide, refusalText } from '../policy/decide.ts';
import type { Workflow, WorkflowContext } from './define.ts';
import { subjectOf, workflows } from './index.ts';
import { shortBackend, withListing } from './short-backend.ts';
import { shortJobs } from './short-jobs.ts';

/** Calls any tool by its name. @param targets the configured names */
export function createDispatcher(
  context: Omit<WorkflowContext, keyof CallContext>,
  targets: readonly string[],
  recorder: Recorder,
): Execute {
  /** A step passes the policy again, but for the question whether it is served by itself. */
  const stepsOf =
    ({ toolName: name, steps = [] }: Workflow, { serverRequestId, client }: CallContext): Execute =>
    async (toolName, args, call = {}) => {
      // The steps that are declared are those that IAM is asked for.
      if (!steps.includes(toolName))
        throw new ServerError('internal', { cause: new Error(`${toolName} is no step of ${name}`) });
      if (call.readsOnly && operationOf(toolName).access !== 'read')
        throw new ServerError('task_interrupted');
      // In a trace it belongs to the workflow, not to the caller beside it.
      const origin = { serverRequestId, client, traceParent: undefined };
      return context.execute(toolName, args, { ...call, ...origin, via: 'step', workflow: name });
    };

  return async (toolName, rawArgs, call = {}) => {
    const workflow = workflows.find(candidate => candidate.toolName === toolName);
    if (!workflow) {
      if (toolName === 'list_backend_jobs') return shortJobs(await context.execute(toolName, rawArgs, call));
      if (toolName !== 'get_backend') return context.execute(toolName, rawArgs, call);
      const read = (args: unknown) => context.execute(toolName, args, call);
      const outcome = await read(rawArgs).catch(async thrown => {
        throw await withListing(thrown, rawArgs, read);
      });
      return shortBackend(outcome, rawArgs);
    }
    return runRecorded(recorder, toolName, call, async () => {
      const args = validateArguments(workflow, rawArgs, workflow.guide ? [] : targets);
      const decision = decide(subjectOf(workflow), context.policy, { args, via: call.via });
      if (decision.kind === 'deny')
        throw new ServerError('policy_denied', { message: refusalText(toolName, decision) });
      return { outcome: await workflow.run(args, { ...context, ...call, execute: stepsOf(workflow, call) }) };
    });
  };
}
