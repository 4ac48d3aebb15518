/** What became of an approved plan. */
import { answerIn, type Decommission, textIn } from '../answers.ts';
import { el, named, prose, section, sentences, table } from '../dom.ts';
import type { ToolResult } from '../host.ts';
import { failure, notes, state, steps, toneOf } from '../parts.ts';
import { nameText, operationText } from '../text.ts';
import type { JobAnswer } from './job.ts';

const remainingRow = ({
  what,
  why,
  command,
}: {
  readonly what?: string | undefined;
  readonly why?: string | undefined;
  readonly command?: string | undefined;
}) =>
  el(
    'tr',
    null,
    el('th', { scope: 'row' }, named(what, 300)),
    el('td', { dir: 'auto' }, nameText(why, 600)),
    el('td', null, command !== undefined && el('code', null, nameText(command, 600))),
  );

const VERDICTS: Readonly<Record<string, string>> = {
  gone: 'Nothing of it was found any more.',
  leftovers: 'Something was left behind.',
  unproven: 'Not everything could be checked.',
  failed: 'The deletion failed.',
};

/** How a job stands, with AWS's reason where it failed. */
export const endLine = ({ job }: { readonly job?: JobAnswer['job'] | undefined }) =>
  job &&
  el(
    'div',
    null,
    el('p', null, `${operationText(job.operation)}: `, state(job.state)),
    job.state === 'failed' && job.error !== undefined && prose(job.error, 'badly'),
  );

/** @param ends how jobs ended that the answer shows as running */
export function outcome(
  result: ToolResult,
  ends: readonly Partial<JobAnswer>[] = [],
): (Node | false | undefined)[] {
  const answer = answerIn<Decommission>(result);
  const {
    verdict,
    went = [],
    stays = [],
    leftovers = [],
    proof,
    job,
    error,
    nextSteps,
    notes: noted,
  } = answer;
  const remaining = (title: string, key: string, list: typeof stays) =>
    list.length > 0 &&
    section(title, key, table(title, ['What', 'Why', 'What a person types'], list.map(remainingRow)));
  return [
    verdict !== undefined &&
      el(
        'p',
        { class: 'verdict', 'data-key': 'verdict' },
        state(verdict, verdict === 'gone' ? 'good' : toneOf(verdict)),
        ' ',
        VERDICTS[verdict] ?? '',
      ),
    (error || result.isError) && failure(answer, textIn(result)),
    endLine(ends.find(end => end.job?.jobId === job?.jobId) ?? { job }),
    went.length > 0 && section('What went, as far as it was checked', 'went', sentences(went)),
    remaining('What stays', 'kept', stays),
    remaining('What was left behind', 'leftovers', leftovers),
    proof?.doesNotCover &&
      proof.doesNotCover.length > 0 &&
      section('What nothing was checked of', 'uncovered', sentences(proof.doesNotCover)),
    verdict === undefined && !error && !result.isError && ends.length === 0 && prose(textIn(result)),
    ends.length === 0 && steps(nextSteps),
    notes(noted),
  ];
}
