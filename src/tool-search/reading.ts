/**
 * Recognizes sentences that only ask to see something. They begin with a word such as "show", "which" or "is", and no part of
 * them asks for a removal, as "show me the stages, then delete qa" does; "who may delete files?" does not.
 */
import { REMOVE_WORDS, REMOVED_WORDS } from './removal.ts';
import { synonyms } from './synonyms.ts';
import { wordsIn } from './terms.ts';

const setOf = (words: string) => new Set(words.split(' '));

/** Polite words at the beginning of a request. */
const POLITE = setOf(
  'please pls plz hey hi hello ok okay so well now just quickly first can could would will you i we want need like d to let me us help also maybe kindly',
);
const ASKING = setOf(
  'show list view see display print describe read tell what whats which who whos whose where wheres when why how hows is are was were does do did any count check look inspect explain compare find fetch search lookup know overview summary status details remind',
);
/** "get me the schema" asks to see it; "get rid of the schema" and "get me a schema" do not. */
const HAND_OVER_VERBS = setOf('get give');
const RECIPIENTS = setOf('me us');
const INDEFINITE_WORDS = setOf('a an another new some one');
/** A part that opens with one of these asks for a change. */
const CHANGING = setOf(
  'add create make set build change update give put connect let activate apply use turn enable disable switch start stop move import clone copy rename replace allow run',
);
const REMOVING = setOf(
  `${REMOVE_WORDS} tear rid clean withdraw axe demolish eliminate uninstall detach disconnect`,
);
const REMOVED = setOf(REMOVED_WORDS);
const PERSONS = setOf('i we you one us me to');
/** Before a participle, these words suppose or ask for the removal: "what if qa were deleted". */
const SUPPOSING = setOf('would if should be could when');
/** A question that begins this way asks for a tool that makes the change. */
// biome-ignore format: a list is a line
const HOW_TO = ['how do i', 'how do we', 'how do you', 'how can', 'how could', 'how to', 'how should', 'is it possible', 'is there a way', 'is there a button', 'is there one', 'is there any way', 'what do i have to', 'what do we have to'];

/** Whether a part of a sentence asks for a removal, now or as a supposition. */
function asksForRemoval(words: readonly string[]): boolean {
  const at = words.findIndex(word => REMOVING.has(word) || REMOVED.has(word));
  if (at < 0) return false;
  const before = words.slice(0, at);
  if (REMOVED.has(words[at] ?? '')) return before.some(word => SUPPOSING.has(word));
  const asksWhatIsAllowed = ['are', 'do', 'may'].includes(before[0] ?? '') && before[1] === 'you';
  return at === 0 || (before.some(word => PERSONS.has(word)) && !asksWhatIsAllowed);
}

const asksForChange = ([first = '', second = '']: readonly string[]) =>
  CHANGING.has(first) && !RECIPIENTS.has(second);

function withoutPolite(words: readonly string[]): readonly string[] {
  const start = words.findIndex(word => !POLITE.has(word));
  return start < 0 ? [] : words.slice(start);
}

/** A short phrase that ends with one of these words, or has it before "of" and the like, names what to show: "password policy of prod". */
const SHOWN = setOf(
  'settings setup config configuration rules policy status schema permissions details overview options',
);
const OF = setOf('of for in on at from');
const MOST_NAMING_WORDS = 4;
const ACTION_LISTS = 'add change remove revoke copy import generate export restore mark'.split(' ');
const ACTIONS = new Set(ACTION_LISTS.flatMap(list => synonyms[list]?.split(', ') ?? []));

/** Whether a part of a sentence only names something to show. */
function isNaming(words: readonly string[]): boolean {
  if (words.length > MOST_NAMING_WORDS || words.some(word => ACTIONS.has(word))) return false;
  const at = words.findIndex(word => SHOWN.has(word));
  return at > 0 && (at === words.length - 1 || OF.has(words[at + 1] ?? ''));
}

/** Whether a sentence asks to see something, and for no change. */
export function onlyAsksToRead(sentence: string): boolean {
  // "we're" would be read as "were".
  const text = sentence.replace(/['’]re\b/gi, ' ');
  const parts = text.split(/[,;.!?:]|\band\b|\bthen\b/i).map(part => withoutPolite(wordsIn(part)));
  if (parts.some(words => asksForRemoval(words) || asksForChange(words))) return false;
  const opening = parts.find(words => words.length > 0) ?? [];
  const [first = '', second = '', third = ''] = opening;
  if (HOW_TO.some(way => opening.join(' ').startsWith(way))) return false;
  if (parts.length === 1 && isNaming(opening)) return true;
  return (
    ASKING.has(first) ||
    (HAND_OVER_VERBS.has(first) && RECIPIENTS.has(second) && !INDEFINITE_WORDS.has(third))
  );
}
