/** What an environment has before its deletion: what is deleted, what stays, and what to check afterwards. */

import { keptText } from '../../call/authorize/inventory.ts';
import { bucketsIn, type Removal, removalOf } from '../../environment/index.ts';
import { operationLabel } from '../../jobs/job.ts';
import { quote, quoteName, quoteNames } from '../../lib/quote.ts';
import { minuteOf } from '../shared/texts.ts';
import { accountFor, type Evidence } from './accounted.ts';
import { type EnvironmentFacts, stackRemarks } from './facts.ts';
import type { Accounted, Remaining } from './output.ts';

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

/** The command that deletes a bucket with its files; undefined for a name that S3 does not allow. */
export const removeBucketCommand = (name: string): string | undefined =>
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) ? `aws s3 rb s3://${name} --force` : undefined;

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

/** What became of the resources that the plan listed; empty where it could list none. */
export function accountedOf(facts: EnvironmentFacts, evidence: Evidence): Accounted[] {
  const removal = removalIn(facts);
  return removal ? accountFor(removal, evidence) : [];
}

/** Failed jobs whose reasons are shown before they are lost. */
const MOST_FAILED = 3;
const LONGEST_REASON = 120;

/** The records of failed jobs are deleted with the environment, and with them AWS's reasons. */
function failedRemarks({ jobs = [] }: EnvironmentFacts): string[] {
  const failed = jobs.filter(({ state }) => state === 'failed');
  if (failed.length === 0) return [];
  const shown = failed.slice(0, MOST_FAILED).map(job => {
    const why = job.error === undefined ? 'no reason' : quote(job.error, LONGEST_REASON);
    return `${operationLabel(job)} of ${minuteOf(job.createdAt)}: ${why}`;
  });
  const more = failed.length > MOST_FAILED ? `; and ${failed.length - MOST_FAILED} more` : '';
  return [
    `AWS deletes the records of its ${failed.length} failed ${failed.length === 1 ? 'job' : 'jobs'} too, with their reasons (quoted data): ${shown.join('; ')}${more}. To see why, call explain_job now: afterwards nothing can say it.`,
  ];
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
    ...failedRemarks(facts),
    'What CloudFormation keeps (a Retain policy, a bucket that is not empty) is known only after the deletion: it is checked then, and named.',
    ...notes,
  ];
}
