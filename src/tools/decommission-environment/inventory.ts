/** What an environment has before its deletion: what is deleted, what stays, and what to check afterwards. */

import { keptText } from '../../call/authorize/inventory.ts';
import { bucketsIn, type Removal, removalOf } from '../../environment/index.ts';
import { quoteName, quoteNames } from '../../lib/quote.ts';
import { type EnvironmentFacts, stackRemarks } from './facts.ts';
import type { Remaining } from './output.ts';

const removalIn = ({ environment }: EnvironmentFacts): Removal | undefined => {
  const removal = removalOf(environment);
  return removal.state === 'known' ? removal : undefined;
};

/** What stays when the environment is deleted: imported resources, which are not its own. */
export function staysOf(facts: EnvironmentFacts): Remaining[] {
  return (removalIn(facts)?.stays ?? []).map(item => ({
    what: keptText(item),
    why: 'It was imported, so it was created elsewhere; nothing here deletes it.',
  }));
}

/** The name of a bucket among the leftovers. */
export const bucketLabel = (name: string) => `bucket ${quoteName(name)}`;

/** The buckets that are deleted: those of files, pages, videos and deployments. */
export const ownBuckets = (facts: EnvironmentFacts): string[] => bucketsIn(removalIn(facts)?.goes ?? []);

/** The resources that were deleted: without the imported ones, and without those whose bucket was left behind. */
export function wentOf(facts: EnvironmentFacts, leftovers: readonly Remaining[]): string[] {
  const left = new Set(leftovers.map(({ what }) => what));
  return (removalIn(facts)?.goes ?? [])
    .filter(item => item.resource !== 'stack')
    .filter(item => !bucketsIn([item]).some(name => left.has(bucketLabel(name))))
    .map(({ resource }) => resource);
}

/** What a person should know besides what is deleted, a sentence each. */
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
