/** The plan of a change: what would change, and the updates that would be sent. Nothing is sent. */

import { POOLS_NOT_READ } from '../../call/authorize/dry-run-checks.ts';
import { dryRunNotes, type PlannedConfirmation } from '../../call/authorize/plan.ts';
import { type Json, objectOf } from '../../lib/json.ts';
import { outline } from '../../lib/outline.ts';
import { jsonText, quoteName, quoteNames } from '../../lib/quote.ts';
import type { ToolContext } from '../define.ts';
import { describeBlocking } from './blocking-job.ts';
import { changeLines, shownChanges } from './change-lines.ts';
import { readCurrent } from './current.ts';
import { type Decision, updateOf } from './decide.ts';
import type { ChangeOutcome } from './output.ts';
import { type ChangeCall, decideAll, planUpdate } from './run.ts';
import { modelsStep, schemaChange } from './verdict.ts';

/** A request with the length of its configuration in place of it: it is long, and the changes show what differs. */
function shortRequest({ body, ...request }: Json): Json {
  const { length } = jsonText(objectOf(body).resourceConfig);
  return { ...request, body: `the whole configuration, ${length} characters` };
}

/** What is deleted, a line each, for the beginning of the text. */
function deletionLines({ goes = {} }: PlannedConfirmation): string[] {
  return Object.values(goes)
    .flat()
    .map(({ resource, holds, more, note }) => {
      const what = quoteNames(holds) || quoteName(resource);
      return `- ${what}${more ? ` and ${more} more` : ''}${note ? ` (${note})` : ''}`;
    });
}

/** The first line: whether the change could be made as it is. */
function headline(
  environment: string,
  changes: number,
  refused: string | undefined,
  problems: readonly string[],
) {
  const name = quoteName(environment);
  if (changes === 0) return `Nothing would be changed: ${name} has all that was asked for.`;
  if (refused !== undefined)
    return `Nothing can be changed in ${name} by this call: ${refused}. It asks for:`;
  return problems.length > 0
    ? `As it is, the call would fail: ${problems.join(' ')} It asks for, in ${name}:`
    : `This would change in ${name}:`;
}

/** What could not be checked. An API whose auth types do not change keeps its user pool, so no pool has to be checked for it. */
const uncheckedOf = ({ category, changes }: Decision, notChecked: readonly string[]) =>
  category === 'api' && !changes.some(({ path }) => path.includes('AuthType'))
    ? notChecked.filter(text => text !== POOLS_NOT_READ)
    : notChecked;

/** @throws ServerError where a change does not fit */
export async function planChange(context: ToolContext, call: ChangeCall): Promise<ChangeOutcome> {
  const { appId, backendEnvironmentName: environment, target } = call.ref;
  const current = await readCurrent(context, call.ref, [...call.stated.keys()]);
  const decisions = await decideAll(context, call, current);
  const notes = decisions.flatMap(decision => decision.notes);
  const steps: Json[] = [];
  const problems: string[] = [];
  const notChecked: string[] = [];
  const deletions: string[] = [];
  let refused: string | undefined;
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
    notChecked.push(...uncheckedOf(decision, plan.notChecked ?? []));
    if (policy.startsWith('refused')) refused ??= policy;
    if (confirmation) deletions.push(...deletionLines(confirmation));
    notes.push(...(plan.remarks ?? []));
    const { goes, type } = confirmation ?? {};
    const question = confirmation && { confirmation: { type, ...(goes && { goes }) } };
    steps.push({ step, tool, does: 'update', request: shortRequest({ ...request }), policy, ...question });
  }
  where ??= { ...(await context.describeTarget(target)) };
  const found = {
    ...(problems.length > 0 && { problems: [...new Set(problems)] }),
    ...(notChecked.length > 0 && { notChecked: [...new Set(notChecked)] }),
  };
  const all = decisions.flatMap(({ changes }) => changes);
  const { changes, notes: more } = shownChanges(all);
  const [job] = current.pending;
  const blocking = job && (await describeBlocking(context, call.ref, job));
  const schema = schemaChange(decisions);
  const nextSteps = [
    ...(blocking ? [`${blocking.message} ${blocking.step}`] : []),
    ...(schema ? [`After the change the generated models are stale: ${modelsStep(call.ref, schema)}`] : []),
  ];
  const summary = headline(environment, all.length, refused, found.problems ?? []);
  const facts = { appId, environment, plan: { ...where, steps, ...found } };
  const text = [
    summary,
    ...changeLines(all).map(line => `- ${line}`),
    ...(deletions.length > 0 ? ['This is deleted, with its data:', ...deletions] : []),
    outline({ ...facts, ...(nextSteps.length > 0 && { nextSteps }) }),
  ].join('\n');
  return {
    answer: { ...facts, plan: { ...facts.plan, changes }, nextSteps },
    text,
    isTextWhole: true,
    notes: [...dryRunNotes({ problems }), ...new Set([...notes, ...more])],
  };
}
