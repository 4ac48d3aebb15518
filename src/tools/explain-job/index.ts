/**
 * `explain_job`: why a job failed or hangs: AWS's own words, the first failure in the events of its stacks, and known
 * causes, each with its evidence. Where AWS gives no reason, it says so. It changes nothing.
 */
import { z } from 'zod';
import { ServerError, toServerError } from '../../errors.ts';
import type { JobRef } from '../../jobs/job.ts';
import type { JobReport } from '../../jobs/report.ts';
import { defineTool, type ToolContext } from '../define.ts';
import { findJob, jobSearch, jobSynonyms, namedJob, withJobIds } from '../shared/named-job.ts';
import { job, nextSteps, notes } from '../shared/output.ts';
import { jobReaderOf, stackReadActions } from '../shared/read.ts';
import type { ResourceEvent } from './events.ts';
import { findingsOf } from './findings.ts';
import { readJobFacts } from './job-facts.ts';
import { consoleOf, nextStepsOf, textOf } from './text.ts';

/** The failure for a job that AWS does not know: most of these were deleted with their environment. */
function unknownJob({ jobId: id, backendEnvironmentName: name }: JobRef, cause: unknown): ServerError {
  return new ServerError('not_found', {
    message: `AWS knows no job ${id} of the environment ${name}. A job's record is deleted with its environment: if the job was a deletion, it has succeeded.`,
    hint: `See with describe_environment what exists of ${name}; list_backend_jobs lists the jobs that AWS still knows.`,
    cause,
  });
}

async function readReport(context: ToolContext, { target, ...ref }: JobRef): Promise<JobReport> {
  try {
    return await context.jobs.read(ref, jobReaderOf(context, target));
  } catch (thrown) {
    throw toServerError(thrown).code === 'not_found' ? unknownJob(ref, thrown) : thrown;
  }
}

const event = {
  stack: z.string().describe('Stack name'),
  logicalId: z.string().describe('Resource in the stack'),
  type: z.string().describe('CloudFormation type'),
  status: z.string().describe("CloudFormation's status"),
  reason: z.string().optional().describe("CloudFormation's reason"),
  at: z.string().describe('ISO 8601'),
} satisfies Record<keyof ResourceEvent, z.ZodType>;

export const explainJob = defineTool({
  toolName: 'explain_job',
  title: 'Explain a job',
  access: 'read',
  steps: jobSearch.steps,
  iamActions: [
    ...jobSearch.iamActions,
    ...stackReadActions.filter(action => action.startsWith('cloudformation:')),
    'cloudformation:DescribeStackEvents',
  ],
  input: z.strictObject(namedJob),
  synonyms: jobSynonyms,
  resolve: withJobIds,
  output: z.strictObject({
    job,
    reason: z.string().optional().describe("AWS's words in the job's record"),
    firstFailure: z.strictObject(event).optional().describe('First failure in the events of its stacks'),
    stack: z
      .strictObject({
        name: z.string().describe('Stack name'),
        status: z.string().describe("CloudFormation's status"),
        lastEvent: z.strictObject(event).optional().describe('Its last event'),
        pending: z.strictObject(event).optional().describe('Resource that takes longest'),
      })
      .optional()
      .describe("The environment's root stack"),
    consolePage: z
      .string()
      .optional()
      .describe("Of a stuck job: page of its stack's events in the AWS console"),
    causes: z
      .array(
        z.strictObject({
          cause: z.string().describe('Likely cause'),
          evidence: z.string().describe("AWS's words for it"),
          whatToDo: z.string().describe('What to do about it'),
        }),
      )
      .describe('Known causes that fit'),
    nextSteps,
    notes,
  }),

  async run(args, context) {
    const ref = await findJob(context, args);
    const report = await readReport(context, ref);
    const facts = await readJobFacts(context, report, ref.target);
    const findings = findingsOf(facts);
    const nextSteps = nextStepsOf(facts, findings);
    const { quietMs: _, ...found } = findings;
    const page = consoleOf(facts);
    const answer = {
      // It is not set as the `job` of the outcome: the result would then describe it a second time, with fewer facts.
      job: report.job,
      ...found,
      ...(page !== undefined && { consolePage: page }),
      nextSteps,
    };
    const notes = [...facts.notes, ...(report.note === undefined ? [] : [report.note])];
    return { answer, text: textOf(facts, findings, nextSteps), isTextWhole: true, notes };
  },
});
