/** Jobs as a Markdown table for a person. Pure. */
import { isEnded, type Job, operationLabel } from '../../jobs/job.ts';
import { durationText } from '../../lib/duration.ts';
import { quoteCell } from '../../lib/quote.ts';
import { minuteOf, nameCell } from './texts.ts';

/** Characters of AWS's words in a row. */
const LONGEST_REASON = 100;
const LONGEST_CELL = 60;

/** AWS's statuses that the state `running` expresses too. */
const USUAL_STATUSES = ['PENDING', 'IN_PROGRESS'];

export interface JobTableOptions {
  /** Epoch milliseconds on AWS's clock. Without it, the table does not show how long a running job has taken. */
  readonly now?: number;
  /** Environments that are gone. Absent where all jobs are of one environment; the table then has no column for it. */
  readonly gone?: ReadonlySet<string>;
}

const cell = (text: string) => nameCell(text, LONGEST_CELL);

/** How long it took, or how long it has been running. */
function tookText(job: Job, now: number | undefined): string {
  const from = Date.parse(job.createdAt ?? '');
  const to = isEnded(job) ? Date.parse(job.updatedAt ?? '') : (now ?? Number.NaN);
  if (!(to >= from)) return '';
  return isEnded(job) ? durationText(to - from) : `${durationText(to - from)} so far`;
}

function rowOf(job: Job, { gone, now }: JobTableOptions, hasReasons: boolean): string {
  const { backendEnvironmentName: name, createdAt, operation, state, status, jobId, error } = job;
  const isKnownWord = state !== 'running' || USUAL_STATUSES.includes(status);
  const cells = [
    createdAt === undefined ? 'unknown' : minuteOf(createdAt).replace(' UTC', ''),
    ...(gone ? [`${cell(name)}${gone.has(name) ? ' (gone)' : ''}`] : []),
    operationLabel({ operation }).replaceAll('|', '\\|'),
    isKnownWord ? state : `${state} (AWS says ${quoteCell(status, LONGEST_CELL)})`,
    tookText(job, now),
    ...(hasReasons ? [error === undefined ? '' : quoteCell(error, LONGEST_REASON)] : []),
    cell(jobId),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** The lines of the table. */
export function jobTable(jobs: readonly Job[], options: JobTableOptions = {}): string[] {
  const hasReasons = jobs.some(({ error }) => error !== undefined);
  const names = [
    'started (UTC)',
    ...(options.gone ? ['environment'] : []),
    ...['operation', 'state', 'took'],
    ...(hasReasons ? ["AWS's reason"] : []),
    'job id',
  ];
  return [
    `| ${names.join(' | ')} |`,
    `|${' --- |'.repeat(names.length)}`,
    ...jobs.map(job => rowOf(job, options, hasReasons)),
  ];
}
