/** What came of a clone: a finished job is not a finished clone, so the target is compared with its source. */

import type { Outcome } from '../../call/dispatch.ts';
import { type Environment, readEnvironment } from '../../environment/index.ts';
import { ServerError } from '../../errors.ts';
import type { Job, JobRef } from '../../jobs/job.ts';
import type { JobReport } from '../../jobs/report.ts';
import { quoteJson } from '../../lib/quote.ts';
import { type Compared, compared } from '../compare-environments/compared.ts';
import { counted } from '../compare-environments/text.ts';
import type { WorkflowContext } from '../define.ts';
import { type Clone, environmentOf } from './preflight.ts';

type Verdict = 'complete' | 'partial' | 'empty' | 'failed';

/** The target, or undefined where AWS knows none. */
async function targetIfThere(context: WorkflowContext, clone: Clone): Promise<Environment | undefined> {
  try {
    return await environmentOf(context, clone, clone.to);
  } catch (thrown) {
    if (thrown instanceof ServerError && thrown.code === 'not_found') return undefined;
    throw thrown;
  }
}

/** Whether anything in AWS is known to be of an environment; of one that cannot be read nobody can tell that it has not. */
const hasAnything = (environment: Environment) =>
  environment.state === 'unreadable' || environment.resources.some(({ state }) => state === 'deployed');

/** Whether a target has nothing of what its source has. */
const isEmpty = (source: Environment, found: Environment | undefined) =>
  found === undefined ||
  (found.state !== 'unreadable' && found.resources.length === 0) ||
  (hasAnything(source) && !hasAnything(found));

function verdictOf({ job }: JobReport, isNothing: boolean, comparison: Compared): Verdict {
  if (job.state === 'failed') return 'failed';
  if (isNothing) return 'empty';
  const isAlike =
    comparison.state === 'compared' &&
    comparison.fields.counts.differences === 0 &&
    comparison.unreadableEntries.length === 0;
  return isAlike ? 'complete' : 'partial';
}

function nextSteps(
  verdict: Verdict,
  { appId, from, to }: Clone,
  left: { readonly isThere: boolean; readonly isEmpty: boolean; readonly isCompared: boolean },
  { error, ...job }: JobRef & { readonly error?: string },
): string[] {
  const remove = `Only if the person wants it gone: decommission_environment takes ${to} down; a person confirms that.`;
  const behind = left.isThere
    ? [`${to} was left behind${left.isEmpty ? ', empty' : ''}. ${remove}`]
    : [`${to} is not there: nothing was left behind.`];
  switch (verdict) {
    case 'complete':
      return [`Use it: amplify pull --appId ${appId} --envName ${to}.`];
    case 'partial':
      return left.isCompared
        ? [`Show the person what differs. ${remove}`]
        : [`Tell the person that nobody can say whether ${to} is a full copy of ${from}, and why.`];
    case 'empty':
      return [
        'The job ended well, and yet nothing was cloned: AWS is known for it. Try once more after the clean-up.',
        ...behind,
      ];
    case 'failed':
      return [
        `${error ? "Read AWS's words in job.error" : 'AWS gives no reason'}; explain_job ${quoteJson(job)} looks for the cause.`,
        ...behind,
      ];
  }
}

/** What explain_job takes, and AWS's words. */
const addressOf = ({ backendEnvironmentName, jobId, appId, error }: Job) => ({
  ...{ appId, backendEnvironmentName, jobId },
  ...(error !== undefined && { error }),
});

/** What the verdict rests on, as a sentence to follow it. */
function basisOf(comparison: Compared, isThere: boolean): string[] {
  if (comparison.state === 'not compared')
    return ['That the two are alike could not be found out, since one of them is unreadable.'];
  if (!isThere) return [];
  const { differences, resources } = comparison.fields.counts;
  return differences === 0
    ? [`No difference was found in ${counted(resources, 'resource')}, as far as they were compared.`]
    : [`${counted(differences, 'difference')} found in ${counted(resources, 'resource')}.`];
}

/** Looks at what came of the job. */
export async function judge(context: WorkflowContext, clone: Clone, report: JobReport): Promise<Outcome> {
  const { from, to, appId } = clone;
  const { job } = report;
  const [source, found] = await Promise.all([
    environmentOf(context, clone, from),
    targetIfThere(context, clone),
  ]);
  const nothing = await readEnvironment({ appId, environment: to, meta: undefined });
  const call = `compare_environments ${JSON.stringify({ app: appId, left: from, right: to })} with`;
  const comparison = await compared(source, found ?? nothing, call);
  const isNothing = isEmpty(source, found);
  const verdict = verdictOf(report, isNothing, comparison);
  const isCompared = comparison.state === 'compared';
  const left = { isThere: found !== undefined, isEmpty: isNothing, isCompared };
  const steps = nextSteps(verdict, clone, left, addressOf(job));
  return {
    answer: {
      ...{ verdict, appId, from, to },
      ...(isCompared ? comparison.fields : { same: [], differences: [], unreadable: comparison.why }),
      nextSteps: steps,
    },
    job,
    text: [
      `The clone of ${from} to ${to} is ${verdict}.`,
      ...basisOf(comparison, found !== undefined),
      ...steps.map(step => `Next: ${step}`),
      ...(isCompared ? comparison.lines : []),
    ].join('\n'),
    isTextWhole: true,
    notes: isCompared ? comparison.notes : comparison.why,
  };
}
