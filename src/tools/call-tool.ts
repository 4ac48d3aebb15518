/** Calls any tool by its name: an operation, or a workflow tool. */

import type { FindApp, FoundApp } from '../call/apps.ts';
import type { Authorizer } from '../call/authorize/authorize.ts';
import type { CallContext, CallOperation, Outcome } from '../call/call-operation.ts';
import { operationOf } from '../call/reads.ts';
import { type Recorder, runRecorded } from '../call/record.ts';
import { ServerError } from '../errors.ts';
import { objectOf, textOf } from '../lib/json.ts';
import { quoteName } from '../lib/quote.ts';
import { normalizeArguments } from '../operations/normalize.ts';
import { decide, refusalText } from '../policy/decide.ts';
import { whereWithheld } from '../secrets/where-withheld.ts';
import type { Tool, ToolContext } from './define.ts';
import { loadTool } from './load.ts';
import { callForClient } from './short-answers/index.ts';
import { subjectOf } from './subject.ts';

/** Calls a tool by its name. @throws ServerError, and nothing else */
export type CallTool = (toolName: string, args: unknown, context?: CallContext) => Promise<Outcome>;

/** Names the app that was used for a call without `app`. */
const onlyAppText = ({ appId, name }: FoundApp) =>
  `app was left out: ${name === undefined ? '' : `${quoteName(name)}, `}${quoteName(appId)}, is the only one here.`;

/** @param targets the names of the configured targets */
export function createCallTool(
  context: Omit<ToolContext, keyof CallContext | 'targetNames'> & Pick<Authorizer, 'approvals'>,
  targets: readonly string[],
  recorder: Recorder,
): CallTool {
  /** Calls a step. The policy decides about it too, but does not require the operation to be in the tool list. */
  const callStepOf =
    ({ toolName: workflow, steps = [] }: Tool, { serverRequestId, client }: CallContext): CallOperation =>
    async (toolName, args, call = {}) => {
      // IAM policies are generated from the declared steps.
      if (!steps.includes(toolName))
        throw new ServerError('internal', { cause: new Error(`${toolName} is not a step of ${workflow}`) });
      if (call.readsOnly && operationOf(toolName).access !== 'read')
        throw new ServerError('task_interrupted');
      // In a trace, a step belongs to the tool's span, not to the caller's.
      const origin = { serverRequestId, client, traceParent: undefined };
      return context.callOperation(toolName, args, { ...call, ...origin, via: 'step', workflow });
    };

  const callChecked = (tool: Tool, args: unknown, call: CallContext): Promise<Outcome> => {
    const { toolName } = tool;
    return runRecorded(recorder, toolName, call, async () => {
      const checked = tool.check(args, targets);
      const decision = decide(subjectOf(tool), context.policy, { args: checked.args, via: call.via });
      if (decision.kind === 'deny')
        throw new ServerError('policy_denied', { message: refusalText(toolName, decision) });
      const appNotes: string[] = [];
      const findApp: FindApp = async (app, ...where) => {
        const found = await context.findApp(app, ...where);
        if (app === undefined && appNotes.length === 0) appNotes.push(onlyAppText(found));
        return found;
      };
      const callOperation = callStepOf(tool, call);
      const outcome = await checked.run({
        ...context,
        ...call,
        findApp,
        callOperation,
        targetNames: targets,
      });
      return { outcome: { ...outcome, notes: [...appNotes, ...outcome.notes] } };
    });
  };

  /** Opens the approval of an answer from the plan's page. One that does not fit the call is refused before any read. */
  async function withOpenApproval(toolName: string, call: CallContext): Promise<CallContext> {
    const { answer, caller = 'unknown' } = call;
    if (answer?.method !== 'page') return call;
    try {
      const { asked, token } = answer;
      if (!asked) throw new ServerError('confirmation_invalid');
      const approval = await context.approvals.open({ caller, asked, token });
      return { ...call, answer: { ...answer, approval } };
    } catch (thrown) {
      return runRecorded(recorder, toolName, call, () => Promise.reject(thrown));
    }
  }

  return async (toolName, rawArgs, given = {}) => {
    const call = await withOpenApproval(toolName, given);
    const tool = await loadTool(toolName).catch(thrown =>
      runRecorded<never>(recorder, toolName, call, () => Promise.reject(thrown)),
    );
    const { toolInput } = tool ?? operationOf(toolName);
    const { args, notes } = normalizeArguments(toolInput, rawArgs);
    const outcome = tool
      ? await callChecked(tool, args, call)
      : await callForClient(context, toolName, args, call);
    const { appId, backendEnvironmentName, environment } = objectOf(args);
    const about = {
      appId: textOf(appId),
      environment: textOf(backendEnvironmentName) ?? textOf(environment),
    };
    const withheld = whereWithheld(outcome.answer, about);
    if (notes.length + withheld.length === 0) return outcome;
    return { ...outcome, notes: [...notes, ...outcome.notes, ...withheld] };
  };
}
