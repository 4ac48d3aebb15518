/** The position of an environment in the runbook of its migration: the next step, and why. */
import { quoteName, quoteNames } from '../lib/quote.ts';
import type { MigrationSigns } from './signs.ts';
import { type Stage, stageOf } from './stage.ts';
import type { Verification } from './verify.ts';

/** What determines the position. */
export interface PositionFacts {
  readonly environment: string;
  /** Undefined where the cloud could not be read. */
  readonly signs: MigrationSigns | undefined;
  /** What the templates show of the Gen 2 branch, where there is one and they were read. */
  readonly proof?: Pick<Verification, 'models' | 'hasMoved' | 'isRetained' | 'findings'> | undefined;
  /** The environment whose tables the Gen 2 branch uses, where that is another one. */
  readonly otherEnvironment?: string | undefined;
}

/** The number of the next step; undefined where it is unknown. */
export interface RunbookPosition {
  readonly step: number | undefined;
  readonly stage: Stage | undefined;
  /** Sentences. */
  readonly text: string;
}

const stepOf: Readonly<Record<Stage, number>> = {
  none: 0,
  locked: 3,
  deployed: 6,
  failed: 7,
  refactored: 8,
  retained: 9,
  beside: 6,
};

/** Tables that are not adopted come first, as long as nothing has moved. */
function emptyTables(
  stage: Stage,
  { proof }: PositionFacts,
): Pick<RunbookPosition, 'step' | 'text'> | undefined {
  if (!proof || stage === 'failed' || proof.hasMoved) return undefined;
  const isEmpty = proof.models.filter(({ state }) => state === 'new and empty').map(({ model }) => model);
  return isEmpty.length > 0
    ? {
        step: 4,
        text: `The Gen 2 branch has new, empty tables for the models ${quoteNames(isEmpty)}: its branchName in amplify/data/resource.ts is not the name of the branch.`,
      }
    : undefined;
}

function stageText(stage: Stage, signs: MigrationSigns, environment: string): string {
  const name = quoteName(environment);
  const branches = quoteNames([
    ...signs.branches.map(branch => branch.name),
    ...(signs.elsewhere ?? []).map(({ label }) => label),
  ]);
  switch (stage) {
    case 'none':
      return signs.locked === undefined
        ? `Whether anything has begun is unknown: of ${name} not all signs of a migration could be read.`
        : `Nothing has begun: ${name} has no sign of a migration.`;
    case 'locked':
      return `${name} is locked, and no Gen 2 branch of the app is deployed. What was generated in a checkout cannot be seen from here. Go on only if assess_migration finds nothing that blocks; else unlock first: amplify gen2-migration lock --rollback.`;
    case 'deployed':
      return `${name} is locked, and a Gen 2 backend is deployed by ${branches}.`;
    case 'failed':
      return `A refactoring has stopped half way: ${quoteNames(signs.halfFailed.map(one => `${one.name} is ${one.status}`))}. Undo it first, with the last command of step 7.`;
    case 'refactored':
      return `Pools or buckets were moved to Gen 2${signs.holding.length > 0 ? `; what they replaced is in ${quoteNames(signs.holding.map(one => one.name))}` : ''}.`;
    case 'retained':
      return `Pools and buckets are in the Gen 2 stacks, and CloudFormation would retain every table and all else that the Gen 1 stacks of ${name} own.`;
    case 'beside':
      return `${name} is not locked, but there is a Gen 2 backend, deployed by ${branches}, that may use its tables.`;
  }
}

const safetyText = (stage: Stage): string =>
  stage === 'retained'
    ? 'Only a person deletes the Gen 1 root stack, when nobody uses Gen 1 any longer.'
    : 'Nothing may delete the Gen 1 environment: its tables stay there, also when Gen 2 uses them.';

function differencesText({ proof }: PositionFacts): string[] {
  const count = proof?.findings.length ?? 0;
  return count === 0
    ? []
    : [
        `Gen 2 differs from Gen 1 in ${count} ${count === 1 ? 'thing' : 'things'}: verify_migration names them.`,
      ];
}

export function positionOf(facts: PositionFacts): RunbookPosition {
  const { signs, environment } = facts;
  if (!signs)
    return {
      ...{ step: undefined, stage: undefined },
      text: 'Where it stands is unknown: the cloud could not be read.',
    };
  const { otherEnvironment: other } = facts;
  if (other !== undefined && stageOf(signs, environment) === 'beside')
    return {
      ...{ step: 0, stage: 'none' },
      text: `Nothing has begun: the Gen 2 backend that was found is that of the environment ${quoteName(other)}, whose tables it uses, and is not to be changed for ${quoteName(environment)}. AWS's tool migrates one environment of an app at a time. Next: step 0. ${safetyText('none')}`,
    };
  const stage = stageOf(signs, environment, facts.proof);
  const empty = emptyTables(stage, facts);
  const isUnknown = stage === 'none' && signs.locked === undefined;
  const step = isUnknown ? undefined : (empty?.step ?? stepOf[stage]);
  const texts = [
    stageText(stage, signs, environment),
    ...(empty ? [empty.text] : []),
    ...differencesText(facts),
    ...(step === undefined ? [] : [`Next: step ${step}.`]),
    safetyText(stage),
  ];
  return { step, stage, text: texts.join(' ') };
}
