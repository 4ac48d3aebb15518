/** A provision that is only planned: each step's own dry run, put together; nothing is sent. */
import type { Plan } from '../../call/authorize/plan.ts';
import type { Outcome } from '../../call/dispatch.ts';
import { type Json, objectOf } from '../../lib/json.ts';
import type { WorkflowContext } from '../define.ts';
import { look } from './look.ts';
import { shortSteps, withoutSchema } from './short-plan.ts';
import { decideStep, stepsOf, type Work } from './steps.ts';

/** Plans. @throws RegisteredError where a step's request does not fit */
export async function planSteps(context: WorkflowContext, work: Work): Promise<Outcome> {
  const { site, wanted } = work;
  const { appId, environment, target } = site;
  const seen = await look(context, site);
  const notes: string[] = ['Dry run: nothing was sent to AWS.'];
  const nextSteps: string[] = [...wanted.nextSteps];
  let where: Json | undefined;
  let awaitsUserPool = false;
  const steps: Json[] = [];
  for (const step of stepsOf(wanted)) {
    const decision = await decideStep(step, work, seen, awaitsUserPool);
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
    const { answer } = await context.execute(tool, dry, { ...context, form: undefined });
    const { request, policy, changes, moreChanges, confirmation, ...place } = answer.plan as Plan;
    const { account, arn, region, target: name, app } = place;
    where ??= { account, ...(arn && { arn }), region, ...(name && { target: name }), ...(app && { app }) };
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
  return { answer: { appId, environment, plan: { ...where, steps: shortSteps(steps) }, nextSteps }, notes };
}
