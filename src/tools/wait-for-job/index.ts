/**
 * `wait_for_job`: waits until a job ends or the call's time is up. All callers that wait for the same job share its polls.
 */
import { z } from 'zod';
import { isEnded } from '../../jobs/job.ts';
import { overdueText } from '../../jobs/overdue.ts';
import { defineTool } from '../define.ts';
import { DEFAULT_SECONDS, followJob, timeoutSeconds } from '../shared/follow-job.ts';
import { findJob, jobSearch, jobSynonyms, namedJob, withJobIds } from '../shared/named-job.ts';
import { job, notes } from '../shared/output.ts';

const GO_ON = 'It has not ended yet: call wait_for_job again to go on waiting.';

export const waitForJob = defineTool({
  toolName: 'wait_for_job',
  title: 'Wait for a job to end',
  access: 'read',
  ...jobSearch,
  input: z.strictObject({ ...namedJob, timeoutSeconds }),
  synonyms: jobSynonyms,
  resolve: withJobIds,
  output: z.strictObject({
    job: job.optional(),
    asOf: z.string().describe('When AWS was asked, ISO 8601'),
    elapsedMs: z.number().optional().describe('From its start to now or its end, ms'),
    expectedMs: z.number().optional().describe('How long such jobs took before, ms'),
    progress: z.number().optional().describe('Percent; 100 when it succeeded'),
    waitingFor: z.string().optional().describe('What the job waits for'),
    nextStep: z.string().describe('What to do next'),
    ttlMs: z.number().describe('How long this answer is fresh, ms'),
    notes,
  }),

  async run({ timeoutSeconds: seconds = DEFAULT_SECONDS, target, ...named }, context) {
    const { target: _, ...ref } = await findJob(context, { ...named, target });
    const report = await followJob(context, ref, { target, seconds });
    const { job, note, progress, ...answer } = report;
    // The progress of a stalled job was an estimate that turned out to be wrong.
    const percent = job.state === 'stalled' || progress === undefined ? {} : { progress };
    const isStuck = job.state === 'stalled' || overdueText(report) !== undefined;
    const goOn = isEnded(job) || isStuck ? [] : [GO_ON];
    return {
      answer: { ...answer, ...percent },
      job,
      notes: [...goOn, ...(note === undefined ? [] : [note])],
    };
  },
});
