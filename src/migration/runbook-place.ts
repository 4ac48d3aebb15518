/** Where an environment stands in the runbook of its migration: the next step, and why. */
import { quoteName, quoteNames } from '../lib/quote.ts';
import type { MigrationSigns } from './signs.ts';
import { type Stage, stageOf } from './stage.ts';
import type { Verification } from './verify.ts';

/** What tells the place. */
export interface PlaceFacts {
  readonly environment: string;
  /** Undefined where the cloud could not be read. */
  readonly signs: MigrationSigns | undefined;
  /** What the templates show of the Gen 2 branch, where there is one and they were read. */
  readonly proof?: Pick<Verification, 'models' | 'hasMoved' | 'findings'> | undefined;
}

/** The number of the next step; undefined where it is unknown. */
export interface Place {
  readonly step: number | undefined;
  /** Sentences. */
  readonly text: string;
}

/** Where only the signs are known. */
const stepOf: Readonly<Record<Stage, number>> = {
  none: 0,
  locked: 3,
  deployed: 6,
  failed: 7,
  refactored: 8,
  beside: 6,
};

/** What the templates show beyond the signs: tables that are not adopted, pools that have moved, a Gen 1 that is retained. */
function byProof(stage: Stage, { proof, environment }: PlaceFacts): Place | undefined {
  if (!proof || stage === 'failed') return undefined;
  const { models, hasMoved } = proof;
  const isEmpty = models.filter(({ state }) => state === 'new and empty').map(({ model }) => model);
  if (isEmpty.length > 0 && !hasMoved)
    return {
      step: 4,
      text: `The Gen 2 branch has new, empty tables for the models ${quoteNames(isEmpty)}: its branchName in amplify/data/resource.ts is not the name of the branch.`,
    };
  if (!hasMoved || stage === 'refactored') return undefined;
  const isRetained = models.length > 0 && models.every(({ withGen1Stack }) => withGen1Stack === 'retained');
  return isRetained
    ? {
        step: 9,
        text: `Pools and buckets are in the Gen 2 stacks, and CloudFormation would retain every model table of ${quoteName(environment)}.`,
      }
    : { step: 8, text: 'Pools or buckets are in the Gen 2 stacks.' };
}

function bySigns(stage: Stage, signs: MigrationSigns, environment: string): string {
  const name = quoteName(environment);
  const branches = quoteNames(signs.branches.map(branch => branch.name));
  switch (stage) {
    case 'none':
      return signs.locked === undefined
        ? `Whether anything has begun is unknown: of ${name} not all signs of a migration could be read.`
        : `Nothing has begun: ${name} has no sign of a migration.`;
    case 'locked':
      return `${name} is locked, and no Gen 2 branch is deployed. What was generated in a checkout cannot be seen from here.`;
    case 'deployed':
      return `${name} is locked, and a Gen 2 backend is deployed by ${branches}.`;
    case 'failed':
      return `A refactoring has stopped half way: ${quoteNames(signs.halfFailed.map(one => `${one.name} is ${one.status}`))}. Undo it first, with the last command of step 7.`;
    case 'refactored':
      return `Pools or buckets were moved to Gen 2; what they replaced is in ${quoteNames(signs.holding.map(one => one.name))}.`;
    case 'beside':
      return `${name} is not locked, but the app has a Gen 2 backend, deployed by ${branches}, that may use its tables.`;
  }
}

function differencesText({ proof }: PlaceFacts): string[] {
  const count = proof?.findings.length ?? 0;
  return count === 0
    ? []
    : [
        `Gen 2 differs from Gen 1 in ${count} ${count === 1 ? 'thing' : 'things'}: verify_migration names them.`,
      ];
}

export function placeOf(facts: PlaceFacts): Place {
  const { signs, environment } = facts;
  if (!signs) return { step: undefined, text: 'Where it stands is unknown: the cloud could not be read.' };
  const stage = stageOf(signs, environment);
  const proven = byProof(stage, facts);
  const isUnknown = stage === 'none' && signs.locked === undefined;
  const step = isUnknown ? undefined : (proven?.step ?? stepOf[stage]);
  const texts = [
    bySigns(stage, signs, environment),
    ...(proven ? [proven.text] : []),
    ...differencesText(facts),
    ...(step === undefined ? [] : [`Next: step ${step}.`]),
  ];
  return { step, text: texts.join(' ') };
}
