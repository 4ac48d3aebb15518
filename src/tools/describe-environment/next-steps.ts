/** What to do about what was found: a sentence each, the most pressing first. Pure. */

import { deleteRecordCommand } from '../../call/authorize/inventory.ts';
import { stackStateOf } from '../../environment/index.ts';
import type { Job } from '../../jobs/job.ts';
import { operationLabel } from '../../jobs/job.ts';
import { quoteName } from '../../lib/quote.ts';
import { type EnvironmentFacts, managedApi } from './facts.ts';
import type { Description } from './text.ts';

function ofRunning({ state, jobId, ...job }: Job): string {
  const what = `${operationLabel(job)} (job ${quoteName(jobId)})`;
  if (state === 'stalled') return `${what} shows no sign of life: explain_job says what it hangs on.`;
  return `Wait for ${what} with wait_for_job before anything is changed.`;
}

/** What a person types to see and mend a meta that cannot be read; what takes down what AWS does not read. */
function ofUnreadable({ appId, environment, unreadable }: EnvironmentFacts): string[] {
  if (!unreadable) return [];
  if (unreadable.what === 'meta')
    return [
      `Do not take it for empty. Let a person mend amplify-meta.json in the project, where it is not as the Amplify CLI wrote it, and type amplify push; or, if nobody needs ${quoteName(environment)}, take it down with decommission_environment.`,
    ];
  return [
    `If AWS's words speak of a failure of the moment, look again in some minutes. AWS answers so for good where the deployment bucket was deleted by hand: then decommission_environment takes ${quoteName(environment)} down, as a whole and without a list of what goes, once a person confirms that. Where AmplifyBackend does not delete it, a person types (its stack and buckets stay): ${deleteRecordCommand(appId, environment)}`,
  ];
}

/** The meta names a stack that is not there: nothing can be changed, cloned or pushed. */
function ofGoneStack({ stack, state, named, environment }: EnvironmentFacts, running: readonly Job[]) {
  const isNamed = (named.id ?? named.name) !== undefined;
  const isGone = stack && (!stack.value || stackStateOf(stack.value).condition === 'gone');
  if (!isNamed || !isGone || state === 'unreadable' || running.length > 0) return [];
  return [
    `Ask the person whether anybody needs ${quoteName(environment)}: its stack is gone, so nothing of it can be changed or cloned. If not, decommission_environment takes down what is left, and says what stays; a person confirms that.`,
  ];
}

/** What stands in the way of every change. Of what a running job of Amplify's does, the job itself is waited for. */
function ofStack({ stack, state }: EnvironmentFacts, running: readonly Job[]): string[] {
  if (!stack?.value || state === 'registered') return [];
  const { condition, nextStep } = stackStateOf(stack.value);
  const isOfJob = condition === 'at work' && running.length > 0;
  return nextStep === undefined || isOfJob ? [] : [nextStep];
}

/** How many running jobs are each waited for in a sentence. */
const MOST_RUNNING = 3;

/** The steps; none where nothing is amiss. */
export function nextStepsOf(
  facts: EnvironmentFacts,
  { running, recent }: Pick<Description, 'running' | 'recent'>,
): string[] {
  const { environment, state, resources, models, stack } = facts;
  const [last] = recent;
  const api = managedApi(resources);
  const isLeftAlone = state === 'registered' && running.length === 0;
  return [
    ...running.slice(0, MOST_RUNNING).map(ofRunning),
    ...ofStack(facts, running),
    ...ofGoneStack(facts, running),
    ...ofUnreadable(facts),
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
