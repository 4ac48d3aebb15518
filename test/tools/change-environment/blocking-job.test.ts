/** A job that hangs is not waited for: a person must look. */
import { expect, it } from 'vitest';
import type { JobReport } from '../../../src/jobs/report.ts';
import { describeBlocking, refuseWhilePending } from '../../../src/tools/change-environment/blocking-job.ts';
import { outcomeOf } from '../../../src/tools/change-environment/verdict.ts';
import type { ToolContext } from '../../../src/tools/define.ts';

const ref = { appId: 'd1sandboxshop', backendEnvironmentName: 'dev' };
const pending = { jobId: 'job1', operation: 'UpdateBackendAPI', status: 'UPDATING', createTime: undefined };
const NEXT = 'explain_job finds what it hangs on';

const reportOf = (state: 'running' | 'stalled', more: Partial<JobReport> = {}) =>
  ({
    job: { ...ref, jobId: 'job1', operation: 'UpdateBackendAPI', status: 'UPDATING', state, uri: 'x' },
    ...{ asOf: '', ttlMs: 1, nextStep: NEXT },
    ...more,
  }) satisfies JobReport;

const contextOf = (report: JobReport) => ({ jobs: { read: async () => report } }) as unknown as ToolContext;

it('a running job is waited for', async () => {
  const { message, step } = await describeBlocking(contextOf(reportOf('running')), ref, pending);
  expect(message).toBe('Another job of dev has not ended: UpdateBackendAPI, job job1.');
  expect(step).toContain('wait_for_job');
});

it.each([reportOf('stalled'), reportOf('running', { elapsedMs: 7_200_000 })])(
  'a job that hangs is explained',
  async report => {
    await expect(refuseWhilePending(contextOf(report), ref, [pending])).rejects.toMatchObject({
      code: 'pending_job',
      message: expect.stringContaining('seems to hang'),
      hint: NEXT,
    });
  },
);

it('a change whose job hangs does not ask to be called again before the job has ended', async () => {
  const call = { ref, stated: new Map(), deadline: 0 };
  const progress = { steps: [], ended: 'unfinished', sent: new Map(), decisions: [], notes: [] } as const;
  const { answer } = await outcomeOf({} as ToolContext, call, { ...progress, stuck: NEXT });
  expect(answer.nextSteps).toEqual([NEXT, expect.stringMatching(/^Once the job has ended, call/)]);
});
