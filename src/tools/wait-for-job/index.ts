/**
 * `wait_for_job`: waits until a job ends, but not for longer than hosts wait for a call. It costs what one
 * watched job costs, however many wait.
 */
import { z } from 'zod';
import type { JobRef } from '../../jobs/job.ts';
import { appId, backendEnvironmentName, jobId } from '../../operations/ids.ts';
import type { Workflow } from '../define.ts';
import { DEFAULT_SECONDS, followJob, isOver, timeoutSeconds } from '../follow.ts';

export const waitForJob: Workflow = {
  toolName: 'wait_for_job',
  title: 'Wait for a job to end',
  access: 'read',
  iamActions: ['GetBackend', 'GetBackendJob', 'ListBackendJobs'].map(name => `amplifybackend:${name}`),
  toolInput: z.strictObject({ appId, backendEnvironmentName, jobId, timeoutSeconds }),
  output: z.object({
    job: z.object({}),
    asOf: z.string(),
    elapsedMs: z.number(),
    expectedMs: z.number(),
    progress: z.number(),
    waitingFor: z.string(),
    nextStep: z.string(),
    ttlMs: z.number(),
    notes: z.array(z.string()),
  }),

  async run(args, context) {
    const {
      timeoutSeconds: seconds = DEFAULT_SECONDS,
      target,
      ...where
    } = args as unknown as JobRef & {
      timeoutSeconds?: number;
      target?: string;
    };
    const report = await followJob(context, where, { target, seconds });
    const { job, note, ...facts } = report;
    const goOn = isOver(report) ? [] : ['It has not ended yet: call wait_for_job again to go on waiting.'];
    return { answer: facts, job, notes: [...goOn, ...(note === undefined ? [] : [note])] };
  },
};
