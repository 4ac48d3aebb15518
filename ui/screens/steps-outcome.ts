/** The outcome of a call with several steps, of `change_environment` or `provision_environment`. */
import type { Changed, Common, Provisioned } from '../answers.ts';
import { el, named, section, table } from '../dom.ts';
import { state, toneOf, valueCell } from '../parts.ts';
import { nameText } from '../text.ts';

type Differing = NonNullable<Changed['differs']>[number] & NonNullable<Provisioned['differs']>[number];
type Step = Partial<Pick<NonNullable<Provisioned['steps']>[number], 'jobId'>> & {
  readonly step?: string | undefined;
  readonly did?: string | undefined;
};

/** The members that both tools answer, and those that only one of them does. */
export interface StepsAnswer extends Common, Pick<Changed, 'changes'>, Pick<Provisioned, 'resources'> {
  readonly steps?: readonly Step[];
  readonly differs?: readonly Partial<Differing>[];
}

const VERDICTS: Readonly<Record<string, string>> = {
  complete: 'It was read again: all of it is as asked for.',
  differs: 'It was read again: not all of it is as asked for.',
  unfinished: 'It has not ended yet.',
  failed: 'A step failed.',
};

/** Whether the answer is of a call with several steps. */
export const hasSteps = ({ steps = [] }: StepsAnswer): boolean => steps.length > 0;

export const stepsVerdict = (verdict: string): string => VERDICTS[verdict] ?? '';

interface Sides {
  readonly path: unknown;
  readonly left: unknown;
  readonly right: unknown;
}

function sides(title: string, key: string, names: readonly [string, string], list: readonly Sides[]) {
  if (list.length === 0) return undefined;
  const rows = list.map(({ path, left, right }) =>
    el(
      'tr',
      null,
      el('th', { scope: 'row' }, named(path, 300)),
      valueCell(left, names[0]),
      valueCell(right, names[1]),
    ),
  );
  return section(title, key, table(title, ['Setting', ...names], rows, 'sides'));
}

const stepRow = ({ step, did, jobId }: Step) =>
  el(
    'tr',
    null,
    el('th', { scope: 'row' }, nameText(step)),
    el('td', null, state(did, toneOf(nameText(did)))),
    el('td', { class: 'value' }, jobId && named(jobId)),
  );

/** Every value of a structure, with its path such as `auth.userPoolId`. */
function leavesOf(value: unknown, path = ''): (readonly [path: string, value: unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([name, one]) =>
    leavesOf(one, path === '' ? name : `${path}.${name}`),
  );
}

/** What an app needs to use the environment. */
function resourcesPart({ resources }: StepsAnswer) {
  if (!resources) return undefined;
  const title = 'What an app needs to use it';
  const rows = leavesOf(resources).map(([path, value]) =>
    el(
      'tr',
      null,
      el('th', { scope: 'row' }, named(path)),
      el('td', { class: 'value' }, named(Array.isArray(value) ? value.join(', ') : String(value), 400)),
    ),
  );
  return section(title, 'resources', table(title, ['Name', 'Value'], rows, 'dense'));
}

/** The parts of the answer below its verdict. */
export function stepsParts(answer: StepsAnswer): (Node | undefined)[] {
  const { steps = [], changes = [], differs = [] } = answer;
  const differing = differs.map(one => ({
    path: one.path,
    left: one.wanted ?? one.left,
    right: one.found ?? one.right,
  }));
  const title = 'Steps';
  return [
    section(title, 'did', table(title, ['Step', 'What was done', 'Job'], steps.map(stepRow), 'dense')),
    sides('Not as asked for', 'differs', ['Asked for', 'As AWS shows it'], differing),
    sides(
      'What was asked for',
      'changed',
      ['Before', 'Asked for'],
      changes.map(({ path, before, after }) => ({ path, left: before, right: after })),
    ),
    resourcesPart(answer),
  ];
}
