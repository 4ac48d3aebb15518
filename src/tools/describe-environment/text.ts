/** The description of an environment as text. AWS's own words are quoted data in it. */

import { stackStateOf } from '../../environment/index.ts';
import { type Job, operationLabel } from '../../jobs/job.ts';
import { quote, quoteName, quoteNames } from '../../lib/quote.ts';
import { stageWords } from '../../migration/index.ts';
import { minuteOf, quoted } from '../shared/texts.ts';
import type { EnvironmentFacts } from './facts.ts';
import { resourceTable } from './resource-table.ts';

/** The jobs, sorted, and what follows from the facts. */
export interface Description {
  readonly running: readonly Job[];
  /** The jobs that ended last, newest first. */
  readonly recent: readonly Job[];
  readonly disagreements: readonly string[];
  readonly nextSteps: readonly string[];
}

/** How many running jobs are shown; Amplify runs one at a time. */
const MOST_RUNNING = 5;
/** Characters of AWS's words on a job. */
const LONGEST_ERROR = 200;

function jobLine(job: Job): string {
  const { jobId, status, state, createdAt, error } = job;
  const words = error === undefined ? '' : `: ${quote(error, LONGEST_ERROR)}`;
  return `- ${operationLabel(job)} (job ${quoteName(jobId)}), started ${minuteOf(createdAt)}: ${state} (AWS says ${quoted(status)})${words}`;
}

const listed = (title: string, sentences: readonly string[]) =>
  sentences.length === 0 ? [] : [title, ...sentences.map(sentence => `- ${sentence}`)];

function stackLine({ stack: read, named }: EnvironmentFacts): string[] {
  const stack = read?.value;
  if (!stack) return [];
  const { name, status, reason, updatedAt, createdAt } = stack;
  const isOwn = (named.id ?? named.name) !== undefined;
  const words = reason === undefined ? '' : ` (AWS says ${quoted(reason)})`;
  return [
    `${isOwn ? `Its stack ${quoteName(name)}` : `A stack of its name, ${quoteName(name)},`} is ${quoteName(status)}${words}: ${stackStateOf(stack).means}. It was last changed ${minuteOf(updatedAt ?? createdAt)}.`,
  ];
}

/** Its state, to follow its name in a sentence. */
function stateText({ state, unreadable }: EnvironmentFacts): string {
  switch (state) {
    case 'deployed':
      return 'is deployed.';
    case 'registered':
      return 'is only registered, not deployed.';
    case 'unreadable':
      return `is listed but unreadable: ${unreadable?.why} What it has is unknown; it may have much.`;
  }
}

/** The stage of its migration to Gen 2, where one has begun. */
export function migrationLine({ stage = 'none', gen2Branches }: EnvironmentFacts): string[] {
  if (stage === 'none') return [];
  const branches = gen2Branches.length > 0 ? ` Gen 2 branches: ${quoteNames(gen2Branches)}.` : '';
  return [`On the way to Gen 2 (${stage}): ${stageWords[stage]}.${branches}`];
}

export function textOf(facts: EnvironmentFacts, description: Description): string {
  const { appId, appName, environment, state, resources, models, branches = [], jobs } = facts;
  const { running, recent, disagreements, nextSteps } = description;
  const app = appName === undefined ? appId : `${quoted(appName)} (${appId})`;
  const moreRunning = running.length - MOST_RUNNING;
  return [
    `Environment ${quoteName(environment)} of app ${app} ${stateText(facts)}`,
    ...stackLine(facts),
    ...(state === 'unreadable' ? [] : resourceTable(resources)),
    ...(models === undefined ? [] : [`The API's generated models are ${quoteName(models)}.`]),
    ...(branches.length === 0 ? [] : [`Used by the branches: ${quoteNames(branches)}.`]),
    ...(jobs === undefined ? [] : [running.length === 0 ? 'No job runs.' : 'Running:']),
    ...running.slice(0, MOST_RUNNING).map(jobLine),
    ...(moreRunning > 0 ? [`- and ${moreRunning} more: list_backend_jobs`] : []),
    ...(recent.length === 0 ? [] : ['Ended last:', ...recent.map(jobLine)]),
    ...listed('Disagreements:', disagreements),
    ...listed('Next:', nextSteps),
  ].join('\n');
}
