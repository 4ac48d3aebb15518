/** The plan of a change: what would change, and the updates that would be sent. Nothing is sent. */

import { dryRunNotes } from '../../call/authorize/plan.ts';
import { type Json, objectOf } from '../../lib/json.ts';
import { outline } from '../../lib/outline.ts';
import { jsonText, quoteName } from '../../lib/quote.ts';
import type { ToolContext } from '../define.ts';
import { changeLines, shownChanges } from './change-lines.ts';
import { readCurrent } from './current.ts';
import { updateOf } from './decide.ts';
import type { ChangeOutcome } from './output.ts';
import { type ChangeCall, decideAll, planUpdate } from './run.ts';

/** A request by its length: the whole configuration is long, and the changes show what differs. */
function shortRequest({ body, ...request }: Json): Json {
  const { length } = jsonText(objectOf(body).resourceConfig);
  return { ...request, body: `the whole configuration, ${length} characters` };
}

/** @throws ServerError where a change does not fit */
export async function planChange(context: ToolContext, call: ChangeCall): Promise<ChangeOutcome> {
  const { appId, backendEnvironmentName: environment, target } = call.ref;
  const current = await readCurrent(context, call.ref, [...call.stated.keys()]);
  const decisions = await decideAll(context, call, current);
  const notes = decisions.flatMap(decision => decision.notes);
  const steps: Json[] = [];
  const problems: string[] = [];
  const notChecked: string[] = [];
  let where: Json | undefined;
  for (const decision of decisions) {
    const { category: step, changes } = decision;
    const tool = updateOf(step);
    if (changes.length === 0) {
      steps.push({ step, tool, does: 'leave' });
      continue;
    }
    const plan = await planUpdate(context, decision);
    const { request, policy, confirmation, account, arn, region, target: name, app } = plan;
    where ??= { account, ...(arn && { arn }), region, ...(name && { target: name }), ...(app && { app }) };
    problems.push(...(plan.problems ?? []));
    notChecked.push(...(plan.notChecked ?? []));
    notes.push(...(plan.remarks ?? []));
    const { goes, type } = confirmation ?? {};
    const asks = confirmation && { confirmation: { type, ...(goes && { goes }) } };
    steps.push({ step, tool, does: 'update', request: shortRequest({ ...request }), policy, ...asks });
  }
  where ??= { ...(await context.describeTarget(target)) };
  const found = {
    ...(problems.length > 0 && { problems: [...new Set(problems)] }),
    ...(notChecked.length > 0 && { notChecked: [...new Set(notChecked)] }),
  };
  const all = decisions.flatMap(({ changes }) => changes);
  const { changes, notes: more } = shownChanges(all);
  const [job] = current.pending;
  const nextSteps = job
    ? [`Job ${quoteName(job.jobId)} has not ended: wait for it with wait_for_job before the change is sent.`]
    : [];
  const summary =
    all.length === 0
      ? `Nothing would be changed: ${quoteName(environment)} has all that was asked for.`
      : `This would change in ${quoteName(environment)}:`;
  const facts = { appId, environment, plan: { ...where, steps, ...found } };
  const text = [
    summary,
    ...changeLines(all).map(line => `- ${line}`),
    outline({ ...facts, ...(nextSteps.length > 0 && { nextSteps }) }),
  ].join('\n');
  return {
    answer: { ...facts, plan: { ...facts.plan, changes }, nextSteps },
    text,
    isTextWhole: true,
    notes: [...dryRunNotes({ problems }), ...new Set([...notes, ...more])],
  };
}
