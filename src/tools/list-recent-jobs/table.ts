/** The jobs of an app as a Markdown table for a person, with how to go on. Pure. */

import { isEnded, JOB_URI_TEMPLATE, type Job, operationLabel } from '../../jobs/job.ts';
import { durationText } from '../../lib/duration.ts';
import { quote, quoteCell, quoteName, quoteNames } from '../../lib/quote.ts';
import { minuteOf } from '../shared/texts.ts';
import type { RecentJobs } from './output.ts';

/** Characters of AWS's words in a row. */
const LONGEST_REASON = 100;
const LONGEST_CELL = 60;

const cell = (text: string) => (text === '' ? '' : quoteName(text, LONGEST_CELL).replaceAll('|', '\\|'));

/** How long it took, or how long it has been running. */
function tookText(job: Job, now: number): string {
  const from = Date.parse(job.createdAt ?? '');
  const to = isEnded(job) ? Date.parse(job.updatedAt ?? '') : now;
  if (!(to >= from)) return '';
  return isEnded(job) ? durationText(to - from) : `${durationText(to - from)} so far`;
}

export interface TableFacts {
  readonly answer: Omit<RecentJobs, 'jobs'> & { readonly jobs: readonly Job[] };
  readonly appName: string | undefined;
  /** The environments whose jobs were read. */
  readonly asked: readonly string[];
  readonly failedOnly: boolean;
  /** Epoch milliseconds on AWS's clock. */
  readonly now: number;
}

interface Columns {
  readonly gone: ReadonlySet<string>;
  readonly hasReasons: boolean;
  readonly now: number;
}

function rowOf(job: Job, { gone, hasReasons, now }: Columns): string {
  const { backendEnvironmentName: name, createdAt, operation, state, status, jobId, error } = job;
  const isKnownWord = state !== 'running' || ['PENDING', 'IN_PROGRESS'].includes(status);
  const cells = [
    createdAt === undefined ? 'unknown' : minuteOf(createdAt).replace(' UTC', ''),
    `${cell(name)}${gone.has(name) ? ' (gone)' : ''}`,
    operationLabel({ operation }).replaceAll('|', '\\|'),
    isKnownWord ? state : `${state} (AWS says ${quoteCell(status, LONGEST_CELL)})`,
    tookText(job, now),
    ...(hasReasons ? [error === undefined ? '' : quoteCell(error, LONGEST_REASON)] : []),
    cell(jobId),
  ];
  return `| ${cells.join(' | ')} |`;
}

function tableOf({ answer, now }: TableFacts): string[] {
  const gone = new Set((answer.gone ?? []).map(({ environment }) => environment));
  const hasReasons = answer.jobs.some(({ error }) => error !== undefined);
  const columns = ['started (UTC)', 'environment', 'operation', 'state', 'took'];
  const names = [...columns, ...(hasReasons ? ["AWS's reason"] : []), 'job id'];
  return [
    `| ${names.join(' | ')} |`,
    `|${' --- |'.repeat(names.length)}`,
    ...answer.jobs.map(job => rowOf(job, { gone, hasReasons, now })),
  ];
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
  forgotten: 'AWS has no record of its jobs any more',
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

function nextLines({ jobs, appId }: TableFacts['answer']): string[] {
  const failed = jobs.find(({ state }) => state === 'failed' || state === 'stalled');
  const running = jobs.find(({ state }) => state === 'running');
  if (!failed && !running) return [];
  const uri = JOB_URI_TEMPLATE.replace('{appId}', appId)
    .replace('{backendEnvironmentName}', 'ENVIRONMENT')
    .replace('{jobId}', 'JOB_ID');
  const tools = [
    ...(failed ? ['why one failed: explain_job'] : []),
    ...(running ? ['to wait: wait_for_job'] : []),
  ];
  return [`Next: ${tools.join('; ')}, with job: ${quote(uri)}.`];
}

export function textOf(facts: TableFacts): string {
  const { answer } = facts;
  const table = answer.jobs.length === 0 ? [] : ['', ...tableOf(facts), ''];
  return [headline(facts), ...table, ...goneLines(answer), ...nextLines(answer)].join('\n');
}
