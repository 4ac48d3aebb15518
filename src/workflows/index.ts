/** The table of workflows, and the calling of tools whatever they are: a workflow or an operation. */
import { RegisteredError } from '../errors.ts';
import { type RecordCall, recorded } from '../execute/record.ts';
import type { CallContext, Execute } from '../execute.ts';
import { validateArguments } from '../operations/validate.ts';
import { decide, refusalText } from '../policy/decide.ts';
import { cloneEnvironment } from './clone-environment.ts';
import { compareEnvironments } from './compare-environments.ts';
import type { Workflow, WorkflowContext } from './define.ts';
import { listApps } from './list-apps.ts';
import { waitForJob } from './wait-for-job.ts';
import { whoami } from './whoami.ts';

/** Every workflow, in the order in which the tool list serves them, before the operations. */
export const workflows: readonly Workflow[] = [
  whoami,
  listApps,
  compareEnvironments,
  cloneEnvironment,
  waitForJob,
];

/** What policy has to know of a workflow. */
export function subjectOf({ toolName, access }: Workflow) {
  return { toolName, access, toolset: 'workflows' as const, everyEnvironment: false };
}

/** Calls any tool by its name. @param targets the configured names */
export function createCall(
  context: Omit<WorkflowContext, keyof CallContext>,
  targets: readonly string[],
  record: RecordCall,
): Execute {
  return async (toolName, rawArgs, call = {}) => {
    const workflow = workflows.find(candidate => candidate.toolName === toolName);
    if (!workflow) return context.execute(toolName, rawArgs, call);
    return recorded(record, toolName, async () => {
      const args = validateArguments(workflow, rawArgs, targets);
      const decision = decide(subjectOf(workflow), context.policy, { args });
      if (decision.kind === 'deny')
        throw new RegisteredError('policy_denied', { message: refusalText(toolName, decision) });
      return { outcome: await workflow.run(args, { ...context, ...call }) };
    });
  };
}

export type { Workflow } from './define.ts';
