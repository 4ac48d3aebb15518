/** The plan of a change: what would change, and the updates that would be sent. Nothing is sent. */
import { type Json, objectOf } from '../../lib/json.ts';
import { outline } from '../../lib/outline.ts';
import { jsonText, quoteName } from '../../lib/quote.ts';
import type { ToolContext } from '../define.ts';
import { changeLines, shownChanges } from './change-lines.ts';
import { readCurrent } from './current.ts';
import type { ChangeOutcome } from './output.ts';
import { type ChangeCall, decideAll, planUpdate } from './run.ts';

const DRY_RUN = 'Dry run: nothing was sent to AWS.';

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
  const updates: Json[] = [];
  let where: Json | undefined;
  for (const decision of decisions.filter(({ changes }) => changes.length > 0)) {
    const {
      request,
      policy,
      confirmation,
      remarks = [],
      account,
      arn,
      region,
      target: name,
      app,
    } = await planUpdate(context, decision);
    where ??= { account, ...(arn && { arn }), region, ...(name && { target: name }), ...(app && { app }) };
    notes.push(...remarks);
    updates.push({
      ...{ step: decision.category, request: shortRequest({ ...request }), policy },
      ...(confirmation && { confirmation }),
    });
  }
  where ??= { ...(await context.describeTarget(target)) };
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
  const text = [
    summary,
    ...changeLines(all).map(line => `- ${line}`),
    outline({ appId, environment, plan: { ...where, updates }, ...(nextSteps.length > 0 && { nextSteps }) }),
  ].join('\n');
  return {
    answer: { appId, environment, plan: { ...where, changes, updates }, nextSteps },
    text,
    isTextWhole: true,
    notes: [DRY_RUN, ...new Set([...notes, ...more])],
  };
}
