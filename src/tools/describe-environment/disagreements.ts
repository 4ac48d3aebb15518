/**
 * Where the three that know of an environment say different things: AmplifyBackend's jobs and meta, Amplify's own
 * record, CloudFormation's stack. Pure. Neither side is taken for right; both are shown.
 */

import type { Stack } from '../../aws/stacks.ts';
import type { Job } from '../../jobs/job.ts';
import { operationLabel } from '../../jobs/job.ts';
import { durationText } from '../../lib/duration.ts';
import { quoteName } from '../../lib/quote.ts';
import { isAtWork, minuteOf, quoted, wentWrong } from '../stack-looks.ts';
import type { EnvironmentFacts } from './facts.ts';

/** Jobs that leave the stack as it is: of these it says nothing. */
const withoutStack = new Set([
  'GenerateBackendAPIModels',
  'CreateBackendConfig',
  'UpdateBackendConfig',
  'RemoveBackendConfig',
]);

/** A stack begins a while after its job and ends a while before it. */
const LAG_MS = 10 * 60_000;

const isUnended = ({ state }: Job) => state === 'running' || state === 'stalled';
const ageOf = ({ createdAt }: Job, now: number) =>
  createdAt === undefined ? 0 : now - Date.parse(createdAt);

/** Whether the stack's last change began within the life of the job. */
function isOfJob(job: Job, { createdAt, updatedAt = createdAt }: Stack): boolean {
  const { createdAt: begun, updatedAt: ended } = job;
  return (
    updatedAt !== undefined &&
    begun !== undefined &&
    ended !== undefined &&
    updatedAt >= begun &&
    updatedAt <= ended
  );
}

/** The job that ended last against the stack. */
function ofEnded(job: Job | undefined, stack: Stack): string[] {
  if (!job) return [];
  const { status, updatedAt } = job;
  const said = `The last job, ${operationLabel(job)}, is ${quoted(status)} since ${minuteOf(updatedAt)}, but the stack is ${quoteName(stack.status)}`;
  if (job.state === 'succeeded' && wentWrong(stack))
    return [`${said}: the job's word is not the whole truth, or something else has changed the stack since.`];
  if (job.state === 'failed' && !wentWrong(stack) && isOfJob(job, stack))
    return [`${said}: what the job was to do may be done all the same.`];
  return [];
}

/** The jobs against the stack. */
function ofJobs({ jobs }: EnvironmentFacts, stack: Stack, now: number): string[] {
  if (jobs === undefined || isAtWork(stack) === jobs.some(isUnended)) {
    // They agree on whether anything goes on; where nothing does, the last job should have left such a stack.
    return jobs === undefined || isAtWork(stack)
      ? []
      : ofEnded(
          jobs.find(({ operation }) => !withoutStack.has(operation)),
          stack,
        );
  }
  if (isAtWork(stack))
    return [
      `No job runs, but the stack is ${quoteName(stack.status)}: it is changed in another way (the Amplify CLI, a build, a person), or its job ended too early.`,
    ];
  return jobs
    .filter(job => isUnended(job) && !withoutStack.has(job.operation) && ageOf(job, now) > LAG_MS)
    .map(
      job =>
        `The job ${operationLabel(job)} is ${quoted(job.status)} for ${durationText(ageOf(job, now))}, but the stack is ${quoteName(stack.status)} and nothing is done to it.`,
    );
}

/** The meta against CloudFormation. */
function ofStack(facts: EnvironmentFacts, now: number): string[] {
  const { environment, state, named, stack: seen, jobs = [] } = facts;
  // Of what cannot be read nobody knows what it should have.
  if (!seen || state === 'unreadable') return [];
  const stack = seen.value;
  const isNamed = (named.id ?? named.name) !== undefined;
  if (isNamed && (!stack || stack.status === 'DELETE_COMPLETE'))
    return [
      `The environment's meta names the stack ${quoted(named.name ?? named.id ?? '')}, but ${stack ? 'it was deleted' : 'CloudFormation knows none of that name'}.`,
    ];
  if (isNamed && stack) return ofJobs(facts, stack, now);
  // Until the job of a new environment has ended, that its stack is not in the meta is no news.
  if (jobs.some(isUnended)) return [];
  if (state === 'deployed')
    return stack
      ? [
          `The environment's meta names no stack, but ${quoteName(stack.name)} bears its name (${quoteName(stack.status)}).`,
        ]
      : ["The environment's meta names resources, but no stack, and none bears its name."];
  if (stack)
    return [
      `${environment} is only registered, but the stack ${quoteName(stack.name)} bears its name and still stands (${quoteName(stack.status)}): left behind by a job that failed, or by an environment of that name that was deleted.`,
    ];
  return [`${environment} is registered, but was never deployed: it has no stack and no resources.`];
}

/** A clone's job against what came of it. */
function ofClone({ environment, state, jobs = [], resources }: EnvironmentFacts): string[] {
  const [last] = jobs;
  if (state === 'unreadable') return [];
  if (last?.operation !== 'CloneBackend' || last.state !== 'succeeded' || resources.length > 0) return [];
  return [`The job that cloned ${environment} succeeded, but there are no resources: nothing was cloned.`];
}

/** Amplify's own record against the meta. */
function ofRecord({ environment, state, named, recorded }: EnvironmentFacts): string[] {
  if (!recorded || state === 'unreadable') return [];
  const record = recorded.value;
  if (!record) return [`Amplify itself has no environment ${environment} on record; AmplifyBackend has.`];
  const { stackName } = record;
  const known = named.name ?? named.id?.split('/')[1];
  if (stackName !== undefined && known === undefined)
    return [
      `Amplify's own record names the stack ${quoteName(stackName)}, but the environment's meta names none.`,
    ];
  if (known !== undefined && stackName !== known)
    return [
      `The environment's meta names the stack ${quoted(known)}, but Amplify's own record ${stackName === undefined ? 'none' : quoteName(stackName)}.`,
    ];
  return [];
}

/** All of them, a sentence each. @param now epoch milliseconds */
export function disagreementsIn(facts: EnvironmentFacts, now: number): string[] {
  return [...ofStack(facts, now), ...ofClone(facts), ...ofRecord(facts)];
}
