/** The plan of a provision: the dry runs of its steps, put together. Nothing is sent. */
import type { Plan } from '../../call/authorize/plan.ts';
import { dryRunNotes } from '../../call/authorize/plan.ts';
import { type Json, objectOf } from '../../lib/json.ts';
import { outline } from '../../lib/outline.ts';
import { quoteName } from '../../lib/quote.ts';
import type { ToolContext } from '../define.ts';
import { reportDifferences, tableOf } from '../shared/difference-report.ts';
import type { Category } from '../shared/snapshot/read.ts';
import { readCurrentState } from './current-state.ts';
import { findAllMismatches } from './decide.ts';
import type { ProvisionOutcome } from './output.ts';
import { planStep } from './plan-step.ts';
import { filesText } from './resources.ts';
import { shortSteps, withoutSchema } from './short-plan.ts';
import { AFTER_PENDING, decideStep, type Provision, pendingText, type StepName, stepsOf } from './steps.ts';
import { differsSteps } from './verdict.ts';

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
    // The request of a creation already shows all that is created.
    ...(changes && does !== 'create' && { changes }),
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

/** What the dry runs found, each sentence once. */
const foundIn = (plans: readonly Plan[], problems: readonly string[]) =>
  Object.fromEntries(
    (['problems', 'notChecked'] as const).flatMap(name => {
      const own = name === 'problems' ? problems : [];
      const sentences = new Set([...own, ...plans.flatMap(plan => plan[name] ?? [])]);
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
  let canOverwrite = false;
  let awaitsUserPool = false;
  const steps: Json[] = [];
  for (const step of stepsOf(wanted)) {
    const decision = await decideStep(step, provision, state, awaitsUserPool);
    const { does, tool } = decision;
    if (!('args' in decision)) {
      steps.push({ step, tool, does });
      if (decision.why !== undefined) nextSteps.push(decision.why);
      else if (does === 'differs') canOverwrite = true;
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
  const pending = pendingText(destination, state);
  const found = foundIn(plans, pending === undefined ? [] : [pending]);
  if (differing.length > 0) nextSteps.unshift(...differsSteps(canOverwrite));
  if (pending !== undefined) nextSteps.unshift(AFTER_PENDING);
  const facts = { appId, environment, plan: { ...where, steps: shortSteps(steps), ...found } };
  const table = differing.length > 0 ? [tableOf(differences, 'asked for', 'existing')] : [];
  return {
    answer: { ...facts, ...(differing.length > 0 && { differs: differences }), nextSteps },
    text: [
      steps.every(({ does }) => does === 'leave')
        ? `Nothing would be done: ${quoteName(environment)} has all that was asked for.`
        : `This would be done for ${quoteName(environment)}:`,
      ...steps.map(({ step, does, tool }) => `- ${step}: ${does} (${tool})`),
      ...table,
      outline({ ...facts, ...(nextSteps.length > 0 && { nextSteps }) }),
    ].join('\n'),
    isTextWhole: true,
    notes: [
      ...dryRunNotes(found),
      ...notes,
      ...(permissions === undefined ? [] : [filesText(objectOf(permissions))]),
      ...leftOut,
    ],
  };
}
