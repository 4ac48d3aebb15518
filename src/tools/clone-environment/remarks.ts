/** The remarks in the plan of a clone: what is copied, what would be shared, what is unknown. */
import { namesOfThing, type ReadEnvironment, type Resource } from '../../environment/index.ts';
import { quoteName, quoteNames } from '../../lib/quote.ts';
import type { Clone } from './preflight.ts';

const labelsOf = (resources: readonly Resource[]) => quoteNames(resources.map(({ label }) => label));

/** Imported resources that a plan names. */
const MOST_SHARED = 20;

function sharedText({ label, holds, knownAs }: Resource): string {
  const names = [...new Set(holds.flatMap(namesOfThing))];
  const physical = names.length > 0 ? quoteNames(names, 3) : knownAs && quoteName(knownAs);
  return physical === undefined ? quoteName(label) : `${quoteName(label)} (${physical})`;
}

/** Imported resources do not belong to an environment: a clone that has them reads and writes the same data. */
function sharedRemarks(resources: readonly Resource[], { from, to }: Clone): string[] {
  const imported = resources.filter(({ origin }) => origin === 'imported');
  if (imported.length === 0) return [];
  const shown = imported.slice(0, MOST_SHARED).map(sharedText);
  const more = imported.length > shown.length ? `, and ${imported.length - shown.length} more` : '';
  return [
    `Imported, so not copied: ${shown.join(', ')}${more}. ${quoteName(to)} would share them with ${quoteName(from)}, the same users and data, or come without them: AWS does not say which. Ask the person whether they want that.`,
  ];
}

/** What is copied, and what would be shared, a sentence each. */
export function copyRemarks({ resources }: ReadEnvironment, clone: Clone): string[] {
  const { from, to } = clone;
  const copied = resources.filter(({ origin, state }) => origin === 'own' && state === 'deployed');
  return [
    `Copies of ${quoteName(from)}: ${copied.length > 0 ? labelsOf(copied) : 'nothing of its own'}; neither data nor users. Then ${quoteName(to)} is compared with ${quoteName(from)}.`,
    ...sharedRemarks(resources, clone),
  ];
}

/** What is unknown of a clone, a sentence each. */
export function unknownRemarks(
  { resources, unreadableEntries }: ReadEnvironment,
  { from, to }: Clone,
): string[] {
  const declared = resources.filter(({ origin, state }) => origin === 'own' && state === 'declared');
  return [
    ...(declared.length > 0
      ? [
          `For these the meta of ${quoteName(from)} names nothing deployed, so ${quoteName(to)} may come without them: ${labelsOf(declared)}.`,
        ]
      : []),
    ...(unreadableEntries.length > 0
      ? [`In the meta of ${quoteName(from)} this could not be read: ${quoteNames(unreadableEntries)}.`]
      : []),
  ];
}
