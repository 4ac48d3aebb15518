/** The jobs that `list_recent_jobs` answers, above the board of their app. */
import type { RecentJobs } from '../../src/tools/list-recent-jobs/output.ts';
import type { DeepPartial } from '../answers.ts';
import { el, named, section, table } from '../dom.ts';
import { state } from '../parts.ts';
import { counted, nameText, operationText, timeText } from '../text.ts';

type Listed = DeepPartial<RecentJobs>;
type ListedJob = NonNullable<Listed['jobs']>[number];

const row = ({ createdAt, backendEnvironmentName, operation, state: how, error }: ListedJob) =>
  el(
    'tr',
    null,
    el('td', { class: 'number' }, timeText(createdAt)),
    el('th', { scope: 'row' }, named(backendEnvironmentName)),
    el('td', null, operationText(operation)),
    el('td', null, state(how)),
    el('td', { class: 'wide', dir: 'auto' }, nameText(error, 600)),
  );

export function listedJobs({ jobs = [], more }: Listed): HTMLElement {
  const head = ['When', 'Environment', 'Operation', 'State', 'Reason'];
  return section(
    'Jobs',
    'listed-jobs',
    jobs.length === 0
      ? el('p', null, 'No job was found.')
      : table('Jobs that were asked about', head, jobs.map(row), 'dense'),
    more !== undefined && el('p', { class: 'quiet' }, `and ${counted(more, 'older job')}, not shown`),
  );
}
