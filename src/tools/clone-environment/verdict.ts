/** Compares a clone with its source: a job that succeeded does not prove that everything was copied. */

import { type Environment, readEnvironment } from '../../environment/index.ts';
import { ServerError } from '../../errors.ts';
import type { Job, JobRef } from '../../jobs/job.ts';
import type { JobReport } from '../../jobs/report.ts';
import { quoteJson } from '../../lib/quote.ts';
import { type Compared, compareForAnswer } from '../compare-environments/compared.ts';
import type { ToolContext } from '../define.ts';
import { counted } from '../shared/texts.ts';
import type { CloneOutcome } from './output.ts';
import { type Clone, readEnvironmentNamed } from './preflight.ts';

type Verdict = NonNullable<CloneOutcome['answer']['verdict']>;

/** The target, or undefined where AWS knows none. */
async function targetIfThere(context: ToolContext, clone: Clone): Promise<Environment | undefined> {
  try {
    return await readEnvironmentNamed(context, clone, clone.to);
  } catch (thrown) {
    if (thrown instanceof ServerError && thrown.code === 'not_found') return undefined;
    throw thrown;
  }
}

/** Whether an environment may have resources in AWS. One that cannot be read may. */
const mayHaveResources = (environment: Environment) =>
  environment.state === 'unreadable' || environment.resources.some(({ state }) => state === 'deployed');

/** Whether the target has nothing of its source. */
const isEmptyClone = (source: Environment, found: Environment | undefined) =>
  found === undefined ||
  (found.state !== 'unreadable' && found.resources.length === 0) ||
  (mayHaveResources(source) && !mayHaveResources(found));

function verdictOf({ job }: JobReport, isEmpty: boolean, comparison: Compared): Verdict {
  if (job.state === 'failed') return 'failed';
  if (isEmpty) return 'empty';
  const isAlike =
    comparison.state === 'compared' &&
    comparison.fields.counts.differences === 0 &&
    comparison.unreadableEntries.length === 0;
  return isAlike ? 'complete' : 'partial';
}

function nextSteps(
  verdict: Verdict,
  { appId, from, to }: Clone,
  result: { readonly isThere: boolean; readonly isEmpty: boolean; readonly isCompared: boolean },
  { error, ...job }: JobRef & { readonly error?: string },
): string[] {
  const remove = `Only if the person wants it gone: decommission_environment deletes ${to}; a person confirms that.`;
  const remains = result.isThere
    ? [`${to} was left behind${result.isEmpty ? ', empty' : ''}. ${remove}`]
    : [`${to} does not exist: nothing was left behind.`];
  switch (verdict) {
    case 'complete':
      return [`To use it, type: amplify pull --appId ${appId} --envName ${to}.`];
    case 'partial':
      return result.isCompared
        ? [`Show the person what differs. ${remove}`]
        : [`Tell the person that it is unknown whether ${to} is a full copy of ${from}, and why.`];
    case 'empty':
      return [
        'The job succeeded, but nothing was cloned; this is a known fault of AWS. Delete the empty environment, then try once more.',
        ...remains,
      ];
    case 'failed':
      return [
        `${error ? "Read AWS's words in job.error" : 'AWS gives no reason'}; explain_job ${quoteJson(job)} looks for the cause.`,
        ...remains,
      ];
  }
}

/** The arguments for explain_job, and AWS's words on the failure. */
const failedJob = ({ backendEnvironmentName, jobId, appId, error }: Job) => ({
  ...{ appId, backendEnvironmentName, jobId },
  ...(error !== undefined && { error }),
});

/** The sentence after the verdict: how many differences were found, or why that is unknown. */
function basisOf(comparison: Compared, isThere: boolean): string[] {
  if (comparison.state === 'not compared')
    return ['Whether the two are alike is unknown, since one of them is unreadable.'];
  if (!isThere) return [];
  const { differences, resources } = comparison.fields.counts;
  return differences === 0
    ? [`No difference was found in ${counted(resources, 'resource')}, as far as they were compared.`]
    : [`${counted(differences, 'difference')} found in ${counted(resources, 'resource')}.`];
}

/** The verdict on a clone whose job has ended. @throws ServerError */
export async function verifyClone(
  context: ToolContext,
  clone: Clone,
  report: JobReport,
): Promise<CloneOutcome> {
  const { from, to, appId } = clone;
  const { job } = report;
  const [source, found] = await Promise.all([
    readEnvironmentNamed(context, clone, from),
    targetIfThere(context, clone),
  ]);
  const nothing = await readEnvironment({ appId, environment: to, meta: undefined });
  const call = `compare_environments ${JSON.stringify({ app: appId, left: from, right: to })} with`;
  const comparison = await compareForAnswer(source, found ?? nothing, call);
  const isEmpty = isEmptyClone(source, found);
  const verdict = verdictOf(report, isEmpty, comparison);
  const isCompared = comparison.state === 'compared';
  const result = { isThere: found !== undefined, isEmpty, isCompared };
  const steps = nextSteps(verdict, clone, result, failedJob(job));
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
