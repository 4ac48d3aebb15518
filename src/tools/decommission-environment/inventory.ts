/** What an environment has before its deletion: what goes with it, what stays, and what to check afterwards. */

import { stayingText } from '../../call/authorize/inventory.ts';
import { bucketsIn, type Removal, removalOf } from '../../environment/index.ts';
import { quoteName, quoteNames } from '../../lib/quote.ts';
import { type EnvironmentFacts, stackRemarks } from './facts.ts';
import type { Remaining } from './output.ts';

const removalIn = ({ environment }: EnvironmentFacts): Removal | undefined => {
  const removal = removalOf(environment);
  return removal.state === 'known' ? removal : undefined;
};

/** What stays although the environment goes: imported resources, which are not its own. */
export function staysOf(facts: EnvironmentFacts): Remaining[] {
  return (removalIn(facts)?.stays ?? []).map(item => ({
    what: stayingText(item),
    why: 'It was imported, so it was created elsewhere; nothing here deletes it.',
  }));
}

/** The name of a bucket among the leftovers. */
export const bucketLabel = (name: string) => `bucket ${quoteName(name)}`;

/** The buckets that go: files, pages, videos, and those of its deployments. */
export const ownBuckets = (facts: EnvironmentFacts): string[] => bucketsIn(removalIn(facts)?.goes ?? []);

/** The resources that went: none that was imported, and none whose bucket was left behind. */
export function wentOf(facts: EnvironmentFacts, leftovers: readonly Remaining[]): string[] {
  const left = new Set(leftovers.map(({ what }) => what));
  return (removalIn(facts)?.goes ?? [])
    .filter(item => item.resource !== 'stack')
    .filter(item => !bucketsIn([item]).some(name => left.has(bucketLabel(name))))
    .map(({ resource }) => resource);
}

/** What a person should know beside what goes, a sentence each. */
export function remarksOn(facts: EnvironmentFacts): string[] {
  const { branches, notes } = facts;
  return [
    ...(branches.length === 0
      ? []
      : [
          `The builds of ${branches.length === 1 ? 'branch' : 'branches'} ${quoteNames(branches)} use this environment and will fail.`,
        ]),
    ...stackRemarks(facts),
    'What CloudFormation keeps (a Retain policy, a bucket that is not empty) is known only after the deletion: it is checked then, and named.',
    ...notes,
  ];
}
