/** The explanation of a job as text: what happened, and what to do next. AWS's words are quoted as data. */

import { removesEnvironments } from '../../jobs/advice.ts';
import { isEnded, operationLabel } from '../../jobs/job.ts';
import { overdueText } from '../../jobs/overdue.ts';
import { durationText } from '../../lib/duration.ts';
import { occurrencesOf } from '../../lib/find-occurrences.ts';
import { quoteName } from '../../lib/quote.ts';
import { minuteOf, quoted, wentWrong } from '../shared/texts.ts';
import { consolePage, whatAPersonCanDo } from './console.ts';
import type { ResourceEvent } from './events.ts';
import type { Cause, Findings } from './findings.ts';
import { isStuck, type JobFacts } from './job-facts.ts';

const NO_REASON = 'AWS gives no reason';

/** Whether the job of a clone succeeded and the clone is empty. */
const clonedNothing = ({ report: { job }, environmentState }: JobFacts) =>
  job.operation === 'CloneBackend' &&
  job.state === 'succeeded' &&
  environmentState !== undefined &&
  !environmentState.hasResources;

/** What happened to the job, in a sentence or two. */
export function summaryOf(facts: JobFacts): string {
  const { report } = facts;
  const { job, elapsedMs, expectedMs } = report;
  const what = `${operationLabel(job)} of ${quoteName(job.backendEnvironmentName)}`;
  const said = `(AWS says ${quoted(job.status)})`;
  const span = elapsedMs === undefined ? undefined : durationText(elapsedMs);
  if (job.state === 'failed') return `${what} failed${span ? ` after ${span}` : ''} ${said}.`;
  if (job.state === 'succeeded') {
    const but = clonedNothing(facts)
      ? ` But ${quoteName(job.backendEnvironmentName)} has no resources: nothing was cloned.`
      : '';
    return `${what} succeeded${span ? ` after ${span}` : ''} ${said}.${but}`;
  }
  const age = span ? ` for ${span}` : '';
  const took = expectedMs === undefined ? '' : ` Such jobs took about ${durationText(expectedMs)}.`;
  const overdue = overdueText(report);
  const usual = overdue === undefined ? took : ` ${overdue}`;
  return job.state === 'stalled'
    ? `${what} runs${age} ${said} without any progress: it is stalled. Nothing was cancelled.${usual}`
    : `${what} runs${age} ${said}.${usual}`;
}

function eventText({ stack, logicalId, type, status, reason, at }: ResourceEvent): string {
  const words = reason === undefined ? 'without a reason' : `AWS says ${quoted(reason)}`;
  return `${quoteName(logicalId)} (${quoteName(type)}) in the stack ${quoteName(stack)} is ${quoteName(status)} since ${minuteOf(at)}, ${words}.`;
}

/** AWS's reasons, from the job's record and the events; or that there is none. */
function reasonLines({ report, history }: JobFacts, { reason, firstFailure }: Findings): string[] {
  const lines = [
    ...(reason === undefined ? [] : [`AWS's reason (quoted data): ${quoted(reason)}.`]),
    ...(firstFailure ? [`First failure: ${eventText(firstFailure)}`] : []),
  ];
  if (report.job.state !== 'failed' || reason !== undefined || firstFailure?.reason) return lines;
  const where = history ? "in the job's record, nor in the events of its stacks" : "in the job's record";
  return [`${NO_REASON} ${where}.`, ...lines];
}

function stackLines({ report, stack: read }: JobFacts, { stack, quietMs }: Findings): string[] {
  const isRunning = !isEnded(report.job);
  if (!stack) return read && isRunning ? ['CloudFormation has no stack of this environment.'] : [];
  const { name, status, lastEvent, pending } = stack;
  if (!isRunning) {
    const differs = report.job.state === 'succeeded' && wentWrong(stack);
    return [`${differs ? 'But its' : 'Its'} stack ${quoteName(name)} is ${quoteName(status)} now.`];
  }
  const last =
    lastEvent && quietMs !== undefined
      ? `; its last event was ${durationText(quietMs)} ago: ${quoteName(lastEvent.logicalId)} (${quoteName(lastEvent.type)}) ${quoteName(lastEvent.status)}`
      : ', without an event since the job started';
  return [
    `Its stack ${quoteName(name)} is ${quoteName(status)}${last}.`,
    ...(pending
      ? [
          `CloudFormation has worked the longest on this resource: ${eventText(pending).replace(/, without a reason\.$/, '.')}`,
        ]
      : []),
  ];
}

/** A likely cause with its evidence, which is not repeated where the text already has it. */
function causeLine({ cause, evidence }: Cause, { reason, firstFailure }: Findings): string {
  const isShown = [reason, firstFailure?.reason].some(
    words => words && occurrencesOf(evidence, words).length > 0,
  );
  return `${cause} Evidence${isShown ? ": AWS's words above" : ` (quoted data): ${quoted(evidence)}`}.`;
}

export function textOf(facts: JobFacts, findings: Findings, nextSteps: readonly string[]): string {
  const { job } = facts.report;
  return [
    summaryOf(facts),
    ...reasonLines(facts, findings),
    ...stackLines(facts, findings),
    ...findings.causes.map(cause => causeLine(cause, findings)),
    ...nextSteps.map(step => `Next: ${step}`),
    `Job: ${job.uri}${job.createdAt === undefined ? '' : `, started ${minuteOf(job.createdAt)}`}`,
  ].join('\n');
}

const afterSuccess: Readonly<Record<string, string>> = {
  CloneBackend:
    'A job that succeeded does not prove that everything was cloned: compare the environment with its source (compare_environments).',
};

/** The next step where AWS gives no reason. */
const askAws = ({ report: { job } }: JobFacts) =>
  `Search CloudTrail from ${minuteOf(job.createdAt)} on for refused calls of Amplify, or ask AWS Support with the job id ${quoteName(job.jobId)} and the app ${quoteName(job.appId)}.`;

function stepsAfterFailure(facts: JobFacts, { reason, firstFailure }: Findings): string[] {
  const { report, environmentState } = facts;
  const { operation, backendEnvironmentName: name } = report.job;
  const isLeft = environmentState?.isThere === true && !environmentState.hasResources;
  return [
    ...(reason === undefined && !firstFailure?.reason ? [askAws(facts)] : []),
    ...(operation === 'CloneBackend' && isLeft
      ? [
          `${quoteName(name)} was left behind, empty: delete it with decommission_environment (a person confirms that) before you try the clone again.`,
        ]
      : ['See with describe_environment what exists now before you try anything again.']),
  ];
}

/** The page of the AWS console for a job that is stuck. */
export function consoleOf(facts: JobFacts): string | undefined {
  const { report, stack, region } = facts;
  if (!isStuck(report)) return undefined;
  return consolePage(stack?.value, { environment: report.job.backendEnvironmentName, region });
}

/** Where a person sees what a stuck job hangs on, and what they can do there. */
function consoleSteps(facts: JobFacts): string[] {
  const page = consoleOf(facts);
  const { stack } = facts;
  if (page === undefined) return [];
  const which = stack?.value ? `stack ${quoteName(stack.value.name)}` : 'stacks of this environment';
  return [
    `Show the person the ${which} in the AWS console: ${page}`,
    ...(stack ? [whatAPersonCanDo(stack.value)] : []),
  ];
}

/** The next steps: those of the causes first. */
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
          ? ["The job's status is wrong or incomplete: describe_environment shows what exists."]
          : [
              removesEnvironments(operation)
                ? 'Check with get_backend that the environment is gone, and with list_s3_buckets that no bucket of it is left.'
                : (afterSuccess[operation] ??
                  'Nothing else needs to be done for this job; describe_environment shows what exists.'),
            ]),
      ];
    case 'running':
      return [
        ...ofCauses,
        ...consoleSteps(facts),
        isStuck(report)
          ? 'Ask the person whether to wait on. Do not start the same operation again meanwhile.'
          : 'Wait with wait_for_job. Do not start the same operation again meanwhile.',
      ];
    case 'stalled':
      return [
        ...ofCauses,
        ...consoleSteps(facts),
        'AWS has no cancel, and update_backend_job only rewrites the record: a last resort, for the person to decide.',
      ];
  }
}
