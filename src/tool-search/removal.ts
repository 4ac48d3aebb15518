/**
 * Whether a sentence asks for a removal, or only mentions one: "restore the deleted environment", "I deleted qa by accident"
 * and "never delete prod" mention one; "qa should be deleted" asks for it.
 */
import { wordsIn } from './terms.ts';

const setOf = (words: string) => new Set(words.split(' '));

/** Verbs that ask for a removal. */
export const REMOVE_WORDS =
  'delete remove drop destroy nuke wipe purge kill erase trash scrap discard decommission dismantle retire clear revoke invalidate';
/** Their participles. */
export const REMOVED_WORDS =
  'deleted removed dropped destroyed nuked wiped purged killed erased trashed scrapped discarded decommissioned dismantled retired torn cleared cleaned revoked invalidated withdrawn';

/** Words that mention a removal, unless a word before them asks for it. */
const DONE = setOf(`${REMOVED_WORDS} terminated lost gone`);
const REMOVING = setOf(`${REMOVE_WORDS} deleting removing dropping terminate undo undoing`);
/** Before a participle, these words ask for a removal: "I want it deleted", "it must be removed". */
const ASKED_FOR = setOf(
  'be get gets getting want wants wanted need needs have should must can would if like request requests',
);
/** Before a verb, these words forbid or exclude the removal. */
const FORBIDDEN = setOf('not dont never without nobody noone cannot cant avoid prevent against who whoever');
/** After a word such as "the" or "this", these nouns mention a removal that was done before. */
const REMOVAL_NOUNS = setOf('deletion removal');
const REFERRING_WORDS = setOf('the this that last his her their your');
/** After "undo", these words name the removal that is to be undone. */
const UNDONE = setOf('deletion delete deleting removal removing deleted');
/** How many words before or after a word can change what it asks for. */
const REACH = 4;

/** The sentence without the removals that it only mentions. */
export function withoutMentions(sentence: string): string {
  const words = wordsIn(sentence.replace(/\bby (?:accident|mistake)\b|\bgone wrong\b/gi, ' '));
  const isMention = (word: string, at: number) => {
    const before = words.slice(Math.max(0, at - REACH), at);
    if (DONE.has(word)) return !before.some(one => ASKED_FOR.has(one));
    if (REMOVAL_NOUNS.has(word))
      return REFERRING_WORDS.has(words[at - 1] ?? '') && !before.some(one => ASKED_FOR.has(one));
    if (!REMOVING.has(word)) return false;
    if (word.startsWith('undo')) return words.slice(at + 1, at + 1 + REACH).some(one => UNDONE.has(one));
    return before.some(one => FORBIDDEN.has(one));
  };
  return words.filter((word, at) => !isMention(word, at)).join(' ');
}
