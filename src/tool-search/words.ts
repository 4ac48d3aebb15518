/**
 * The words of a sentence: split, typing errors mended against the words of the tables, and the phrases of the
 * tables found among them, in whatever form they are written.
 */
import SearchableMap from 'minisearch/SearchableMap';
import { stemmer } from 'stemmer';
import { type Concept, conceptNames, concepts } from './concepts.ts';

/** A word as it was written, and its stem. */
export interface Word {
  readonly text: string;
  readonly stem: string;
}

/** A phrase that was found. */
export interface Phrase {
  /** How many words it takes. */
  readonly length: number;
  readonly means: readonly Concept[];
}

/** The words that are known. */
export interface Lexicon {
  wordsOf(text: string): Word[];
  /** The longest phrase that begins there; a single word may mean nothing. */
  phraseAt(words: readonly Word[], start: number): Phrase;
}

const MAX_PHRASE = 4;
/** What may stand apart from its verb, as in "turn it on", and how far. */
const PARTICLES = ['on', 'off', 'away', 'out', 'down', 'up', 'back', 'running', 'going'];
const MAX_APART = 6;
/** Shorter words have too many neighbours to guess among, and longer ones may have two letters wrong. */
const MIN_MENDED = 5;
const MIN_TWICE_MENDED = 9;

/** Lower-case words; camelCase and snake_case fall apart. */
function split(text: string): string[] {
  const spaced = text.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/['’]s\b|['’]/g, '');
  return spaced.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

const lines = conceptNames.map(concept => [concept, concepts[concept].words.trim()] as const);

/** The phrases of the tables with what they mean. @param toKey what a word is looked up by */
function phrasesBy(toKey: (word: string) => string): ReadonlyMap<string, readonly Concept[]> {
  const phrases = new Map<string, Concept[]>();
  for (const [concept, words] of lines)
    for (const phrase of words.split(/,\s+/)) {
      const key = split(phrase).map(toKey).join(' ');
      phrases.set(key, [...(phrases.get(key) ?? []), concept]);
    }
  return phrases;
}

/** A word without the digits at its end: environments are numbered, as in dev2. */
function withoutNumber(word: string): string {
  let end = word.length;
  while (/\d/.test(word.charAt(end - 1))) end -= 1;
  return word.slice(0, end);
}

const sorted = (word: string) => [...word].sort().join('');

/** Makes it. @param texts whose words are known beside those of the tables, and so are not mended */
export function createLexicon(texts: readonly string[]): Lexicon {
  // A stem is shared by words that mean different things (attach, attachment): as it is written comes first.
  const written = phrasesBy(word => word);
  const stemmed = phrasesBy(stemmer);
  const tables = lines.map(([, words]) => words);
  const known = new Set([...tables, ...texts].flatMap(split).flatMap(word => [word, stemmer(word)]));
  const targets = new SearchableMap<true>();
  for (const word of tables.flatMap(split)) if (word.length >= MIN_MENDED) targets.set(word, true);

  function mend(word: string): string {
    if (word.length < MIN_MENDED || known.has(word) || known.has(stemmer(word))) return word;
    const letters = sorted(word);
    const [nearest] = [...targets.fuzzyGet(word, 2)]
      .map(([other, [, distance]]) => ({ other, distance }))
      .filter(({ other }) => other[0] === word[0])
      // Two letters that changed places are one error, too.
      .filter(
        ({ other, distance }) => distance < 2 || word.length >= MIN_TWICE_MENDED || sorted(other) === letters,
      )
      .sort((a, b) => a.distance - b.distance || b.other.length - a.other.length);
    return nearest?.other ?? word;
  }

  return {
    wordsOf: text =>
      split(text)
        .map(mend)
        .map(word => ({ text: word, stem: stemmer(word) })),

    phraseAt(words, start) {
      const after = words.slice(start + 2, start + 1 + MAX_APART).map(({ text }) => text);
      for (const particle of PARTICLES) {
        const means = after.includes(particle) && written.get(`${words[start]?.text} ${particle}`);
        if (means) return { length: 1, means };
      }
      for (let length = Math.min(MAX_PHRASE, words.length - start); length > 0; length -= 1) {
        const phrase = words.slice(start, start + length);
        const means =
          written.get(phrase.map(({ text }) => text).join(' ')) ??
          written.get(phrase.map(({ text }) => withoutNumber(text)).join(' ')) ??
          stemmed.get(phrase.map(({ stem }) => stem).join(' '));
        if (means) return { length, means };
      }
      return { length: 1, means: [] };
    },
  };
}
