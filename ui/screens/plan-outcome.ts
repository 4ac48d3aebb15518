/** What became of an approved plan. */
import { answerIn, type Decommission, type Plan, textIn } from '../answers.ts';
import { el, named, prose, section, sentences, table } from '../dom.ts';
import type { ToolResult } from '../host.ts';
import { failure, folded, notes, state, steps, toneOf } from '../parts.ts';
import { counted, nameText, operationText } from '../text.ts';
import type { JobAnswer } from './job.ts';
import { deletionOf, planParts } from './plan-parts.ts';
import { hasSteps, type StepsAnswer, stepsParts, stepsVerdict } from './steps-outcome.ts';

interface Remaining {
  readonly what?: string | undefined;
  readonly why?: string | undefined;
  readonly command?: string | undefined;
}

/** What remains, with a column for commands where there are any. */
function remaining(title: string, key: string, list: readonly Remaining[]) {
  if (list.length === 0) return undefined;
  const hasCommands = list.some(({ command }) => command !== undefined);
  const row = ({ what, why, command }: Remaining) =>
    el(
      'tr',
      null,
      el('th', { scope: 'row' }, named(what, 300)),
      el('td', { dir: 'auto' }, nameText(why, 600)),
      hasCommands && el('td', null, command !== undefined && el('code', null, nameText(command, 600))),
    );
  const head = ['What', 'Why', ...(hasCommands ? ['What a person types'] : [])];
  return section(title, key, table(title, head, list.map(row)));
}

type Kinds = NonNullable<Decommission['accounted']>;
type Fates = Omit<Kinds[number], 'kind' | 'resources' | 'things'>;

/** "Of 44 resources and things that the plan listed, 41 are gone, 1 is left, 2 were not checked" */
function sumText({ gone = 0, left = 0, notChecked = 0 }: Fates): string {
  const total = gone + left + notChecked;
  return [
    `Of ${counted(total, 'resource and thing', 'resources and things')} that the plan listed, ${gone} ${gone === 1 ? 'is' : 'are'} gone`,
    ...(left > 0 ? [`${left} ${left === 1 ? 'is' : 'are'} left`] : []),
    ...(notChecked > 0 ? [`${notChecked} ${notChecked === 1 ? 'was' : 'were'} not checked`] : []),
  ].join(', ');
}

const add = (one: number | undefined, other: number | undefined) => (one ?? 0) + (other ?? 0);

const sumOf = (kinds: Kinds): Fates =>
  kinds.reduce<Fates>(
    (sum, one) => ({
      gone: add(sum.gone, one.gone),
      left: add(sum.left, one.left),
      notChecked: add(sum.notChecked, one.notChecked),
    }),
    {},
  );

/** How much of what the plan listed is gone, by kind. */
function accounted(kinds: Kinds) {
  if (kinds.length === 0) return undefined;
  const rows = kinds.map(one => {
    const { kind, resources, things, gone, left, notChecked } = one;
    const cells = [resources, things, gone, left, notChecked].map(count =>
      el('td', { class: 'number' }, (count ?? 0).toLocaleString('en')),
    );
    return el('tr', null, el('th', { scope: 'row' }, named(kind)), cells);
  });
  const title = 'What happened to what the plan listed';
  const head = ['Kind', 'Resources', 'Things of theirs', 'Gone', 'Left', 'Not checked'];
  return section(
    title,
    'accounted',
    el('p', null, `${sumText(sumOf(kinds))}.`),
    table(title, head, rows, 'dense'),
  );
}

/** For a check after the job, which does not look for single resources: they were all in the one stack that is gone. */
function goneTogether(plan: Plan) {
  const { resources, things } = deletionOf(plan);
  if (resources === 0) return undefined;
  const listed = counted(resources + things, 'resource and thing', 'resources and things');
  return el(
    'p',
    { 'data-key': 'together' },
    `The plan listed ${listed}. The stack, the buckets and the records of the environment are gone. The things were not looked for one by one.`,
  );
}

/** Whether a note is about the check alone: "nothing was sent" would be wrong about the deletion before it. */
const isAboutRecheckAlone = (note: string) => /nothing was sent\.$/.test(note);

type Several = NonNullable<Decommission['environments']>[number];

/** What became of one of several environments. */
function environmentPart({ environment, verdict, went, accounted: sums, leftovers, job }: Several) {
  const key = `gone ${nameText(environment)}`;
  return el(
    'article',
    { class: 'card', 'data-key': key, 'aria-label': nameText(environment) },
    el(
      'div',
      { class: 'between' },
      el('h3', null, named(environment)),
      verdict === undefined
        ? job?.state === undefined
          ? state('not deleted', 'warn')
          : state(job.state)
        : state(verdict, verdict === 'gone' ? 'good' : toneOf(verdict)),
    ),
    verdict !== undefined && el('p', null, VERDICTS[verdict] ?? ''),
    sums && el('p', { class: 'quiet' }, `${sumText(sums)}.`),
    folded('What went', `went ${key}`, went),
    remaining('What was left behind', `left ${key}`, leftovers ?? []),
  );
}

const VERDICTS: Readonly<Record<string, string>> = {
  gone: 'Nothing of it was found.',
  leftovers: 'Something was left behind.',
  unproven: 'Not everything could be checked.',
  failed: 'The deletion failed.',
};

/** The state of a job, with AWS's reason if it failed. */
export const endLine = ({ job }: { readonly job?: JobAnswer['job'] | undefined }) =>
  job &&
  el(
    'div',
    null,
    el('p', null, `${operationText(job.operation)}: `, state(job.state)),
    job.state === 'failed' && job.error !== undefined && prose(job.error, 'badly'),
  );

/** Why an approved call asks again: the plan has changed, or its next step needs an approval of its own. */
export const whyAskedAgain = (before: Plan, after: Plan = before): string =>
  after.request?.operation === before.request?.operation
    ? 'It was not sent: look at the plan again.'
    : 'The step before was sent. This is the next one of the same call.';

type OperationAnswer = Pick<Partial<Decommission>, 'job'> & { readonly isSuccess?: boolean };

/**
 * For a single operation, after which nothing is checked: repeats what the plan listed. The text of the answer is left out,
 * because it is written for an agent.
 */
function operationParts({ job, isSuccess }: OperationAnswer, plan: Plan): (Node | false | undefined)[] {
  const { isDeletion } = deletionOf(plan);
  const done = isDeletion ? 'AWS has deleted it.' : 'AWS has done it.';
  return [
    !job && prose(isSuccess === false ? 'AWS answers that it failed.' : done),
    el('p', { class: 'strong' }, isDeletion ? 'What the plan listed for deletion:' : 'What was asked for:'),
    ...planParts(plan),
  ];
}

export interface OutcomeOptions {
  /** The ends of jobs that the answer still shows as running. */
  readonly ends?: readonly Partial<JobAnswer>[];
  /** What was approved. */
  readonly plan?: Plan;
  /** Whether the answer is that of the check after the job, a call of its own. */
  readonly isRecheck?: boolean;
}

export function outcome(
  result: ToolResult,
  { ends = [], plan = {}, isRecheck = false }: OutcomeOptions = {},
): (Node | false | undefined)[] {
  const answer = answerIn<Decommission>(result);
  const {
    verdict,
    went,
    stays = [],
    environments: several = [],
    leftovers = [],
    proof,
    job,
    error,
    nextSteps,
    notes: noted,
  } = answer;
  const inSteps = answerIn<StepsAnswer>(result);
  const isInSteps = hasSteps(inSteps);
  return [
    verdict !== undefined &&
      el(
        'p',
        { class: 'verdict', 'data-key': 'verdict' },
        state(verdict, verdict === 'gone' ? 'good' : toneOf(verdict)),
        ' ',
        isInSteps ? stepsVerdict(verdict) : (VERDICTS[verdict] ?? ''),
      ),
    (error || result.isError) && failure(answer, textIn(result)),
    endLine(ends.find(end => end.job?.jobId === job?.jobId) ?? { job }),
    several.length > 0 &&
      section('What happened to each', 'each', el('div', { class: 'cards' }, several.map(environmentPart))),
    ...(isInSteps ? stepsParts(inSteps) : []),
    remaining('What was left behind', 'leftovers', leftovers),
    answer.accounted && accounted(answer.accounted),
    isRecheck && verdict === 'gone' && several.length === 0 && goneTogether(plan),
    folded('What went', 'went', went),
    remaining('What stays', 'kept', stays),
    proof?.doesNotCover &&
      proof.doesNotCover.length > 0 &&
      section('What was not checked', 'uncovered', sentences(proof.doesNotCover)),
    ...(verdict === undefined && several.length === 0 && !error && !result.isError
      ? operationParts(answerIn<OperationAnswer>(result), plan)
      : []),
    ends.length === 0 && steps(nextSteps),
    notes(isRecheck ? noted?.filter(note => !isAboutRecheckAlone(note)) : noted),
  ];
}
