/** What came of a clone: a finished job is not a finished clone, so the target is compared with its source. */
import { RegisteredError } from '../errors.ts';
import type { Outcome } from '../execute.ts';
import type { Job, JobAddress } from '../jobs/job.ts';
import type { JobReport } from '../jobs/report.ts';
import { quoteJson } from '../lib/quote.ts';
import { type Clone, settingsOf } from './clone-preflight.ts';
import { compareSettings } from './comparison.ts';
import type { WorkflowContext } from './define.ts';
import { reportDifferences, tableOf } from './difference-report.ts';
import type { EnvironmentSettings } from './environment-settings.ts';

type Verdict = 'complete' | 'partial' | 'empty' | 'failed';

/** What the target has, or undefined where AWS knows none. */
async function settingsIfThere(
  context: WorkflowContext,
  clone: Clone,
): Promise<EnvironmentSettings | undefined> {
  try {
    return await settingsOf(context, clone, clone.to);
  } catch (thrown) {
    if (thrown instanceof RegisteredError && thrown.code === 'not_found') return undefined;
    throw thrown;
  }
}

function verdictOf({ job }: JobReport, found: EnvironmentSettings | undefined, differences: number): Verdict {
  if (job.state === 'failed') return 'failed';
  if (!found || found.isEmpty) return 'empty';
  return differences === 0 ? 'complete' : 'partial';
}

function nextSteps(
  verdict: Verdict,
  { appId, to }: Clone,
  found: EnvironmentSettings | undefined,
  { error, ...job }: JobAddress & { readonly error?: string },
): string[] {
  const remove = `Only if the person wants it gone: decommission_environment takes ${to} down; a person confirms that.`;
  const left = found
    ? [`${to} was left behind${found.isEmpty ? ', empty' : ''}. ${remove}`]
    : [`${to} is not there: nothing was left behind.`];
  switch (verdict) {
    case 'complete':
      return [`Use it: amplify pull --appId ${appId} --envName ${to}.`];
    case 'partial':
      return [`Show the person what differs. ${remove}`];
    case 'empty':
      return [
        'The job ended well, and yet nothing was cloned: AWS is known for it. Try once more after the clean-up.',
        ...left,
      ];
    case 'failed':
      return [
        `${error ? "Read AWS's words in job.error" : 'AWS gives no reason'}; explain_job ${quoteJson(job)} looks for the cause.`,
        ...left,
      ];
  }
}

/** What explain_job takes, and AWS's words. */
const addressOf = ({ backendEnvironmentName, jobId, appId, error }: Job) => ({
  ...{ appId, backendEnvironmentName, jobId },
  ...(error !== undefined && { error }),
});

/** Looks at what came of the job. */
export async function judge(context: WorkflowContext, clone: Clone, report: JobReport): Promise<Outcome> {
  const { from, to, appId } = clone;
  const { job } = report;
  const [source, found] = await Promise.all([
    settingsOf(context, clone, from),
    settingsIfThere(context, clone),
  ]);
  const nothing: EnvironmentSettings = { settings: {}, isEmpty: true, hasSecrets: false };
  const { differences: all, same, notes: compared } = await compareSettings(source, found ?? nothing);
  const verdict = verdictOf(report, found, all.length);
  const rest = `export_environment writes down all settings of ${from} and of ${to}.`;
  const { differences, notes: leftOut } = reportDifferences(all, { left: from, right: to, rest });
  const said = `The clone of ${from} to ${to} is ${verdict}.`;
  const text = differences.length === 0 ? said : `${said}\n${tableOf(differences, from, to)}`;
  const answer = {
    verdict,
    appId,
    from,
    to,
    same,
    differences,
    nextSteps: nextSteps(verdict, clone, found, addressOf(job)),
  };
  const notes = [
    ...leftOut,
    ...compared,
    ...(source.hasSecrets ? ['Secrets are withheld, and so not compared.'] : []),
  ];
  return { answer, job, text, notes };
}
