/** The jobs of an app as a Markdown table for a person, with how to go on. Pure. */

import type { Job } from '../../jobs/job.ts';
import { quote, quoteName, quoteNames } from '../../lib/quote.ts';
import { jobTable } from '../shared/job-table.ts';
import { minuteOf } from '../shared/texts.ts';
import type { RecentJobs } from './output.ts';

export interface TableFacts {
  readonly answer: Omit<RecentJobs, 'jobs'> & { readonly jobs: readonly Job[] };
  readonly appName: string | undefined;
  /** The environments whose jobs were read. */
  readonly asked: readonly string[];
  readonly failedOnly: boolean;
  /** Epoch milliseconds on AWS's clock. */
  readonly now: number;
}

function tableOf({ answer, now }: TableFacts): string[] {
  const gone = new Set((answer.gone ?? []).map(({ environment }) => environment));
  return jobTable(answer.jobs, { gone, now });
}

function headline({ answer, appName, asked, failedOnly }: TableFacts): string {
  const { appId, since, jobs, more = 0 } = answer;
  const app = appName === undefined ? quoteName(appId) : `${quoteName(appName)} (${quoteName(appId)})`;
  const what = failedOnly ? 'failed jobs' : 'jobs';
  const time = since === undefined ? '' : ` since ${minuteOf(since)}`;
  const where = asked.length === 0 ? 'which has no environment' : quoteNames(asked);
  if (jobs.length === 0) return `No ${what} of app ${app}${time}. Asked for: ${where}.`;
  const count =
    more > 0 ? `the newest ${jobs.length} of ${jobs.length + more} that were read` : `${jobs.length}`;
  return `The ${what} of app ${app}${time}, newest first (${count}). Asked for: ${where}.`;
}

const goneState = {
  listed: 'AWS still lists its jobs',
  forgotten: 'AWS no longer has a record of its jobs',
  unread: 'its jobs could not be read',
};

function goneLines({ gone = [] }: TableFacts['answer']): string[] {
  return gone.map(({ environment, stack, deletedAt, jobs }) => {
    const ofStack =
      stack === undefined
        ? ''
        : deletedAt === undefined
          ? `, its stack ${quoteName(stack)} still exists`
          : `, its stack was deleted ${minuteOf(deletedAt)}`;
    return `${quoteName(environment)} is gone${ofStack}; ${goneState[jobs]}.`;
  });
}

/** The next calls for jobs of the table. */
function nextLines({ jobs, appId, more = 0 }: TableFacts['answer']): string[] {
  const uriOf = (state: Job['state']) => jobs.find(job => job.state === state)?.uri;
  const nextCalls = [
    ['why the newest failed one failed', 'explain_job', uriOf('failed')],
    ['what the stalled one hangs on, and where a person can act', 'explain_job', uriOf('stalled')],
    ['to wait for the newest running one', 'wait_for_job', uriOf('running')],
  ].flatMap(([what, tool, uri]) => (uri === undefined ? [] : [`${what}: ${tool}, with job: ${quote(uri)}`]));
  const anyRow = `for any other row: appId ${quoteName(appId)} and the job id as jobId`;
  return [
    ...(nextCalls.length > 0 ? [`Next: ${[...nextCalls, anyRow].join('; ')}.`] : []),
    ...(more > 0
      ? [
          `To see the other ${more}: call again with one environment, or with failed: true; list_backend_jobs pages through all jobs of one environment.`,
        ]
      : []),
  ];
}

export function textOf(facts: TableFacts): string {
  const { answer } = facts;
  const table = answer.jobs.length === 0 ? [] : ['', ...tableOf(facts), ''];
  return [headline(facts), ...table, ...goneLines(answer), ...nextLines(answer)].join('\n');
}
