/**
 * Disagreements between the three sources on an environment: AmplifyBackend's jobs and meta, Amplify's own record, and
 * CloudFormation's stack. It is unknown which source is right, so both sides are shown. Pure.
 */

import type { Stack } from '../../aws/stacks.ts';
import { isEnded, type Job, operationLabel } from '../../jobs/job.ts';
import { durationText } from '../../lib/duration.ts';
import { quoteName } from '../../lib/quote.ts';
import { isAtWork, minuteOf, quoted, wentWrong } from '../shared/texts.ts';
import type { EnvironmentFacts } from './facts.ts';

/** Operations whose jobs do not touch the stack. */
const withoutStack = new Set([
  'GenerateBackendAPIModels',
  'CreateBackendConfig',
  'UpdateBackendConfig',
  'RemoveBackendConfig',
]);

/** A stack's work starts some minutes after its job and ends some minutes before it. */
const LAG_MS = 10 * 60_000;

const isRunning = (job: Job) => !isEnded(job);
const ageOf = ({ createdAt }: Job, now: number) =>
  createdAt === undefined ? 0 : now - Date.parse(createdAt);

/** Whether the stack's last change began within the life of the job. */
function isOfJob(job: Job, { createdAt, updatedAt = createdAt }: Stack): boolean {
  const { createdAt: started, updatedAt: ended } = job;
  return (
    updatedAt !== undefined &&
    started !== undefined &&
    ended !== undefined &&
    updatedAt >= started &&
    updatedAt <= ended
  );
}

/** Compares the job that ended last with the stack. */
function lastJobAgainstStack(job: Job | undefined, stack: Stack): string[] {
  if (!job) return [];
  const { status, updatedAt } = job;
  const said = `The last job, ${operationLabel(job)}, is ${quoted(status)} since ${minuteOf(updatedAt)}, but the stack is ${quoteName(stack.status)}`;
  if (job.state === 'succeeded' && wentWrong(stack))
    return [
      `${said}: the job's status is wrong or incomplete, or something else has changed the stack since.`,
    ];
  if (job.state === 'failed' && !wentWrong(stack) && isOfJob(job, stack))
    return [`${said}: the job's work may be done nevertheless.`];
  return [];
}

/** Compares the jobs with the stack. */
function jobsAgainstStack({ jobs }: EnvironmentFacts, stack: Stack, now: number): string[] {
  if (jobs === undefined) return [];
  if (isAtWork(stack) === jobs.some(isRunning)) {
    const last = jobs.find(({ operation }) => !withoutStack.has(operation));
    return isAtWork(stack) ? [] : lastJobAgainstStack(last, stack);
  }
  if (isAtWork(stack))
    return [
      `No job runs, but the stack is ${quoteName(stack.status)}: something else is changing it (the Amplify CLI, a build, a person), or its job ended too early.`,
    ];
  return jobs
    .filter(job => isRunning(job) && !withoutStack.has(job.operation) && ageOf(job, now) > LAG_MS)
    .map(
      job =>
        `The job ${operationLabel(job)} is ${quoted(job.status)} for ${durationText(ageOf(job, now))}, but the stack is ${quoteName(stack.status)} and CloudFormation is not at work on it.`,
    );
}

/** Compares the meta with CloudFormation. */
function metaAgainstStack(facts: EnvironmentFacts, now: number): string[] {
  const { environment, state, named, stack: read, jobs = [] } = facts;
  // It is unknown which stack an unreadable environment should have.
  if (!read || state === 'unreadable') return [];
  const stack = read.value;
  const isNamed = (named.id ?? named.name) !== undefined;
  if (isNamed && (!stack || stack.status === 'DELETE_COMPLETE'))
    return [
      `The environment's meta names the stack ${quoted(named.name ?? named.id ?? '')}, but ${stack ? 'it was deleted' : 'CloudFormation has none of that name'}.`,
    ];
  if (isNamed && stack) return jobsAgainstStack(facts, stack, now);
  // The meta of a new environment names its stack only once the job has ended.
  if (jobs.some(isRunning)) return [];
  if (state === 'deployed')
    return stack
      ? [
          `The environment's meta names no stack, but ${quoteName(stack.name)} has its name (${quoteName(stack.status)}).`,
        ]
      : ["The environment's meta names resources, but no stack, and no stack has its name."];
  if (stack)
    return [
      `${environment} is only registered, but the stack ${quoteName(stack.name)} has its name and still exists (${quoteName(stack.status)}): left behind by a job that failed, or by an environment of that name that was deleted.`,
    ];
  return [`${environment} is registered, but was never deployed: it has no stack and no resources.`];
}

/** Compares the job of a clone with the clone. */
function cloneAgainstMeta({ environment, state, jobs = [], resources }: EnvironmentFacts): string[] {
  const [last] = jobs;
  if (state === 'unreadable') return [];
  if (last?.operation !== 'CloneBackend' || last.state !== 'succeeded' || resources.length > 0) return [];
  return [`The job that cloned ${environment} succeeded, but there are no resources: nothing was cloned.`];
}

/** Compares Amplify's own record with the meta. */
function recordAgainstMeta({ environment, state, named, recorded }: EnvironmentFacts): string[] {
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

/** All disagreements, a sentence each. @param now epoch milliseconds */
export function disagreementsIn(facts: EnvironmentFacts, now: number): string[] {
  return [...metaAgainstStack(facts, now), ...cloneAgainstMeta(facts), ...recordAgainstMeta(facts)];
}
