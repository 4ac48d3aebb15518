/** Support for tests of the watcher: a fake AWS with the jobs of one app, on a clock that the test moves. */
import { type ErrorCode, ServerError } from '../../src/errors.ts';
import type { LocatedJob } from '../../src/jobs/job.ts';
import { toJob } from '../../src/jobs/job.ts';
import type { JobChange } from '../../src/jobs/report.ts';
import { JobWatcher } from '../../src/jobs/watcher.ts';
import { createFakeClock, settle } from './fake-clock.ts';

export const minute = 60_000;
export const ref = (jobId = 'job-1', more: Partial<LocatedJob> = {}): LocatedJob => ({
  ...{ target: undefined, region: 'us-east-1', appId: 'd1shop', backendEnvironmentName: 'qa', jobId },
  ...more,
});

/** A watcher, and the fake AWS that it polls. */
export function setUp(options: { past?: number[]; aheadMs?: number; operation?: string } = {}) {
  const clock = createFakeClock();
  const { past = [], aheadMs = 0, operation = 'CloneBackend' } = options;
  const startedAt = clock.now();
  const aws = {
    polls: [] as number[],
    /** Milliseconds from the start to the end of a job. If undefined, it never ends. */
    endsAfter: undefined as number | undefined,
    ends: 'COMPLETED',
    status: 'IN_PROGRESS',
    fails: undefined as ErrorCode | undefined,
    environmentIsThere: true,
    knowsJob: true,
    environmentLooks: 0,
  };
  const iso = (at: number) => new Date(at + aheadMs).toISOString();
  const watcher = new JobWatcher(
    {
      async poll(where) {
        aws.polls.push(clock.now() - startedAt);
        await settle();
        if (aws.fails) throw new ServerError(aws.fails);
        if (!aws.knowsJob) throw new ServerError('not_found');
        const endsAt = startedAt + (aws.endsAfter ?? Number.POSITIVE_INFINITY);
        const isOver = clock.now() >= endsAt;
        const facts = {
          operation,
          status: isOver ? aws.ends : aws.status,
          createTime: iso(startedAt),
          updateTime: iso(isOver ? endsAt : startedAt),
        };
        return { job: toJob(where, facts, operation), aheadMs };
      },
      pastDurations: async () => past,
      async hasEnvironment() {
        aws.environmentLooks += 1;
        return aws.environmentIsThere;
      },
    },
    { clock, random: () => 0.5 },
  );
  /** Follows a job, and records the reported changes. */
  const follow = (where = ref(), caller = 'ann') => {
    const told: JobChange[] = [];
    const release = watcher.follow(where, caller, change => void told.push(change));
    const states = () => told.map(change => (change instanceof ServerError ? change.code : change.job.state));
    return { told, states, release };
  };
  return { clock, aws, watcher, follow };
}
