/** What a person reads in the plan of a clone: what is copied, what would be shared, what cannot be told. */
import { namesOfHeld, type ReadEnvironment, type Resource } from '../environment/index.ts';
import { quoteName, quoteNames } from '../lib/quote.ts';
import type { Clone } from './clone-preflight.ts';

const labelsOf = (resources: readonly Resource[]) => quoteNames(resources.map(({ label }) => label));

/** How many imported resources are told with what is behind them. */
const MOST_SHARED = 20;

function sharedText({ label, holds, knownAs }: Resource): string {
  const names = [...new Set(holds.flatMap(namesOfHeld))];
  const behind = names.length > 0 ? quoteNames(names, 3) : knownAs && quoteName(knownAs);
  return behind === undefined ? quoteName(label) : `${quoteName(label)} (${behind})`;
}

/** Imported things are no part of an environment: a copy that has them reads and writes the same data. */
function sharedRemarks(resources: readonly Resource[], { from, to }: Clone): string[] {
  const imported = resources.filter(({ origin }) => origin === 'imported');
  if (imported.length === 0) return [];
  const shown = imported.slice(0, MOST_SHARED).map(sharedText);
  const more = imported.length > shown.length ? `, and ${imported.length - shown.length} more` : '';
  return [
    `Imported, so not copied: ${shown.join(', ')}${more}. ${quoteName(to)} would share them with ${quoteName(from)}, the same users and data, or come without them: AWS does not say which. Ask the person whether they want that.`,
  ];
}

/** The sentences, the first one on what is copied. */
export function copyRemarks({ resources, notRead }: ReadEnvironment, clone: Clone): string[] {
  const { from, to } = clone;
  const own = resources.filter(({ origin }) => origin === 'own');
  const copied = own.filter(({ state }) => state === 'deployed');
  const declared = own.filter(({ state }) => state === 'declared');
  return [
    `Copies of ${quoteName(from)}: ${copied.length > 0 ? labelsOf(copied) : 'nothing of its own'}; neither data nor users. Then ${quoteName(to)} is compared with ${quoteName(from)}.`,
    ...sharedRemarks(resources, clone),
    ...(declared.length > 0
      ? [`Never deployed in ${quoteName(from)}, so perhaps not in ${quoteName(to)}: ${labelsOf(declared)}.`]
      : []),
    ...(notRead.length > 0
      ? [`In the meta of ${quoteName(from)} this could not be read: ${quoteNames(notRead)}.`]
      : []),
  ];
}
