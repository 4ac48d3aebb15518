/** What came of a provision: how far it came, and whether what is there is what was asked for. */

import type { Outcome } from '../../call/dispatch.ts';
import type { Difference } from '../../environment/index.ts';
import { quoteName } from '../../lib/quote.ts';
import { reportDifferences, tableOf } from '../difference-report.ts';
import { allMisfits } from './decide.ts';
import type { Step, Work } from './steps.ts';
import type { Progress } from './take-steps.ts';

type Verdict = 'complete' | 'differs' | 'unfinished' | 'failed';

const stepLine = ({ step, did, jobId }: Step) =>
  `- ${step}: ${did}${jobId === undefined ? '' : ` (job ${quoteName(jobId)})`}`;

/** The environment itself among what differs: registered is not deployed. */
async function differencesOf(
  { wanted }: Work,
  { seen: { isThere, found } }: Progress,
): Promise<Difference[]> {
  const isBare = isThere && !found.isDeployed;
  const left = 'deployed';
  return [
    ...(isBare ? [{ path: 'environment', is: 'different' as const, left, right: 'registered only' }] : []),
    ...(await allMisfits(wanted, found)),
  ];
}

function goOn(verdict: Verdict, { job, steps }: Progress, { site, overwrite }: Work): string[] {
  const again = 'call provision_environment again with the same arguments';
  switch (verdict) {
    case 'unfinished':
      return [`It has not ended yet: ${again}; it goes on from here and starts nothing twice.`];
    case 'failed': {
      const words = job?.error ? "Read AWS's words in job.error." : 'AWS gives no reason.';
      return [
        `${words} Once that is mended, ${again}: what is done is left alone, the failed step is tried anew.`,
      ];
    }
    case 'differs':
      return overwrite
        ? ['Show the person what still differs: it cannot be overwritten.']
        : [
            'Show the person what differs: it was not changed. Only if they want that: overwrite: true changes what can be changed.',
          ];
    case 'complete': {
      const hasApi = steps.some(({ step, did }) => step === 'api' && did !== 'left alone');
      return hasApi
        ? [`generate_backend_api_models makes the models of the schema in ${site.environment}.`]
        : [];
    }
  }
}

/** Says it. */
export async function judge(work: Work, progress: Progress): Promise<Outcome> {
  const { appId, environment } = work.site;
  const { steps, job, state } = progress;
  const all = state === 'done' ? await differencesOf(work, progress) : [];
  const verdict: Verdict = state === 'done' ? (all.length === 0 ? 'complete' : 'differs') : state;
  const sides = { left: 'what was asked for', right: environment };
  const rest = `export_environment writes down all settings of ${environment}.`;
  const { differences, notes: leftOut } = reportDifferences(all, { ...sides, rest });
  const notes = [...progress.notes, ...leftOut];
  const isJudged = verdict === 'complete' || verdict === 'differs';
  const said = isJudged
    ? `Read back and compared with what was asked for: ${environment} is ${verdict === 'complete' ? 'as asked for' : 'not all as asked for'}.`
    : `The provision of ${environment} is ${verdict}.`;
  const table = differences.length > 0 ? [tableOf(differences, 'asked for', 'there')] : [];
  const answer = {
    ...{ verdict, appId, environment, steps, differs: differences },
    nextSteps: [...goOn(verdict, progress, work), ...progress.nextSteps, ...work.wanted.nextSteps],
  };
  return { answer, ...(job && { job }), text: [said, ...steps.map(stepLine), ...table].join('\n'), notes };
}
