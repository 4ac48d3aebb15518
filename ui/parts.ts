/** Parts that several screens share: states, progress bars, failures, notes, and long lists that are shown in pieces. */
import type { Common, RunningJob } from './answers.ts';
import { button, el, named, prose, section, sentences } from './dom.ts';
import { hintFor } from './hints.ts';
import { counted, durationText, forPerson, nameText, operationText } from './text.ts';

export type Tone = 'good' | 'busy' | 'idle' | 'warn' | 'bad';

const SIGNS: Readonly<Record<Tone, string>> = { good: '●', busy: '◐', idle: '○', warn: '▲', bad: '✕' };

/** The first match counts. */
const TONES: readonly (readonly [RegExp, Tone])[] = [
  [/fail|unreadable|error|blocks|blocked|missing|differs|not moved|left over/i, 'bad'],
  [/stalled|leftovers|partial|empty|unproven|unknown|manual|narrower|other table/i, 'warn'],
  [/running|changing|unfinished|waiting/i, 'busy'],
  [/registered|not deployed|none|no word|not started|left alone|skipped/i, 'idle'],
];

export const toneOf = (word: string): Tone => TONES.find(([fits]) => fits.test(word))?.[1] ?? 'good';

/** A state as a word with a sign, so that it can be told without colours. */
export function state(word: unknown, tone: Tone = toneOf(nameText(word))) {
  return el(
    'span',
    { class: `state ${tone}` },
    el('span', { 'aria-hidden': 'true' }, SIGNS[tone]),
    ' ',
    nameText(word, 60),
  );
}

/** The sign alone; screen readers get the word. */
export const sign = (word: string, tone: Tone = toneOf(word)) =>
  el(
    'span',
    { class: `state ${tone}` },
    el('span', { 'aria-hidden': 'true' }, SIGNS[tone]),
    el('span', { class: 'unseen' }, ` ${word}: `),
  );

const TYPICAL_PERCENT = 90;
const MAX_PERCENT = 99;

/**
 * The estimated progress in percent, as the server computes it: 90 after the typical time, then ever slower. It never
 * reaches 100, because only AWS can say that a job has ended.
 */
export function percentOf(elapsedMs: number, expectedMs: number): number {
  const share = Math.max(0, elapsedMs) / expectedMs;
  return Math.min(
    MAX_PERCENT,
    Math.floor(share <= 1 ? share * TYPICAL_PERCENT : MAX_PERCENT - (MAX_PERCENT - TYPICAL_PERCENT) / share),
  );
}

/** A running job with a progress bar. @param sinceMs the age of the board's answer */
export function runningJob(job: RunningJob, sinceMs: number) {
  const { environment, operation, jobId, elapsedMs, expectedMs, text } = job;
  const elapsed = elapsedMs === undefined ? undefined : elapsedMs + sinceMs;
  const percent = elapsed !== undefined && expectedMs ? percentOf(elapsed, expectedMs) : undefined;
  const times = [
    elapsed === undefined ? 'just started' : durationText(elapsed),
    expectedMs ? `of about ${durationText(expectedMs)}` : 'no earlier job to compare with',
  ].join(elapsed !== undefined && expectedMs ? ' ' : ', ');
  const label = `${operationText(operation)}, ${nameText(environment)}`;
  return el(
    'div',
    { class: 'job', 'data-key': nameText(jobId) },
    el(
      'div',
      { class: 'between' },
      el('span', null, el('strong', null, operationText(operation)), ' ', named(environment)),
      el('span', { class: 'quiet number' }, times),
    ),
    el('progress', { max: 100, value: percent, 'aria-label': label }),
    text !== undefined && text !== '' && el('p', { class: 'quiet', dir: 'auto' }, nameText(text, 300)),
  );
}

/** What failed, and what a person can do. @param hint replaces the hint for the error's code */
export function failure({ error, summary }: Common, text = '', hint = hintFor(error?.code)) {
  const { code, message = summary ?? text, requestId } = error ?? {};
  return el(
    'div',
    { class: 'box bad', role: 'alert', 'data-key': 'failure' },
    prose(message, 'strong'),
    hint !== undefined && prose(hint),
    (code !== undefined || requestId !== undefined) &&
      el(
        'p',
        { class: 'quiet' },
        [code, requestId && `AWS request ${nameText(requestId)}`].filter(Boolean).join(' · '),
      ),
  );
}

export const box = (tone: Tone, ...children: Parameters<typeof el>[2][]) =>
  el('div', { class: `box ${tone}` }, ...children);

/** Figures side by side, each under its name. */
export const figures = (list: readonly (readonly [name: string, value: unknown, tone?: Tone])[]) =>
  el(
    'dl',
    { class: 'figures' },
    list.map(([name, value, tone]) =>
      el('div', { class: tone ?? '' }, el('dt', null, name), el('dd', { class: 'number' }, nameText(value))),
    ),
  );

/** A cell for a foreign value: empty if there is none, "none" for `null`. @param label the cell's column, for narrow screens */
export const valueCell = (value: unknown, label: string) =>
  el(
    'td',
    { class: 'value', 'data-side': label },
    value === undefined
      ? undefined
      : value === null
        ? el('span', { class: 'quiet' }, 'none')
        : named(value, 300),
  );

/** Sentences that are hidden until their heading is opened. */
export function folded(title: string, key: string, list: readonly unknown[] | undefined) {
  if (!list || list.length === 0) return undefined;
  return el(
    'details',
    { 'data-key': key },
    el('summary', null, `${title} `, el('span', { class: 'count' }, String(list.length))),
    sentences(list),
  );
}

/** A section of sentences for a person; nothing if there are none. */
function sentencesPart(title: string, key: string, list: readonly unknown[] | undefined) {
  const said = forPerson(list);
  return said.length > 0 ? section(title, key, sentences(said)) : undefined;
}

export const notes = (list: readonly string[] | undefined) => sentencesPart('Notes', 'notes', list);

export const steps = (list: readonly string[] | undefined) => sentencesPart('Next', 'next', list);

const PIECE = 200;

/** Shows a long list in pieces, with a button for more. */
export function createPieces(update: () => void) {
  let drawn = PIECE;
  return {
    reset() {
      drawn = PIECE;
    },
    of: <Item>(list: readonly Item[]) => list.slice(0, drawn),
    more(length: number) {
      if (length <= drawn) return undefined;
      const next = () => {
        drawn += PIECE;
        update();
      };
      return button(
        `Show ${Math.min(PIECE, length - drawn)} more of ${counted(length - drawn, 'row')} left`,
        next,
        { 'data-key': 'more' },
      );
    },
  };
}
