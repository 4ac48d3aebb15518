/** An explained job in words: what happened, in a few lines, and what to do next. AWS's words are quoted as data. */

import { removesEnvironments, spanText } from '../../jobs/advice.ts';
import { operationLabel } from '../../jobs/job.ts';
import { occurrencesOf } from '../../lib/find-occurrences.ts';
import { quoteName } from '../../lib/quote.ts';
import { isAtWork, minuteOf, quoted, wentWrong } from '../stack-looks.ts';
import type { ResourceEvent } from './events.ts';
import { type Cause, type Findings, isUnended } from './findings.ts';
import type { JobFacts } from './job-facts.ts';

const NO_REASON = 'AWS gives no reason';

/** Whether a clone ended well, and there is nothing. */
const clonedNothing = ({ report: { job }, standing }: JobFacts) =>
  job.operation === 'CloneBackend' &&
  job.state === 'succeeded' &&
  standing !== undefined &&
  !standing.hasResources;

/** What happened to the job, in a sentence or two. */
export function summaryOf(facts: JobFacts): string {
  const { report } = facts;
  const { job, elapsedMs, expectedMs } = report;
  const what = `${operationLabel(job)} of ${quoteName(job.backendEnvironmentName)}`;
  const said = `(AWS says ${quoted(job.status)})`;
  const span = elapsedMs === undefined ? undefined : spanText(elapsedMs);
  if (job.state === 'failed') return `${what} failed${span ? ` after ${span}` : ''} ${said}.`;
  if (job.state === 'succeeded') {
    const but = clonedNothing(facts)
      ? ` But ${quoteName(job.backendEnvironmentName)} has no resources: nothing was cloned.`
      : '';
    return `${what} succeeded${span ? ` after ${span}` : ''} ${said}.${but}`;
  }
  const age = span ? ` for ${span}` : '';
  const usual = expectedMs === undefined ? '' : ` Such jobs took about ${spanText(expectedMs)}.`;
  return job.state === 'stalled'
    ? `${what} runs${age} ${said} and shows no sign of life: it is stalled. Nothing was cancelled.${usual}`
    : `${what} runs${age} ${said}.${usual}`;
}

function eventText({ stack, logicalId, type, status, reason, at }: ResourceEvent): string {
  const words = reason === undefined ? 'without a reason' : `AWS says ${quoted(reason)}`;
  return `${quoteName(logicalId)} (${quoteName(type)}) in the stack ${quoteName(stack)} is ${quoteName(status)} since ${minuteOf(at)}, ${words}.`;
}

/** AWS's reasons: in the job's record, in the events, or nowhere. */
function reasonLines({ report, story }: JobFacts, { reason, firstFailure }: Findings): string[] {
  const lines = [
    ...(reason === undefined ? [] : [`AWS's reason (quoted data): ${quoted(reason)}.`]),
    ...(firstFailure ? [`First failure: ${eventText(firstFailure)}`] : []),
  ];
  if (report.job.state !== 'failed' || reason !== undefined || firstFailure?.reason) return lines;
  const where = story ? "in the job's record, nor in the events of its stacks" : "in the job's record";
  return [`${NO_REASON} ${where}.`, ...lines];
}

/** The stack beside the job. */
function stackLines({ report, stack: seen }: JobFacts, { stack, quietMs }: Findings): string[] {
  const goesOn = isUnended(report.job);
  if (!stack) return seen && goesOn ? ['CloudFormation has no stack of this environment.'] : [];
  const { name, status, lastEvent, pending } = stack;
  if (!goesOn) {
    const differs = report.job.state === 'succeeded' && wentWrong(stack);
    return [`${differs ? 'But its' : 'Its'} stack ${quoteName(name)} is ${quoteName(status)} now.`];
  }
  const last =
    lastEvent && quietMs !== undefined
      ? `; its last event was ${spanText(quietMs)} ago: ${quoteName(lastEvent.logicalId)} (${quoteName(lastEvent.type)}) ${quoteName(lastEvent.status)}`
      : ', without an event since the job was begun';
  return [
    `Its stack ${quoteName(name)} is ${quoteName(status)}${last}.`,
    ...(pending
      ? [`What it works on the longest: ${eventText(pending).replace(/, without a reason\.$/, '.')}`]
      : []),
  ];
}

/** A likely cause; evidence that stands above is not told again. */
function causeLine({ cause, evidence }: Cause, { reason, firstFailure }: Findings): string {
  const isAbove = [reason, firstFailure?.reason].some(
    words => words && occurrencesOf(evidence, words).length > 0,
  );
  return `${cause} Evidence${isAbove ? ": AWS's words above" : ` (quoted data): ${quoted(evidence)}`}.`;
}

/** The text for a person. */
export function textOf(facts: JobFacts, findings: Findings, nextSteps: readonly string[]): string {
  return [
    summaryOf(facts),
    ...reasonLines(facts, findings),
    ...stackLines(facts, findings),
    ...findings.causes.map(cause => causeLine(cause, findings)),
    ...nextSteps.map(step => `Next: ${step}`),
  ].join('\n');
}

const afterSuccess: Readonly<Record<string, string>> = {
  CloneBackend:
    'A finished clone job is not a finished clone: compare the environment with its source (compare_environments).',
};

/** What can be done where AWS says nothing. */
const withoutReason = ({ report: { job } }: JobFacts) =>
  `Look into CloudTrail at ${minuteOf(job.createdAt)} and after for calls of Amplify that were refused, or ask AWS Support with the job id ${quoteName(job.jobId)} and the app ${quoteName(job.appId)}.`;

function stepsAfterFailure(facts: JobFacts, { reason, firstFailure }: Findings): string[] {
  const { report, standing } = facts;
  const { operation, backendEnvironmentName: name } = report.job;
  const isLeft = standing?.isThere === true && !standing.hasResources;
  return [
    ...(reason === undefined && !firstFailure?.reason ? [withoutReason(facts)] : []),
    ...(operation === 'CloneBackend' && isLeft
      ? [
          `${quoteName(name)} was left behind, empty: take it down with decommission_environment (a person confirms that) before the clone is tried again.`,
        ]
      : ['See with describe_environment what stands now before anything is tried again.']),
  ];
}

/** What to do: what the causes ask for first. */
export function nextStepsOf(facts: JobFacts, findings: Findings): string[] {
  const { report, stack } = facts;
  const { operation, state } = report.job;
  const ofCauses = findings.causes.map(({ whatToDo }) => whatToDo);
  switch (state) {
    case 'failed':
      return [...ofCauses, ...stepsAfterFailure(facts, findings)];
    case 'succeeded':
      return [
        ...ofCauses,
        ...(stack?.value && wentWrong(stack.value)
          ? ["The job's word is not the whole truth: describe_environment shows what stands."]
          : [
              removesEnvironments(operation)
                ? 'Check with get_backend that the environment is gone, and with list_s3_buckets that no bucket of it stayed.'
                : (afterSuccess[operation] ??
                  'Nothing is left to do for this job; describe_environment shows what stands.'),
            ]),
      ];
    case 'running':
      return [...ofCauses, 'Wait with wait_for_job. Do not start the same again meanwhile.'];
    case 'stalled':
      return [
        ...ofCauses,
        ...(stack?.value && isAtWork(stack.value)
          ? [
              'Ask the person to look at that resource in the AWS console; CloudFormation gives it up by itself after hours.',
            ]
          : []),
        'AWS has no cancel, and update_backend_job only rewrites the record: a last resort, for the person to decide.',
      ];
  }
}
