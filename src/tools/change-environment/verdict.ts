/** The outcome of a change: reads the environment again and compares it with what was sent. */
import type { Change } from '../../environment/schema-changes.ts';
import { outline } from '../../lib/outline.ts';
import { quoteName } from '../../lib/quote.ts';
import type { ToolContext } from '../define.ts';
import { changeLines, shownChanges } from './change-lines.ts';
import { readCurrent } from './current.ts';
import { type Decision, decide, findMissing } from './decide.ts';
import type { ChangeOutcome, Verdict } from './output.ts';
import type { ChangeCall, Progress } from './run.ts';

/** The sent changes that AWS does not show. @throws ServerError */
async function findAllMissing(
  context: ToolContext,
  { ref, stated }: ChangeCall,
  { decisions, sent }: Progress,
): Promise<Change[]> {
  const changed = decisions.filter(({ changes }) => changes.length > 0);
  if (changed.length === 0) return [];
  const now = await readCurrent(
    context,
    ref,
    changed.map(({ category }) => category),
  );
  const missing: Change[] = [];
  for (const { category } of changed) {
    const args = sent.get(category);
    // What an earlier call sent is unknown; the settings stated here are compared instead.
    const found = args
      ? await findMissing(context, category, now, args)
      : (await decide(context, ref, category, now, stated.get(category) ?? {})).changes;
    missing.push(...found);
  }
  return missing;
}

function summaryOf(verdict: Verdict, environment: string, isChanged: boolean): string {
  const name = quoteName(environment);
  switch (verdict) {
    case 'complete':
      return isChanged
        ? `${name} was read again: all of these changes are true.`
        : `Nothing had to be changed: ${name} has all that was asked for. Nothing was sent.`;
    case 'differs':
      return `${name} was read again: some of these changes did not become true.`;
    case 'unfinished':
      return `The change of ${name} has not ended.`;
    case 'failed':
      return `The change of ${name} failed; what it had changed before stays.`;
  }
}

/** How to regenerate the models after the schema was changed. */
export function modelsStep(
  { appId, backendEnvironmentName, target }: ChangeCall['ref'],
  { resourceName }: Pick<Decision, 'resourceName'>,
): string {
  const named = { appId, backendEnvironmentName, resourceName, ...(target && { target }) };
  const words = Object.entries(named).map(([name, value]) => `${name} ${quoteName(value)}`);
  return `generate_backend_api_models with ${words.join(', ')} renews them; the project gets them with amplify pull.`;
}

/** The decision that changes the schema. */
export const schemaChange = (decisions: readonly Decision[]) =>
  decisions.find(({ changes }) => changes.some(({ path }) => path.startsWith('api.transformSchema')));

function nextStepsOf(
  verdict: Verdict,
  ref: ChangeCall['ref'],
  { decisions, job, steps, sent, stuck }: Progress,
): string[] {
  const again = 'call change_environment again with the same arguments';
  switch (verdict) {
    case 'unfinished':
      return stuck === undefined
        ? [`To go on, ${again}: nothing is started twice.`]
        : [stuck, `Once the job has ended, ${again}.`];
    case 'failed':
      return [
        job?.error
          ? "Read AWS's words in job.error; explain_job looks for more."
          : 'explain_job looks for the reason.',
        `Once the cause is resolved, ${again}: what is done is left alone.`,
      ];
    case 'differs':
      if (steps.some(({ step, did }) => did === 'updated' && !sent.has(step)))
        return [`The job that ran already made another change: ${again} to send what is missing.`];
      return [
        'Show the person what did not become true. AWS kept or refused it: it must be changed in the console of its service, or in the project (amplify push).',
      ];
    case 'complete': {
      const change = schemaChange(decisions);
      const isUpdated = steps.some(({ step, did }) => step === 'api' && did === 'updated');
      return change && isUpdated ? [`The generated models are stale now: ${modelsStep(ref, change)}`] : [];
    }
  }
}

/** The outcome of a call that may have written. @throws ServerError */
export async function outcomeOf(
  context: ToolContext,
  call: ChangeCall,
  progress: Progress,
): Promise<ChangeOutcome> {
  const { appId, backendEnvironmentName: environment } = call.ref;
  const { steps, job, ended, decisions } = progress;
  const missing = ended === 'done' ? await findAllMissing(context, call, progress) : [];
  const verdict: Verdict = ended === 'done' ? (missing.length === 0 ? 'complete' : 'differs') : ended;
  const wanted = decisions.flatMap(({ changes }) => changes);
  const { changes, notes: more } = shownChanges(wanted);
  const differs = shownChanges(missing).changes.map(({ path, before, after }) => ({
    ...{ path, wanted: after, found: before },
  }));
  const nextSteps = nextStepsOf(verdict, call.ref, progress);
  const facts = { verdict, appId, environment, steps, ...(nextSteps.length > 0 && { nextSteps }) };
  const differing = missing.length > 0 ? ['Now → asked for, where it did not become true:'] : [];
  const isMissing = ({ path }: Change) => missing.some(one => one.path === path);
  const text = [
    summaryOf(verdict, environment, wanted.length > 0),
    ...changeLines(wanted.filter(change => !isMissing(change))).map(line => `- ${line}`),
    ...differing,
    ...changeLines(missing).map(line => `- ${line}`),
    outline({ ...facts, ...(job && { job }) }),
  ].join('\n');
  return {
    answer: {
      verdict,
      appId,
      environment,
      changes,
      steps,
      ...(differs.length > 0 && { differs }),
      nextSteps,
    },
    ...(job && { job }),
    text,
    isTextWhole: true,
    notes: [...progress.notes, ...more],
  };
}
