/** The plan of a provision: the dry runs of its steps, put together. Nothing is sent. */
import { dryRunNotes } from '../../call/dispatch.ts';
import { ServerError } from '../../errors.ts';
import { type Json, objectOf } from '../../lib/json.ts';
import type { ToolContext } from '../define.ts';
import { planOf } from '../shared/plan-remarks.ts';
import { readCurrentState } from './current-state.ts';
import type { ProvisionOutcome } from './output.ts';
import { shortSteps, withoutSchema } from './short-plan.ts';
import { decideStep, type Provision, stepsOf } from './steps.ts';

/** @throws ServerError where a step's request is invalid */
export async function planSteps(context: ToolContext, provision: Provision): Promise<ProvisionOutcome> {
  const { destination, wanted } = provision;
  const { appId, environment, target } = destination;
  const state = await readCurrentState(context, destination);
  const notes: string[] = [];
  const problems: string[] = [];
  const notChecked: string[] = [];
  const nextSteps: string[] = [...wanted.nextSteps];
  let where: Json | undefined;
  let awaitsUserPool = false;
  const steps: Json[] = [];
  for (const step of stepsOf(wanted)) {
    const decision = await decideStep(step, provision, state, awaitsUserPool);
    const { does, tool } = decision;
    if (!('args' in decision)) {
      steps.push({ step, tool, does });
      if (decision.why !== undefined) nextSteps.push(decision.why);
      continue;
    }
    const { args, note } = decision;
    if (note !== undefined) notes.push(note);
    awaitsUserPool ||= step === 'auth';
    const dry = { ...args, dryRun: true, ...(target !== undefined && { target }) };
    const plannedBefore = state.isThere ? [] : (['environment'] as const);
    const call = { ...context, form: undefined, plannedBefore: step === 'environment' ? [] : plannedBefore };
    const plan = planOf(await context.callOperation(tool, dry, call));
    if (!plan) throw new ServerError('internal', { cause: new Error(`no plan for ${tool}`) });
    const { request, policy, changes, confirmation, account, arn, region, target: name, app } = plan;
    where ??= { account, ...(arn && { arn }), region, ...(name && { target: name }), ...(app && { app }) };
    problems.push(...(plan.problems ?? []));
    notChecked.push(...(plan.notChecked ?? []));
    const { goes } = confirmation ?? {};
    const shown = withoutSchema({ ...request }, objectOf(args.resourceConfig).transformSchema);
    steps.push({
      step,
      tool,
      does,
      request: shown,
      ...(changes && { changes }),
      policy,
      ...(goes && { goes }),
    });
  }
  where ??= { ...(await context.describeTarget(target)) };
  const found = {
    ...(problems.length > 0 && { problems: [...new Set(problems)] }),
    ...(notChecked.length > 0 && { notChecked: [...new Set(notChecked)] }),
  };
  return {
    answer: { appId, environment, plan: { ...where, steps: shortSteps(steps), ...found }, nextSteps },
    notes: [...dryRunNotes({ problems }), ...notes],
  };
}
