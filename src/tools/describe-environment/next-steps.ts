/** The next steps for a described environment, a sentence each, the most urgent first. Pure. */

import { howToDeleteRecords } from '../../call/authorize/inventory.ts';
import { stackStateOf } from '../../environment/index.ts';
import { type Job, operationLabel } from '../../jobs/job.ts';
import { quoteName } from '../../lib/quote.ts';
import { type EnvironmentFacts, managedApi } from './facts.ts';
import type { Description } from './text.ts';

function runningStep({ state, jobId, ...job }: Job): string {
  const what = `${operationLabel(job)} (job ${quoteName(jobId)})`;
  if (state === 'stalled')
    return `${what} is stalled: explain_job shows what it waits for, and where a person can act.`;
  return `Wait for ${what} with wait_for_job before you change anything.`;
}

/** How a person repairs a meta that cannot be read, or deletes an environment that AWS cannot read. */
function unreadableSteps({ appId, environment, unreadable }: EnvironmentFacts): string[] {
  if (!unreadable) return [];
  if (unreadable.what === 'meta')
    return [
      `It may have resources and data although none are shown. Ask a person to repair amplify-meta.json in the project, where it differs from what the Amplify CLI wrote, and to type amplify push; or, if ${quoteName(environment)} is no longer needed, delete it with decommission_environment.`,
    ];
  return [
    `If AWS's words name a temporary failure, call again in some minutes. The failure is permanent where the deployment bucket was deleted by hand: then decommission_environment deletes ${quoteName(environment)} as a whole, without a list of what is deleted, after a person's confirmation. ${howToDeleteRecords(appId, [environment])}`,
  ];
}

/** Without the stack that the meta names, nothing can be changed, cloned or pushed. */
function goneStackSteps({ stack, state, named, environment }: EnvironmentFacts, running: readonly Job[]) {
  const isNamed = (named.id ?? named.name) !== undefined;
  const isGone = stack && (!stack.value || stackStateOf(stack.value).condition === 'gone');
  if (!isNamed || !isGone || state === 'unreadable' || running.length > 0) return [];
  return [
    `Ask the person whether anybody needs ${quoteName(environment)}: its stack is gone, so nothing of it can be changed or cloned. If not, decommission_environment deletes what is left and says what stays, after a person's confirmation.`,
  ];
}

/** What to do about a stack that blocks every change. Where a job works on it, `runningStep` says to wait for the job. */
function stackSteps({ stack, state }: EnvironmentFacts, running: readonly Job[]): string[] {
  if (!stack?.value || state === 'registered') return [];
  const { condition, nextStep } = stackStateOf(stack.value);
  const isOfJob = condition === 'at work' && running.length > 0;
  return nextStep === undefined || isOfJob ? [] : [nextStep];
}

/** A warning during a migration: a push must not reach an environment that is locked or whose pools have moved. */
function migrationSteps({ stage = 'none', gen2Branches }: EnvironmentFacts): string[] {
  if (stage === 'none') return [];
  const [branch] = gen2Branches;
  const look =
    branch === undefined ? 'assess_migration' : `verify_migration of the branch ${quoteName(branch)}`;
  const warning = stage === 'beside' ? 'Before you change or delete it' : 'Do not push to it or delete it';
  return [`${warning}: ${look} says what Gen 2 uses of it and what AWS's next step is.`];
}

/** The most running jobs that get a step. */
const MOST_RUNNING = 3;

/** The steps; empty where nothing needs to be done. */
export function nextStepsOf(
  facts: EnvironmentFacts,
  { running, recent }: Pick<Description, 'running' | 'recent'>,
): string[] {
  const { environment, state, resources, models, stack, stage = 'none' } = facts;
  const [last] = recent;
  const api = managedApi(resources);
  const isLeftAlone = state === 'registered' && running.length === 0;
  return [
    ...running.slice(0, MOST_RUNNING).map(runningStep),
    ...stackSteps(facts, running),
    ...goneStackSteps(facts, running),
    ...unreadableSteps(facts),
    ...(last?.state === 'failed'
      ? [
          `The last job, ${operationLabel(last)} (job ${quoteName(last.jobId)}), failed: explain_job says why.`,
        ]
      : []),
    ...(isLeftAlone && stack?.value
      ? [
          `Before the name ${environment} is used again, the stack that was left behind must be deleted: decommission_environment deletes the environment and says what stays, after a person's confirmation.`,
        ]
      : []),
    ...(isLeftAlone && !stack?.value
      ? [
          'Deploy it with provision_environment, or, if it is no longer needed, delete it with decommission_environment; ask the person which.',
        ]
      : []),
    ...migrationSteps(facts),
    ...(models === 'STALE' && api && (stage === 'none' || stage === 'beside')
      ? [
          `The models are older than the schema: generate_backend_api_models of ${quoteName(api.name)} renews them.`,
        ]
      : []),
  ];
}
