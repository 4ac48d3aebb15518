/**
 * Proves, from the templates, parameters and outputs of both generations, whether a Gen 2 branch has the data and gives the
 * rights that its Gen 1 environment had.
 */
import { quoteName } from '../lib/quote.ts';
import { compareAccess, gen1Label, type OwnerLabel } from './access.ts';
import { type ApiModes, apisIn, compareApis } from './api-modes.ts';
import { compareAuth } from './auth.ts';
import {
  compareData,
  type DataComparison,
  type Generation,
  type ModelTable,
  type OwnedHolding,
} from './data.ts';
import type { Finding } from './findings.ts';
import { rootNameOf } from './gen2-uses.ts';
import { type Holding, holdingsIn } from './holdings.ts';
import { gen2Branches, type MigrationSigns, signsOf } from './signs.ts';
import { type StackView, viewStacks } from './stack-view.ts';
import { type MigrationFacts, rootOf } from './stacks.ts';
import { isRetained, type Stage, stageOf } from './stage.ts';
import { rightsIn } from './statements.ts';

export const verdicts = ['same', 'differs', 'unproven'] as const;
export type Verdict = (typeof verdicts)[number];

/** The proof. */
export interface Verification {
  /** `differs` with any finding; `unproven` where there is none, but something could not be compared. */
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly models: readonly ModelTable[];
  readonly holdings: readonly OwnedHolding[];
  /** The root stacks, where they were read. */
  readonly gen1Root?: string;
  readonly gen2Root?: string;
  readonly stage: Stage;
  /** Whether no template of one of the generations was read, so that nothing could be compared. */
  readonly isBlind: boolean;
  /** Whether `refactor` has moved something. */
  readonly hasMoved: boolean;
  /** Whether CloudFormation keeps all that the Gen 1 stacks own. */
  readonly isRetained: boolean;
  readonly signs: MigrationSigns;
  /** What could not be compared and why, a sentence each. */
  readonly unproven: readonly string[];
  /** What no template shows, a sentence each. */
  readonly notSeen: readonly string[];
}

const notSeen: readonly string[] = [
  'Drift: the stacks are compared as they were deployed, not what was changed in the console since.',
  'What is in tables, pools and buckets.',
  "The schema's own rules (@auth) and resolvers' code.",
  "Functions' code, settings and rights; secrets of social providers.",
];

function generation(stacks: readonly StackView[]): Generation {
  return {
    stacks,
    holdings: holdingsIn(stacks),
    isWhole: stacks.length > 0 && stacks.every(({ facts, isCut }) => facts.template !== undefined && !isCut),
  };
}

/** The stacks of one branch. */
function stacksOfBranch(facts: MigrationFacts, branch: string): StackView[] {
  const all = viewStacks(facts.gen2);
  const byName = new Map(all.map(stack => [stack.name, stack]));
  const linked =
    gen2Branches(facts).find(({ name }) => name === branch)?.stackName ??
    facts.elsewhere?.find(({ label }) => label === branch)?.stackName;
  // Where the branches were not read, the root stack's name tells its branch: `amplify-<app id>-<branch>-branch-<hash>`.
  const start = `amplify-${facts.appId}-${branch.replace(/[^a-zA-Z0-9]/g, '')}-branch-`;
  const isOfBranch = (root: string) =>
    linked === undefined && facts.branches === undefined ? root.startsWith(start) : root === linked;
  return all.filter(stack => isOfBranch(rootNameOf(stack, byName)));
}

const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/** A Gen 2 bucket stands for a Gen 1 bucket where it is the same, is named after it, or both are the only ones. */
function bucketLabels(gen1: readonly Holding[], gen2: readonly Holding[]): readonly [OwnerLabel, OwnerLabel] {
  const keyOf = ({ name, resource }: Holding) => name ?? `${resource.stack.name}|${resource.logicalId}`;
  const labels = new Map<string, string>();
  const labelOf = (bucket: Holding) => (gen1.length === 1 ? 'files' : keyOf(bucket));
  for (const bucket of gen1) labels.set(keyOf(bucket), labelOf(bucket));
  for (const bucket of gen2) {
    const same = gen1.find(each => each.name !== undefined && each.name === bucket.name);
    const namedAfter = gen1.find(({ name }) => {
      const stem = plain(name?.replace(/-[^-]*$/, '') ?? '');
      return stem !== '' && plain(bucket.resource.logicalId).startsWith(stem);
    });
    const only = gen1.length === 1 && gen2.length === 1 ? gen1[0] : undefined;
    const pair = same ?? namedAfter ?? only;
    if (pair) labels.set(keyOf(bucket), labelOf(pair));
    // A bucket that has moved is no longer among those of Gen 1, and its rights in Gen 1 still name it.
    else if (gen1.length === 0 && gen2.length === 1) labels.set(keyOf(bucket), 'files');
  }
  const label: OwnerLabel = owner => labels.get(owner) ?? owner;
  return [label, label];
}

function apiLabel(own: readonly ApiModes[], others: readonly ApiModes[]): OwnerLabel {
  const has = (apis: readonly ApiModes[], owner: string) => apis.some(({ keys }) => keys.includes(owner));
  return owner => (has(own, owner) ? 'API' : has(others, owner) ? gen1Label('API') : owner);
}

function compareRights(gen1: Generation, gen2: Generation): { findings: Finding[]; unproven: string[] } {
  const [rights1, rights2] = [rightsIn(gen1.stacks), rightsIn(gen2.stacks)];
  const [apis1, apis2] = [apisIn(gen1.stacks), apisIn(gen2.stacks)];
  const files = ({ kind, resource }: Holding) =>
    kind === 'bucket' && resource.stack.ofType('AWS::AppSync::GraphQLApi').length === 0;
  const ofStorage = ({ resource: { stack } }: Holding) =>
    stack.name.startsWith(`${stack.facts.parentName ?? ''}-storage`);
  const [buckets1, buckets2] = bucketLabels(
    gen1.holdings.filter(holding => files(holding) && ofStorage(holding)),
    gen2.holdings.filter(files),
  );
  const [api1, api2] = [apiLabel(apis1, []), apiLabel(apis2, apis1)];
  return {
    findings: compareAccess(rights1.rights, rights2.rights, [
      owner => buckets1(api1(owner)),
      owner => buckets2(api2(owner)),
    ]),
    unproven: [
      ...rights1.unproven.map(who => `Rights of ${quoteName(who)} in Gen 1 could not be read as a whole.`),
      ...rights2.unproven.map(who => `Rights of ${quoteName(who)} in Gen 2 could not be read as a whole.`),
    ],
  };
}

const unreadStacks = (stacks: readonly StackView[]): string[] =>
  stacks
    .filter(({ facts, isCut }) => facts.template === undefined || isCut)
    .map(({ name, facts, isCut }) =>
      isCut
        ? `The template of ${quoteName(name)} is too large to be compared.`
        : `${quoteName(name)}: ${facts.unread ?? 'no template was read.'}`,
    );

const leftOver = ({ halfFailed }: MigrationSigns): Finding[] =>
  halfFailed.map(({ name, status }) => ({
    area: 'left over',
    change: 'left over',
    subject: name,
    gen2: status,
  }));

/** What is absent from stacks that were not all read may be in those that were not. */
const certain = (findings: readonly Finding[], gen1: Generation, gen2: Generation) =>
  findings.filter(({ change }) =>
    change === 'wider' ? gen1.isWhole : change === 'missing' || change === 'narrower' ? gen2.isWhole : true,
  );

/** Where the branches were not read, the stacks show that there is a Gen 2 backend. */
function withBackend(stage: Stage, hasStacks: boolean): Stage {
  if (!hasStacks) return stage;
  return stage === 'locked' ? 'deployed' : stage === 'none' ? 'beside' : stage;
}

/** @param branch the name of a Gen 2 branch of the app, or the label of a backend elsewhere */
export function verifyMigration(facts: MigrationFacts, branch: string): Verification {
  const signs = signsOf(facts);
  const [gen1, gen2] = [generation(viewStacks(facts.gen1)), generation(stacksOfBranch(facts, branch))];
  const [gen1Root, gen2Root] = [facts.gen1, gen2.stacks.map(stack => stack.facts)].map(rootOf);
  const data: DataComparison = compareData(gen1, gen2, facts.holding.length > 0);
  const moved = { hasMoved: data.hasMoved, isRetained: isRetained(facts.gen1) };
  const access = compareRights(gen1, gen2);
  const auth = compareAuth(gen1.stacks, gen2.stacks);
  const findings = [
    ...data.findings,
    ...certain([...access.findings, ...auth.findings, ...compareApis(gen1.stacks, gen2.stacks)], gen1, gen2),
    ...leftOver(signs),
  ];
  const unproven = [
    ...(gen1.stacks.length === 0 ? ['No stack of the Gen 1 environment was read.'] : []),
    ...(gen2.stacks.length === 0 ? [`No stack of the branch ${quoteName(branch)} was read.`] : []),
    ...unreadStacks(gen1.stacks),
    ...unreadStacks(gen2.stacks),
    ...facts.unread,
    ...data.models
      .filter(({ state }) => state === 'unknown')
      .map(({ model }) => `The table of the model ${quoteName(model)} is not known on both sides.`),
    ...data.holdings
      .filter(({ owner }) => owner === 'not found')
      .map(({ kind, name }) => `No stack that was read owns the ${kind} ${quoteName(name)}.`),
    ...access.unproven,
    ...auth.unproven,
  ];
  return {
    verdict: findings.length > 0 ? 'differs' : unproven.length > 0 ? 'unproven' : 'same',
    findings,
    models: data.models,
    holdings: data.holdings,
    ...moved,
    stage: withBackend(stageOf(signs, facts.environment, moved), gen2.stacks.length > 0),
    isBlind: [gen1, gen2].some(({ stacks }) => stacks.every(stack => stack.facts.template === undefined)),
    ...(gen1Root && { gen1Root: gen1Root.name }),
    ...(gen2Root && { gen2Root: gen2Root.name }),
    signs,
    unproven: [...new Set(unproven)],
    notSeen,
  };
}
