/**
 * `explain_job`: why a job failed or hangs. AWS's own words, the first failure in the events of its stacks, and
 * causes that are known, each with its evidence. Says so where AWS gives no reason. Looks only.
 */
import { z } from 'zod';
import { ServerError, toServerError } from '../../errors.ts';
import type { JobRef } from '../../jobs/job.ts';
import type { JobReport } from '../../jobs/report.ts';
import { appId, backendEnvironmentName, jobId } from '../../operations/ids.ts';
import type { Workflow, WorkflowContext } from '../define.ts';
import { besideActions } from '../describe-environment/facts.ts';
import { findingsOf } from './findings.ts';
import { readJobFacts } from './job-facts.ts';
import { nextStepsOf, summaryOf, textOf } from './story.ts';

interface ExplainArguments extends JobRef {
  readonly target?: string;
}

/** Of a job that AWS does not know, what can be said: mostly it went with its environment. */
function unknownJob({ jobId: id, backendEnvironmentName: name }: JobRef, cause: unknown): ServerError {
  return new ServerError('not_found', {
    message: `AWS knows no job ${id} of the environment ${name}, or does not know it any more: a job's record goes together with its environment. If it was a job that deletes, that is its success.`,
    hint: `See with describe_environment what stands of ${name}; list_backend_jobs lists the jobs that AWS still knows.`,
    cause,
  });
}

async function reportOf(
  { jobs, caller = 'unknown', signal }: WorkflowContext,
  { target, ...address }: ExplainArguments,
): Promise<JobReport> {
  try {
    return await jobs.read(address, { caller, signal, target });
  } catch (thrown) {
    throw toServerError(thrown).code === 'not_found' ? unknownJob(address, thrown) : thrown;
  }
}

export const explainJob: Workflow = {
  toolName: 'explain_job',
  title: 'Explain a job',
  access: 'read',
  steps: ['get_backend', 'get_backend_job', 'list_backend_jobs'],
  iamActions: [
    ...besideActions.filter(action => action.startsWith('cloudformation:')),
    'cloudformation:DescribeStackEvents',
  ],
  toolInput: z.strictObject({ appId, backendEnvironmentName, jobId }),
  output: z.object({
    job: z.object({}),
    summary: z.string(),
    reason: z.string(),
    firstFailure: z.object({}),
    stack: z.object({}),
    causes: z.array(z.object({})),
    nextSteps: z.array(z.string()),
    notes: z.array(z.string()),
  }),

  async run(args, context) {
    const asked = args as unknown as ExplainArguments;
    const report = await reportOf(context, asked);
    const facts = await readJobFacts(context, report, asked.target);
    const findings = findingsOf(facts);
    const nextSteps = nextStepsOf(facts, findings);
    const { quietMs: _, ...found } = findings;
    // Within the answer, and not as the call's own job: what is said of that would be said twice, and with less.
    const answer = { job: report.job, summary: summaryOf(facts), ...found, nextSteps };
    const notes = [...facts.notes, ...(report.note === undefined ? [] : [report.note])];
    return { answer, text: textOf(facts, findings, nextSteps), notes };
  },
};
