/** How ready an environment is for AWS's migration tool: what the tool takes along, and what a person must do. */
import type { ReadEnvironment, Resource } from '../environment/index.ts';
import { memberOf, objectOf } from '../lib/json.ts';
import { quoteNames } from '../lib/quote.ts';
import { backendsOf, type Gen2Backend } from './backends.ts';
import { checkMeta } from './checks-of-meta.ts';
import { checkStacks } from './checks-of-stacks.ts';
import { compareData } from './data.ts';
import { matrixDate, type ToolSupport } from './feature-matrix.ts';
import { usedByGen2 } from './gen2-uses.ts';
import { holdingsIn } from './holdings.ts';
import { nextStepOf } from './next-step.ts';
import {
  type Effect,
  type Requirement,
  type RequirementName,
  requirements,
  supportOf,
  toolActionOf,
} from './requirements.ts';
import { signsOf } from './signs.ts';
import { viewStacks } from './stack-view.ts';
import { type MigrationFacts, rootOf, type StackFacts } from './stacks.ts';
import { isRetained, type Stage, stageOf } from './stage.ts';
import { stillMatters } from './still-matters.ts';

export const readinessVerdicts = ['ready', 'manual work', 'blocked', 'unknown'] as const;
/** `unknown`: nothing was found, but not everything could be read. */
export type ReadinessVerdict = (typeof readinessVerdicts)[number];

/** One kind of thing that was seen. */
export interface ReadinessFinding {
  readonly what: RequirementName;
  readonly effect: Effect;
  /** The row of AWS's matrix: `Auth/Admin queries`; absent for what the matrix does not know. */
  readonly row?: string;
  readonly support: ToolSupport | 'not in the matrix';
  /** Labels of resources, types, stacks' resources. Foreign: quote them in texts. */
  readonly seenAt: readonly string[];
  /** What AWS's tool does. */
  readonly tool: string;
  /** What a person must do; empty for nothing. */
  readonly person: string;
  /** Where AWS describes it. */
  readonly page: string;
}

/** The matrix of AWS that the findings come from. */
export interface MatrixAge {
  /** The day as of which AWS's page was read, `YYYY-MM-DD`. */
  readonly date: string;
  /** Whether that is more than 90 days ago. */
  readonly isOld: boolean;
}

export interface Readiness {
  readonly verdict: ReadinessVerdict;
  /** How far the migration is. Only what still matters at this stage is judged. */
  readonly stage: Stage;
  /** The Gen 2 backends of the app, and those elsewhere that use what the environment has. */
  readonly backends: readonly Gen2Backend[];
  /** Whether a Gen 2 backend uses what the environment has. */
  readonly isUsed: boolean;
  /** AWS's next step, with its command; absent before a Gen 2 branch is deployed. */
  readonly next?: string;
  /** What blocks comes first, then manual work, then what is taken along. */
  readonly findings: readonly ReadinessFinding[];
  readonly matrix: MatrixAge;
  /** What could not be read and why, a sentence each. */
  readonly unknown: readonly string[];
  /** What the cloud does not show, a sentence each. */
  readonly notSeen: readonly string[];
}

const notSeen: readonly string[] = [
  'override.ts files: only their effect is in the stacks. Resolver templates that replace a generated one.',
  "Functions' code (CommonJS must become ES modules), their package.json and custom-policies.json.",
  'The frontend: its libraries, and code that reads amplifyconfiguration.json itself.',
  'The checkout: team-provider-info.json, a schema that is split into a folder, the CLI version of the last push.',
  'CDK bootstrap, your IAM rights, and drift of the stacks.',
];

const DAY_MS = 86_400_000;
const MOST_DAYS = 90;

/** @param now epoch milliseconds */
export const matrixAge = (now: number): MatrixAge => ({
  date: matrixDate,
  isOld: now - Date.parse(matrixDate) > MOST_DAYS * DAY_MS,
});

const effectOrder: readonly Effect[] = ['blocks', 'manual', 'carried'];

function verdictOf(findings: readonly ReadinessFinding[], unknown: readonly string[]): ReadinessVerdict {
  if (findings.some(({ effect }) => effect === 'blocks')) return 'blocked';
  if (findings.some(({ effect }) => effect === 'manual')) return 'manual work';
  return unknown.length > 0 ? 'unknown' : 'ready';
}

/** Functions whose stacks were not read: their runtimes, layers and secrets are not known. */
function functionsUnread({ gen1 }: MigrationFacts, { resources }: ReadEnvironment): string[] {
  const own = resources.filter(({ category, service }) => category === 'function' && service === 'Lambda');
  const hasFunction = ({ template }: StackFacts) =>
    Object.values(objectOf(template?.Resources)).some(
      resource => memberOf(resource, 'Type') === 'AWS::Lambda::Function',
    );
  const read = gen1.filter(stack => stack.name.includes('-function') && hasFunction(stack));
  // CloudFormation cuts long names.
  const isRead = ({ name }: Resource) => read.some(stack => stack.name.includes(`-function${name}`));
  const unread = own.filter(one => !isRead(one)).map(({ label }) => label);
  return read.length >= own.length
    ? []
    : [`The stacks of ${quoteNames(unread, 20)} were not read: runtimes, layers and secrets are not known.`];
}

/** How far the environment's migration is, by its signs and by what Gen 2 uses of it. */
export function standingOf(facts: MigrationFacts): Pick<Readiness, 'stage' | 'backends' | 'isUsed' | 'next'> {
  const signs = signsOf(facts);
  const uses = usedByGen2(facts);
  const hasMoved = uses.some(({ how }) => how === 'moved');
  const stage = stageOf(signs, facts.environment, { hasMoved, isRetained: isRetained(facts.gen1) });
  const backends = backendsOf(signs, facts.appId);
  const names = { gen1Root: rootOf(facts.gen1)?.name, gen2Root: backends[0]?.stackName };
  const isOver = stage !== 'none' && stage !== 'locked';
  return { stage, backends, isUsed: uses.length > 0, ...(isOver && { next: nextStepOf(stage, names) }) };
}

/** Models whose tables in the only Gen 2 backend are new, and so empty. */
function newTables(facts: MigrationFacts, { backends, stage }: Pick<Readiness, 'backends' | 'stage'>) {
  if (stage !== 'deployed' || backends.length !== 1) return [];
  const generation = (stacks: readonly StackFacts[]) => {
    const views = viewStacks(stacks);
    return { stacks: views, holdings: holdingsIn(views), isWhole: false };
  };
  const { models } = compareData(generation(facts.gen1), generation(facts.gen2), false);
  return models
    .filter(({ state }) => state === 'new and empty')
    .map(({ model }) => ({ name: 'new tables' as const, at: `model ${model}` }));
}

/**
 * Assesses an environment.
 * @param environment read with its settings @param now epoch milliseconds, for the age of AWS's matrix
 */
export async function assessMigration(
  facts: MigrationFacts,
  environment: ReadEnvironment,
  now: number,
): Promise<Readiness> {
  const usesMapsTo = [...environment.schemas.values()].some(schema => schema.includes('@mapsTo'));
  const [meta, stacks] = [await checkMeta(environment), checkStacks(facts, usesMapsTo)];
  const places = new Map<RequirementName, Set<string>>();
  const standing = standingOf(facts);
  for (const { name, at } of [...meta.seen, ...stacks.seen, ...newTables(facts, standing)])
    places.set(name, (places.get(name) ?? new Set()).add(at));
  // If the meta shows hosting that is connected to Git, the app's record adds nothing.
  if (places.has('hosting by Git')) places.delete('hosting by hand');
  const { stage, isUsed } = standing;
  const relevant = [...places].filter(([what]) => stillMatters(what, stage, isUsed));
  const findings = relevant.map(([what, at]): ReadinessFinding => {
    const requirement: Requirement = requirements[what];
    return {
      what,
      effect: requirement.effect,
      ...(requirement.row !== undefined && { row: requirement.row }),
      support: supportOf(requirement.row),
      seenAt: [...at],
      tool: toolActionOf(requirement),
      person: requirement.person,
      page: requirement.page,
    };
  });
  const unknown = [...new Set([...meta.unknown, ...stacks.unknown, ...functionsUnread(facts, environment)])];
  return {
    verdict: verdictOf(findings, unknown),
    ...standing,
    findings: findings.sort((a, b) => effectOrder.indexOf(a.effect) - effectOrder.indexOf(b.effect)),
    matrix: matrixAge(now),
    unknown,
    notSeen,
  };
}
