/**
 * Reads a sentence: which actions and things it names, and what it leads with: a request ("please drop it"), a
 * question, a wish, or nothing but statements.
 */
import type { Action } from './actions.ts';
import { type Concept, isAction, isThing } from './concepts.ts';
import type { Lexicon, Word } from './words.ts';

/** A part of a sentence. */
interface Clause {
  /** What it asks for; nothing where it only states. */
  readonly head: readonly Action[];
  /** What it names, in its order. */
  readonly mentions: readonly (readonly Concept[])[];
}

/** A sentence as it was understood. */
export interface Reading {
  /** Stems of the words that carry meaning. */
  readonly stems: readonly string[];
  /** The clause that the sentence is about. */
  readonly main: Clause;
  /** All that the sentence names. */
  readonly concepts: ReadonlySet<Concept>;
  /** What the main clause names, and those that only go on with it. */
  readonly subject: ReadonlySet<Concept>;
}

const wordSet = (words: string) => new Set(words.split(' '));

/** Words that say nothing. */
const STOP = wordSet(
  'a an the of to in on at by for from with and or but if it its be been being i me my we our us you your he she they them that this these those there here as so please could would can will just some any into up out about also too very really ok hey hi hello thanks plz pls',
);
/** What may stand before the verb of a request or the thing that is wished for. */
const OPENING = wordSet(
  'please plz pls can could would will you we i let us lets just now then so and but also want wants need needs to like id ill gonna go ahead should must have hey hi ok a the an kindly quickly somebody someone they it help me try both yes no well actually',
);
/** What makes a participle a request, as in "must be deleted". */
const PASSIVE = wordSet('be get it them this that everything');
/** With one of these, and none of the others, a clause only states. */
const SUBJECT = wordSet('i we you they it somebody someone');
const MODAL = wordSet('can could would will want wants need needs should must like lets let please id');
const WISH = wordSet('want wants need needs have like');
const QUESTION = wordSet(
  'what which who whose how is are does do did has was were can where when why am may',
);
/** Inside a statement these begin a question. */
const EMBEDDED = wordSet('what which who whose how where whether');
/** What comes after these, or before those, is left alone. */
const SPARES_NEXT = wordSet('without keep except leave leaving keeping');
const SPARES_LAST = wordSet('stay stays remain remains untouched survive survives');
const SPARED_WITHIN = 4;

/** Ends of clauses. */
const CLAUSE_END = /[,;.?!:()]\s|\s[-–—]+\s|\b(?:but|so|because|since)\b/;
const HEXADECIMAL = /^[\da-f]{2,}(?:-[\da-f]+)*$/;

/** Whether a word mixes digits and hexadecimal letters: most often it is the id of a job. */
function isId(word: string): boolean {
  const [id = ''] = word.split(/[,.?!]/, 1);
  return HEXADECIMAL.test(id) && /\d/.test(id) && /[a-f]/.test(id);
}

/** These ask for something without saying what is to be done. */
const isSoft = (action: Action) => action === 'ask' || action === 'want' || action === 'shall';

/** What a clause asks for. @param opening the words before the first one that says something */
function headOf(words: readonly Word[], opening: readonly Word[], first: readonly Concept[]): Action[] {
  const [one, two] = words;
  const isRequest = one?.text === 'can' && ['you', 'we', 'i'].includes(two?.text ?? '');
  if (QUESTION.has(one?.text ?? '') && !isRequest) return ['ask'];
  const says = (set: ReadonlySet<string>) => opening.some(({ text }) => set.has(text));
  // "We dropped it" states, "we need to drop it" asks.
  const isStatement = says(SUBJECT) && !says(MODAL);
  const isGerund = words[opening.length]?.text.endsWith('ing');
  const verbs = isStatement || isGerund ? [] : first.filter(isAction).filter(action => !isSoft(action));
  if (verbs.length > 0) return verbs;
  if (says(WISH)) return ['want'];
  return words.some(({ text }) => EMBEDDED.has(text)) ? ['ask'] : [];
}

/** "The changed schema" asks for nothing, "must be changed" does. */
const isParticiple = (word: string, before = '') =>
  /..ed$/.test(word) && word !== 'need' && !PASSIVE.has(before);

function readClause(lexicon: Lexicon, clause: string): Clause & { words: readonly Word[] } {
  const words = lexicon.wordsOf(clause);
  const mentions: (readonly Concept[])[] = [];
  let opening: readonly Word[] = words;
  let first: readonly Concept[] | undefined;
  let spared = 0;
  for (let at = 0; at < words.length; ) {
    const text = words[at]?.text ?? '';
    const phrase = lexicon.phraseAt(words, at);
    const { length } = phrase;
    const means = isParticiple(text, words[at - 1]?.text) ? phrase.means.filter(isThing) : phrase.means;
    if (first === undefined && !(length === 1 && OPENING.has(text))) {
      first = means;
      opening = words.slice(0, at);
    }
    if (SPARES_NEXT.has(text)) spared = SPARED_WITHIN;
    if (SPARES_LAST.has(text)) mentions.pop();
    if (spared > 0 && means.some(isThing)) spared = 0;
    else if (means.length > 0) mentions.push(means);
    spared = Math.max(0, spared - length);
    at += length;
  }
  if (clause.toLowerCase().split(/\s/).some(isId)) mentions.push(['job']);
  return { words, head: headOf(words, opening, first ?? []), mentions };
}

/** Reads it. */
export function readSentence(lexicon: Lexicon, text: string): Reading {
  const clauses = text
    .split(CLAUSE_END)
    .map(clause => readClause(lexicon, clause))
    .filter(({ words }) => words.length > 0);
  const main =
    clauses.find(({ head }) => head.some(action => !isSoft(action))) ??
    clauses.find(({ head }) => head.length > 0) ??
    clauses[0];
  const goesOn = clauses.filter(({ mentions }) => !mentions.flat().some(isAction));
  const stems = clauses.flatMap(({ words }) => words.map(({ text, stem }) => (STOP.has(text) ? '' : stem)));
  return {
    stems: stems.filter(stem => stem !== ''),
    main: main ?? { head: [], mentions: [] },
    concepts: new Set(clauses.flatMap(({ mentions }) => mentions.flat())),
    subject: new Set([main, ...goesOn].flatMap(clause => clause?.mentions.flat() ?? [])),
  };
}
