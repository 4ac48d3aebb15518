/** What an environment is made of before it goes: what goes with it, what stays, and what to look for afterwards. */
import type { PlanRemarks } from '../../execute/plan.ts';
import { quoteName, quoteNames } from '../../lib/quote.ts';
import type { EnvironmentFacts } from '../describe/facts.ts';
import type { Resource } from '../describe/resources.ts';
import { deploymentBucket } from '../leftovers.ts';

/** Something that stays, or was left behind, with the reason. */
export interface Staying {
  readonly what: string;
  readonly why: string;
}

/** Outputs of a resource that name what was made elsewhere. */
const foreign = ['UserPoolId', 'BucketName'];

/** What stays although the environment goes: what was imported is somebody else's. */
export function staysOf({ resources }: EnvironmentFacts): Staying[] {
  return resources
    .filter(({ imported }) => imported)
    .map(({ category, name, outputs }) => {
      const id = foreign.map(key => outputs[key]).find(value => typeof value === 'string');
      return {
        what: `${quoteName(`${category}/${name}`)}${id === undefined ? '' : `: ${quoteName(id)}`}`,
        why: 'It was imported, so it was made elsewhere; nothing here deletes it.',
      };
    });
}

/** A bucket as it is named among what was left behind. */
export const bucketLabel = (name: string) => `bucket ${quoteName(name)}`;

/** Outputs of a resource that name a bucket of its own. */
const ownBucketNames = ['BucketName', 'HostingBucketName'];

const bucketsOf = ({ imported, outputs }: Resource) =>
  imported ? [] : ownBucketNames.map(key => outputs[key]).filter(bucket => typeof bucket === 'string');

/** The buckets that go: its own files, its website, and those of its deployments. */
export function ownBuckets({ resources, named }: EnvironmentFacts): string[] {
  const deployments = named.name === undefined ? [] : [deploymentBucket(named.name)];
  return [...resources.flatMap(bucketsOf), ...deployments];
}

/** The resources that went: neither what was imported, nor what has left its bucket behind. */
export function wentOf({ resources }: EnvironmentFacts, leftovers: readonly Staying[]): string[] {
  const left = new Set(leftovers.map(({ what }) => what));
  return resources
    .filter(resource => !resource.imported && !bucketsOf(resource).some(name => left.has(bucketLabel(name))))
    .map(({ category, name }) => `${category}/${name}`);
}

/** What a person should know of the plan beside what goes. */
export function remarksOn(facts: EnvironmentFacts): PlanRemarks {
  const { branches = [], notes } = facts;
  return {
    stays: staysOf(facts).map(({ what }) => what),
    remarks: [
      ...(branches.length === 0
        ? []
        : [
            `The builds of ${branches.length === 1 ? 'branch' : 'branches'} ${quoteNames(branches)} use this environment and will fail.`,
          ]),
      'What CloudFormation keeps (a Retain policy, a bucket that is not empty) is known only afterwards: it is looked for then, and named.',
      ...notes,
    ],
  };
}
