/** The outcome of a provision: which steps were done, and whether the environment is as asked for. */

import type { Difference } from '../../environment/index.ts';
import { outline } from '../../lib/outline.ts';
import { quoteJson, quoteName } from '../../lib/quote.ts';
import { reportDifferences, tableOf } from '../shared/difference-report.ts';
import { findAllMismatches } from './decide.ts';
import type { ProvisionOutcome, Step, Verdict } from './output.ts';
import { resourcesIn } from './resources.ts';
import type { Progress } from './run-steps.ts';
import type { Provision } from './steps.ts';

const stepLine = ({ step, did, tool, jobId }: Step) =>
  `- ${step}: ${did} (${tool}${jobId === undefined ? '' : `, job ${quoteName(jobId)}`})`;

/** All differences. An environment that is only registered and not deployed counts as one. */
async function differencesOf(
  { wanted }: Provision,
  { state: { isThere, found } }: Progress,
): Promise<Difference[]> {
  const isBare = isThere && !found.isDeployed;
  const left = 'deployed';
  return [
    ...(isBare ? [{ path: 'environment', is: 'different' as const, left, right: 'registered only' }] : []),
    ...(await findAllMismatches(wanted, found)),
  ];
}

/** What to do about differences. */
export const differsSteps = (canOverwrite: boolean): string[] => [
  canOverwrite
    ? 'Show the person what differs: it was not changed. Only if they want that: overwrite: true changes what can be changed.'
    : 'Show the person what differs: overwrite does not change it.',
];

function nextStepsOf(verdict: Verdict, { job, canOverwrite }: Progress): string[] {
  const again = 'call provision_environment again with the same arguments';
  switch (verdict) {
    case 'unfinished':
      return [`It has not ended yet: ${again}; it continues from here and starts nothing twice.`];
    case 'failed': {
      const words = job?.error ? "Read AWS's words in job.error." : 'AWS gives no reason.';
      return [
        `${words} Once the cause is resolved, ${again}: it leaves alone what is done and tries the failed step again.`,
      ];
    }
    case 'differs':
      return differsSteps(canOverwrite);
    case 'complete':
      return [];
  }
}

/** The next step for a new or changed API, whatever the verdict. */
function modelSteps({ steps, state: { found } }: Progress, { destination }: Provision): string[] {
  const isChanged = steps.some(({ step, did }) => step === 'api' && (did === 'created' || did === 'updated'));
  if (!isChanged || !found.api) return [];
  const { appId, environment } = destination;
  const { resourceName } = found.api;
  const args = { appId, backendEnvironmentName: environment, resourceName };
  return [
    `The models of the API are not generated yet: call generate_backend_api_models with ${quoteJson(args)}.`,
  ];
}

export async function outcomeOf(provision: Provision, progress: Progress): Promise<ProvisionOutcome> {
  const { appId, environment } = provision.destination;
  const { steps, job, ended } = progress;
  const all = ended === 'done' ? await differencesOf(provision, progress) : [];
  const verdict: Verdict = ended === 'done' ? (all.length === 0 ? 'complete' : 'differs') : ended;
  const sides = { left: 'what was asked for', right: environment };
  const rest = `export_environment shows all settings of ${environment}.`;
  const { differences, notes: leftOut } = reportDifferences(all, { ...sides, rest });
  const notes = [...progress.notes, ...leftOut];
  const isCompared = verdict === 'complete' || verdict === 'differs';
  const summary = isCompared
    ? `The environment was read again and compared with what was asked for: ${environment} is ${verdict === 'complete' ? 'as asked for' : 'not all as asked for'}.`
    : `The provision of ${environment} is ${verdict}.`;
  const table = differences.length > 0 ? [tableOf(differences, 'asked for', 'existing')] : [];
  const resources = resourcesIn(progress.state.found);
  const answer = {
    ...{ verdict, appId, environment, steps, differs: differences, resources },
    nextSteps: [
      ...nextStepsOf(verdict, progress),
      ...modelSteps(progress, provision),
      ...progress.nextSteps,
      ...provision.wanted.nextSteps,
    ],
  };
  const { nextSteps } = answer;
  const lines = [
    `Verdict ${verdict}. ${summary} App ${quoteName(appId)}.`,
    ...steps.map(stepLine),
    ...table,
    outline({ resources }),
    ...(nextSteps.length > 0 ? ['Next:', ...nextSteps.map(step => `- ${step}`)] : []),
  ];
  return { answer, ...(job && { job }), text: lines.join('\n'), isTextWhole: true, notes };
}
