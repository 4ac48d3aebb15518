/** The search terms of a text: the stems of its words, and the names of the synonym lists that have its phrases. */
import SearchableMap from 'minisearch/SearchableMap';
import { stemmer } from 'stemmer';
import { synonyms } from './synonyms.ts';

const setOf = (words: string) => new Set(words.split(' '));
const STOP_WORDS = setOf(
  'a an the of to in on at by for from with and or but if it its be been being i me my we our us your he she they them that this these those there here as so please could would can will just some any into up out about also too very really ok hey hi hello thanks plz pls',
);
/** A thing after one of these words is not the subject of the sentence: "keep the files". */
const EXCLUDING = setOf('without keep keeping except leave leaving');
/** A clause with one of these words excludes its subject from the request: "users must stay, delete the API". */
const STAYING = /\b(?:stays?|remains?)\b/i;
/** Verbs whose particle may follow some words later: "turn the admin panel off". */
const SPLIT_VERBS = setOf('turn turned switch switched take throw put tear shut set rip bring');
const PARTICLES = setOf('on off out down away up');
const MAX_WORDS_TO_PARTICLE = 6;
const MAX_PHRASE_WORDS = 4;
/** Shorter words are not corrected, because too many other words are similar. */
const MIN_CORRECTED_LENGTH = 5;

/** Lower-case words. camelCase and snake_case are split, apostrophes dropped. */
export function wordsIn(text: string): string[] {
  const spaced = text.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/['’]s\b|['’]/g, '');
  return spaced.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

const stemsOf = (words: readonly string[]) => words.map(stemmer).join(' ');

/** The lists that a phrase is in, by the phrase and by its stems: attach and attachment share a stem, not a list. */
const written = new Map<string, string[]>();
const stemmed = new Map<string, string[]>();
for (const [list, phrases] of Object.entries(synonyms))
  for (const words of phrases.split(',').map(wordsIn)) {
    written.set(words.join(' '), [...(written.get(words.join(' ')) ?? []), list]);
    stemmed.set(stemsOf(words), [...(stemmed.get(stemsOf(words)) ?? []), list]);
  }

function joinParticles(words: string[]): string[] {
  for (const [at, word] of words.entries()) {
    const after = words.slice(at + 1, at + 1 + MAX_WORDS_TO_PARTICLE);
    const between = SPLIT_VERBS.has(word) ? after.findIndex(next => PARTICLES.has(next)) : 0;
    if (between > 0) words.splice(at + 1, 0, ...words.splice(at + 1 + between, 1));
  }
  return words;
}

/** A word of a text, and its stem. */
interface Word {
  readonly word: string;
  readonly stem: string;
}

/** The longest phrase of a list that begins there. */
function phraseAt(words: readonly Word[], start: number): { length: number; lists: readonly string[] } {
  for (let length = Math.min(MAX_PHRASE_WORDS, words.length - start); length > 0; length -= 1) {
    const phrase = words.slice(start, start + length);
    const lists =
      written.get(phrase.map(({ word }) => word).join(' ')) ??
      stemmed.get(phrase.map(({ stem }) => stem).join(' '));
    if (lists) return { length, lists };
  }
  return { length: 1, lists: [] };
}

/** Creates the function that finds the terms of a text. @param texts texts whose words are spelled correctly */
export function createTermsOf(texts: readonly string[]): (text: string) => string[] {
  const known = new Set([...texts, ...Object.values(synonyms)].flatMap(wordsIn));
  const stems = new Map([...known].map(word => [word, stemmer(word)]));
  const knownStems = new Set(stems.values());
  const neighbours = SearchableMap.from([...known].map(word => [word, true]));
  const stemOf = (word: string) => stems.get(word) ?? stemmer(word);

  function correct(word: string): string {
    if (word.length < MIN_CORRECTED_LENGTH || knownStems.has(stemOf(word))) return word;
    const letters = [...word].sort().join('');
    const near = [...neighbours.fuzzyGet(word, 2)].map(([other, [, distance]]) => ({ other, distance }));
    // One letter is wrong, or two are swapped.
    const likely = near.filter(
      ({ other, distance }) => distance < 2 || [...other].sort().join('') === letters,
    );
    const sameStart = likely.filter(({ other }) => other[0] === word[0]);
    return sameStart.sort((a, b) => a.distance - b.distance)[0]?.other ?? word;
  }

  return text => {
    const asked = text
      .split(/[,;.]/)
      .filter(clause => !STAYING.test(clause))
      .join(', ');
    const words = joinParticles(wordsIn(/\w/.test(asked) ? asked : text).map(correct)).map(word => ({
      word,
      stem: stemOf(word),
    }));
    const said: Word[] = [];
    const named = new Set<string>();
    let isExcluded = false;
    for (let at = 0; at < words.length; ) {
      const { length, lists } = phraseAt(words, at);
      if (!isExcluded) for (const list of lists) named.add(`#${list}`);
      if (!isExcluded) said.push(...words.slice(at, at + length));
      isExcluded = lists.length === 0 && (isExcluded || EXCLUDING.has(words[at]?.word ?? ''));
      at += length;
    }
    return [...said.filter(({ word }) => !STOP_WORDS.has(word)).map(({ stem }) => stem), ...named];
  };
}
