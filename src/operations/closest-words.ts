/** "Did you mean": the known words that a mistyped one is close to. */
import { distance } from 'fastest-levenshtein';

/** How many words are offered at most. */
const MOST_WORDS = 3;
/** A prefix shorter than this begins too many words. */
const SHORTEST_PREFIX = 3;

/** The form in which words are compared: `CloneBackend`, `clone-backend` and `clone_backend` are equal. */
const plain = (word: string) => word.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The number of mistakes in a word, compared with a known one; undefined if they have too little in common. */
function mistakes(word: string, known: string): number | undefined {
  const [typed, wanted] = [plain(word), plain(known)];
  if (typed === wanted) return 0;
  if (typed.length >= SHORTEST_PREFIX && wanted.startsWith(typed)) return 0.5;
  const count = distance(typed, wanted);
  return count <= Math.max(1, Math.floor(wanted.length / 3)) && count < wanted.length ? count : undefined;
}

/** The known words that are closest to a mistyped one; none where nothing is close. */
export function closestWords(word: string, known: Iterable<string>): string[] {
  // A long word was not mistyped, and comparing it takes long.
  if (word.length > 100) return [];
  const found = [...new Set(known)].flatMap(candidate => {
    const count = mistakes(word, candidate);
    return count === undefined ? [] : [{ candidate, count }];
  });
  const least = Math.min(...found.map(({ count }) => count));
  return found.flatMap(({ candidate, count }) => (count === least ? [candidate] : [])).slice(0, MOST_WORDS);
}

/** `; did you mean X?`, to follow a message that names the mistyped word; empty where nothing is close. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const words = closestWords(word, known);
  return words.length === 0 ? '' : `; did you mean ${words.join(' or ')}?`;
}
