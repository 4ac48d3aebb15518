/** What an environment is made of before it goes: what goes with it, what stays, and what to look for afterwards. */

import { keptText } from '../../call/authorize/inventory.ts';
import { bucketsIn, type Removal, removalOf } from '../../environment/index.ts';
import { quoteName, quoteNames } from '../../lib/quote.ts';
import { type StandingFacts, stackRemarks } from './facts.ts';

/** Something that stays, or was left behind, with the reason. */
export interface Staying {
  readonly what: string;
  readonly why: string;
}

const removalIn = ({ environment }: StandingFacts): Removal | undefined => {
  const removal = removalOf(environment);
  return removal.state === 'known' ? removal : undefined;
};

/** What stays although the environment goes: what was imported is somebody else's. */
export function staysOf(facts: StandingFacts): Staying[] {
  return (removalIn(facts)?.stays ?? []).map(item => ({
    what: keptText(item),
    why: 'It was imported, so it was made elsewhere; nothing here deletes it.',
  }));
}

/** A bucket as it is named among what was left behind. */
export const bucketLabel = (name: string) => `bucket ${quoteName(name)}`;

/** The buckets that go: files, pages, videos, and those of its deployments. */
export const ownBuckets = (facts: StandingFacts): string[] => bucketsIn(removalIn(facts)?.goes ?? []);

/** The resources that went: neither what was imported, nor what has left its bucket behind. */
export function wentOf(facts: StandingFacts, leftovers: readonly Staying[]): string[] {
  const left = new Set(leftovers.map(({ what }) => what));
  return (removalIn(facts)?.goes ?? [])
    .filter(item => item.resource !== 'stack')
    .filter(item => !bucketsIn([item]).some(name => left.has(bucketLabel(name))))
    .map(({ resource }) => resource);
}

/** What a person should know of the plan beside what goes, a sentence each. */
export function remarksOn(facts: StandingFacts): string[] {
  const { branches, notes } = facts;
  return [
    ...(branches.length === 0
      ? []
      : [
          `The builds of ${branches.length === 1 ? 'branch' : 'branches'} ${quoteNames(branches)} use this environment and will fail.`,
        ]),
    ...stackRemarks(facts),
    'What CloudFormation keeps (a Retain policy, a bucket that is not empty) is known only afterwards: it is looked for then, and named.',
    ...notes,
  ];
}
