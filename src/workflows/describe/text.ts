/** A described environment as a person reads it, and what to do next. AWS's own words stand in it as quoted data. */
import { operationLabel } from '../../execute/job-facts.ts';
import type { Job } from '../../jobs/job.ts';
import { quoteJson, quoteName } from '../../lib/quote.ts';
import { minuteOf, quoted } from '../stack-looks.ts';
import type { EnvironmentFacts } from './facts.ts';
import { type Resource, tellingOutput } from './resources.ts';

/** What is described, sorted out. */
export interface Description {
  readonly state: 'deployed' | 'registered';
  readonly running: readonly Job[];
  /** The last that ended, newest first. */
  readonly recent: readonly Job[];
  readonly disagreements: readonly string[];
  readonly nextSteps: readonly string[];
}

/** One output, or none. */
const quoteOutput = (output: string) => (output === '' ? '' : quoteName(output));

const cell = (text: string) => text.replaceAll('|', '\\|');

function tableOf(resources: readonly Resource[]): string[] {
  if (resources.length === 0) return ['It has no resources.'];
  const rows = resources.map(resource => [
    ...[quoteName(resource.category), quoteName(resource.name)],
    `${quoteName(resource.service)}${resource.imported ? ' (imported)' : ''}`,
    quoteOutput(tellingOutput(resource)),
  ]);
  return [['category', 'name', 'service', 'known as'], ['---', '---', '---', '---'], ...rows].map(
    row => `| ${row.map(cell).join(' | ')} |`,
  );
}

function jobLine(job: Job): string {
  const { status, state, createdAt, error } = job;
  const words = error === undefined ? '' : `: ${quoted(error)}`;
  return `- ${operationLabel(job)}, begun ${minuteOf(createdAt)}: ${state} (AWS says ${quoted(status)})${words}`;
}

const listed = (title: string, sentences: readonly string[]) =>
  sentences.length === 0 ? [] : [title, ...sentences.map(sentence => `- ${sentence}`)];

function stackLine({ stack: seen, named }: EnvironmentFacts): string[] {
  const stack = seen?.value;
  if (!stack) return [];
  const { name, status, reason, updatedAt, createdAt } = stack;
  const isOwn = (named.id ?? named.name) !== undefined;
  const words = reason === undefined ? '' : ` (AWS says ${quoted(reason)})`;
  return [
    `${isOwn ? `Its stack ${quoteName(name)}` : `A stack of its name, ${quoteName(name)},`} is ${quoteName(status)}${words}, last changed ${minuteOf(updatedAt ?? createdAt)}.`,
  ];
}

/** The text. */
export function textOf(facts: EnvironmentFacts, description: Description): string {
  const { appId, appName, environment, resources, models, branches = [], jobs } = facts;
  const { state, running, recent, disagreements, nextSteps } = description;
  const app = appName === undefined ? appId : `${quoted(appName)} (${appId})`;
  const is = state === 'deployed' ? 'deployed' : 'only registered, not deployed';
  return [
    `Environment ${quoteName(environment)} of app ${app} is ${is}.`,
    ...stackLine(facts),
    ...tableOf(resources),
    ...(models === undefined ? [] : [`The API's generated models are ${quoteName(models)}.`]),
    ...(branches.length === 0 ? [] : [`Used by the branches (quoted data): ${quoteJson(branches)}.`]),
    ...(jobs === undefined ? [] : [running.length === 0 ? 'No job runs.' : 'Running:']),
    ...running.map(jobLine),
    ...(recent.length === 0 ? [] : ['Ended last:', ...recent.map(jobLine)]),
    ...listed('What does not agree:', disagreements),
    ...listed('Next:', nextSteps),
  ].join('\n');
}
