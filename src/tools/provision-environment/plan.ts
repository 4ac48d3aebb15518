/** The plan of a provision: the dry runs of its steps, put together. Nothing is sent. */
import type { Plan } from '../../call/authorize/plan.ts';
import { dryRunNotes } from '../../call/authorize/plan.ts';
import { type Json, objectOf } from '../../lib/json.ts';
import type { ToolContext } from '../define.ts';
import { reportDifferences } from '../shared/difference-report.ts';
import type { Category } from '../shared/snapshot/read.ts';
import { readCurrentState } from './current-state.ts';
import { findAllMismatches } from './decide.ts';
import { filesText } from './granted.ts';
import type { ProvisionOutcome } from './output.ts';
import { planStep } from './plan-step.ts';
import { shortSteps, withoutSchema } from './short-plan.ts';
import { decideStep, type Provision, type StepName, stepsOf } from './steps.ts';

/** A step as the plan shows it. */
function shownStep(
  step: StepName,
  { does, tool, args }: { readonly does: string; readonly tool: string; readonly args: Json },
  { request, policy, changes, confirmation }: Plan,
): Json {
  const { goes } = confirmation ?? {};
  return {
    ...{ step, tool, does },
    request: withoutSchema({ ...request }, objectOf(args.resourceConfig).transformSchema),
    ...(changes && { changes }),
    policy,
    ...(goes && { goes }),
  };
}

/** The account and region of a plan, and the app. */
const whereOf = ({ account, arn, region, target, app }: Plan): Json => ({
  account,
  ...(arn && { arn }),
  region,
  ...(target && { target }),
  ...(app && { app }),
});

/** What dry runs found, each sentence once. */
const foundIn = (plans: readonly Plan[]) =>
  Object.fromEntries(
    (['problems', 'notChecked'] as const).flatMap(name => {
      const sentences = new Set(plans.flatMap(plan => plan[name] ?? []));
      return sentences.size > 0 ? [[name, [...sentences]]] : [];
    }),
  ) as Pick<Plan, 'problems' | 'notChecked'>;

/** @throws ServerError where a step's request is invalid */
export async function planSteps(context: ToolContext, provision: Provision): Promise<ProvisionOutcome> {
  const { destination, wanted } = provision;
  const { appId, environment, target } = destination;
  const state = await readCurrentState(context, destination);
  const notes: string[] = [];
  const nextSteps: string[] = [...wanted.nextSteps];
  const plans: Plan[] = [];
  const differing: Category[] = [];
  let awaitsUserPool = false;
  const steps: Json[] = [];
  for (const step of stepsOf(wanted)) {
    const decision = await decideStep(step, provision, state, awaitsUserPool);
    const { does, tool } = decision;
    if (!('args' in decision)) {
      steps.push({ step, tool, does });
      if (decision.why !== undefined) nextSteps.push(decision.why);
      if (does === 'differs' && step !== 'environment') differing.push(step);
      continue;
    }
    if (decision.note !== undefined) notes.push(decision.note);
    awaitsUserPool ||= step === 'auth';
    const plan = await planStep(context, decision, destination, state);
    plans.push(plan);
    steps.push(shownStep(step, decision, plan));
  }
  const { permissions } = objectOf(wanted.storage?.resourceConfig);
  const where = plans[0] ? whereOf(plans[0]) : { ...(await context.describeTarget(target)) };
  const all = await findAllMismatches(wanted, state.found, differing);
  const rest = `export_environment shows all settings of ${environment}.`;
  const sides = { left: 'what was asked for', right: environment, rest };
  const { differences, notes: leftOut } = reportDifferences(all, sides);
  const found = foundIn(plans);
  return {
    answer: {
      ...{ appId, environment, plan: { ...where, steps: shortSteps(steps), ...found } },
      ...(differing.length > 0 && { differs: differences }),
      nextSteps,
    },
    notes: [
      ...dryRunNotes(found),
      ...notes,
      ...(permissions === undefined ? [] : [filesText(objectOf(permissions))]),
      ...leftOut,
    ],
  };
}
