/**
 * Proves, from the templates, parameters and outputs of both generations, whether a Gen 2 branch has the data and gives the
 * rights that its Gen 1 environment had.
 */
import { quoteName } from '../lib/quote.ts';
import { compareApis } from './api-modes.ts';
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
import { holdingsIn } from './holdings.ts';
import { compareRights } from './rights.ts';
import { gen2Branches, type MigrationSigns, signsOf } from './signs.ts';
import { type StackView, viewStacks } from './stack-view.ts';
import { type MigrationFacts, rootOf } from './stacks.ts';
import { isRetained, type Stage, stageOf } from './stage.ts';

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
  "What is in tables, pools and buckets; tables' keys, indexes and time to live.",
  "The schema's own rules (@auth) and resolvers' code.",
  "Functions' code and settings, and their rights on anything but tables, buckets and the API.",
  "On which resources of other services people have rights; permissions boundaries; buckets' other settings.",
  'Secrets of social providers, texts of e-mails and SMS, how SMS are sent; of a pool that has moved, what the CLI does not ask for.',
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
  // If the branches were not read, the root stack's name shows its branch: `amplify-<app id>-<branch>-branch-<hash>`.
  const start = `amplify-${facts.appId}-${branch.replace(/[^a-zA-Z0-9]/g, '')}-branch-`;
  const isOfBranch = (root: string) =>
    linked === undefined && facts.branches === undefined ? root.startsWith(start) : root === linked;
  return all.filter(stack => isOfBranch(rootNameOf(stack, byName)));
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

/** Longer texts of templates are cut: lists of names in a finding. */
const LONGEST = 1_000;
const cut = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)} ...` : text);
const bounded = (findings: readonly Finding[]): Finding[] =>
  findings.map(({ gen1, gen2, ...finding }) => ({
    ...finding,
    subject: cut(finding.subject),
    ...(gen1 !== undefined && { gen1: cut(gen1) }),
    ...(gen2 !== undefined && { gen2: cut(gen2) }),
  }));

/** Drops findings that a stack that was not read could refute: what seems to be missing may be in that stack. */
const withoutRefutable = (findings: readonly Finding[], gen1: Generation, gen2: Generation) =>
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
  const access = compareRights(gen1, gen2, {
    ...{ environment: facts.environment, branch, hasMoved: data.hasMoved },
  });
  const auth = compareAuth(gen1.stacks, gen2.stacks);
  const findings = bounded([
    ...data.findings,
    ...withoutRefutable(
      [...access.findings, ...auth.findings, ...compareApis(gen1.stacks, gen2.stacks)],
      gen1,
      gen2,
    ),
    ...leftOver(signs),
  ]);
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
