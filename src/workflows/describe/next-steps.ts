/** What to do about what was found: a sentence each, the most pressing first. Pure. */
import { operationLabel } from '../../execute/job-facts.ts';
import type { Job } from '../../jobs/job.ts';
import { quoteName } from '../../lib/quote.ts';
import type { EnvironmentFacts } from './facts.ts';
import type { Description } from './text.ts';

function ofRunning({ state, jobId, ...job }: Job): string {
  const what = `${operationLabel(job)} (job ${quoteName(jobId)})`;
  if (state === 'stalled') return `${what} shows no sign of life: explain_job says what it hangs on.`;
  return `Wait for ${what} with wait_for_job before anything is changed.`;
}

/** The steps; none where nothing is amiss. */
export function nextStepsOf(
  { environment, resources, models, stack }: EnvironmentFacts,
  { state, running, recent }: Omit<Description, 'disagreements' | 'nextSteps'>,
): string[] {
  const [last] = recent;
  const api = resources.find(({ service }) => service === 'AppSync');
  const isLeftAlone = state === 'registered' && running.length === 0;
  return [
    ...running.map(ofRunning),
    ...(last?.state === 'failed'
      ? [
          `The last job, ${operationLabel(last)} (job ${quoteName(last.jobId)}), failed: explain_job says why.`,
        ]
      : []),
    ...(isLeftAlone && stack?.value
      ? [
          `Before the name ${environment} is used again, the stack that was left behind must go: decommission_environment takes the environment down and says what stays; a person confirms that.`,
        ]
      : []),
    ...(isLeftAlone && !stack?.value
      ? [
          `Deploy it with provision_environment, or, if nobody needs it, take it down with decommission_environment; ask the person which.`,
        ]
      : []),
    ...(models === 'STALE' && api
      ? [
          `The models are older than the schema: generate_backend_api_models of ${quoteName(api.name)} renews them.`,
        ]
      : []),
  ];
}
