/** Changes as lines of text, and as data within bounds. */
import type { Change } from '../../environment/schema-changes.ts';
import { quoteJson, quoteName } from '../../lib/quote.ts';
import { isWithheld, WITHHELD } from '../../lib/withheld-mark.ts';

const MOST_CHANGES = 40;
const LONGEST_VALUE = 300;

/** The value, or the beginning of its text where it is long. */
function shortValue(value: unknown): unknown {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}… (${text.length} characters)` : value;
}

const shortChange = ({ path, before = null, after }: Change) => ({
  path: path.slice(0, LONGEST_VALUE),
  before: shortValue(before),
  after: shortValue(after),
});

/** The first changes, each shortened, and a note about the others. */
export function shownChanges(all: readonly Change[]) {
  const changes = all.slice(0, MOST_CHANGES).map(shortChange);
  const more = all.length - changes.length;
  return { changes, notes: more > 0 ? [`And ${more} more changes, which are not shown.`] : [] };
}

const valueText = (value: unknown) =>
  value === null || value === undefined
    ? 'none'
    : typeof value === 'string'
      ? quoteName(value, LONGEST_VALUE)
      : quoteJson(value, LONGEST_VALUE);

/** `auth.userPoolConfigs.mfa.MFAMode: OFF → OPTIONAL` */
const lineOf = ({ path, before, after }: Change): string =>
  isWithheld(before) && isWithheld(after)
    ? `${quoteName(path)}: another value (both are ${WITHHELD})`
    : `${quoteName(path)}: ${valueText(before)} → ${valueText(after)}`;

export const changeLines = (all: readonly Change[]): string[] => all.slice(0, MOST_CHANGES).map(lineOf);
