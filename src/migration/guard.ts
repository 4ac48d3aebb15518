/**
 * Whether a write may go on while an environment is on its way to Gen 2. Model tables never move: a Gen 2 backend uses them
 * by name, and they go with the Gen 1 stack. Words of the steps by "Migrate an existing Gen 1 Environment" of aws-amplify/docs
 * (`migrate-to-gen2/migrate-existing-app/index.mdx`).
 */
import { quoteName, quoteNames } from '../lib/quote.ts';
import { type Gen2Use, usedByGen2 } from './gen2-uses.ts';
import { type MigrationSigns, signsOf } from './signs.ts';
import { type MigrationFacts, rootOf } from './stacks.ts';
import { isRetained } from './stage.ts';

/** What a write does to an environment's stacks: it deletes some of them, or it deploys to them. */
export type StackEffect = 'deletes' | 'pushes';

/** What was found. */
export interface GuardFinding {
  /** Whether the environment or its app has a sign of a migration. */
  readonly hasSigns: boolean;
  /** Set where the write must not be sent. */
  readonly refusal?: { readonly message: string; readonly hint: string };
  /** What a person should know, a sentence each. */
  readonly warnings: readonly string[];
  /** What could not be looked at, one sentence; absent where all was. */
  readonly unseen?: string;
}

/** How many names of one kind a text lists. */
const MOST_NAMES = 60;

const GUIDE = 'https://docs.amplify.aws/react/start/migrate-to-gen2/migrate-existing-app/';

const fates: readonly (readonly [fate: Gen2Use['withGen1Stack'], words: string])[] = [
  ['deleted', 'CloudFormation would delete with the Gen 1 stacks'],
  ['unknown', 'it is unknown whether CloudFormation would retain'],
  ['retained', 'CloudFormation would retain'],
  ['not owned', 'the Gen 1 stacks no longer own'],
];

const kinds = ['table', 'user pool', 'identity pool', 'bucket', 'stream'] as const;

/** The things of one fate, kind by kind: `the tables "A" and "B", the bucket "C"`. */
function thingsText(uses: readonly Gen2Use[]): string {
  return kinds
    .flatMap(kind => {
      const names = uses.filter(use => use.kind === kind).map(({ name }) => name);
      if (names.length === 0) return [];
      return [`the ${kind}${names.length > 1 ? 's' : ''} ${quoteNames(names, MOST_NAMES)}`];
    })
    .join(', ');
}

/** What Gen 2 uses, with what CloudFormation would do to it. */
function usesText(uses: readonly Gen2Use[]): string {
  return fates
    .flatMap(([fate, words]) => {
      const these = uses.filter(({ withGen1Stack }) => withGen1Stack === fate);
      return these.length > 0 ? [`${words} ${thingsText(these)}`] : [];
    })
    .join('; ');
}

/** A word that a shell takes as it stands, or a placeholder: AWS and callers choose names. */
const shellWord = (name: string, placeholder: string) =>
  /^[A-Za-z0-9][\w./-]{0,127}$/.test(name) ? name : `<${placeholder}>`;

/** The step of AWS's migration that comes next, with its command. */
function nextStep(facts: MigrationFacts, signs: MigrationSigns, uses: readonly Gen2Use[]): string {
  const [branch] = signs.branches;
  const stack = branch ? shellWord(branch.stackName, 'gen2-root-stack-name') : '<gen2-root-stack-name>';
  const hasMoved = uses.some(({ how }) => how === 'moved');
  if (signs.halfFailed.length > 0)
    return `the refactoring stopped half-way (${quoteNames(signs.halfFailed.map(({ name, status }) => `${name} is ${status}`))}). Roll it back: amplify gen2-migration refactor --to ${stack} --rollback`;
  if (hasMoved && signs.holding.length === 0 && isRetained(facts.gen1)) {
    const root = shellWord(rootOf(facts.gen1)?.name ?? '', 'gen1-root-stack-name');
    return `when no user or application accesses Gen 1 any longer, a person deletes the Gen 1 root CloudFormation stack: aws cloudformation delete-stack --stack-name ${root}`;
  }
  if (hasMoved)
    return 'Post-Refactor: uncomment postRefactor() in ./amplify/backend.ts and deploy the Gen 2 branch; then Decommission Gen 1: amplify gen2-migration retain';
  if (uses.length > 0)
    return `Functional Tests, then Refactor: amplify gen2-migration refactor --to ${stack}`;
  if (branch)
    return `Post-Generate: set branchName to ${quoteName(branch.name)} in ./amplify/data/resource.ts, which makes Gen 2 reuse the tables, and deploy. To give the migration up: amplify gen2-migration lock --rollback`;
  return 'Generate: amplify gen2-migration generate. To give the migration up: amplify gen2-migration lock --rollback';
}

const hintOf = (next: string, more: string) =>
  `AWS's next step: ${next} (${GUIDE}). ${more} Show this to the person.`;

function refuseDeletion(
  facts: MigrationFacts,
  signs: MigrationSigns,
  uses: readonly Gen2Use[],
): GuardFinding['refusal'] {
  const own = signs.signs.filter(({ concerns }) => concerns === 'environment').map(({ text }) => text);
  if (uses.length === 0 && own.length === 0) return undefined;
  const name = quoteName(facts.environment);
  const branches = [...new Set(uses.flatMap(({ branch }) => branch ?? []))];
  const by = branches.length > 0 ? `Gen 2 (${quoteNames(branches)})` : 'Gen 2';
  const used = uses.length > 0 ? [`${by} uses what it has: ${usesText(uses)}.`] : [];
  const isOver = uses.some(({ how }) => how === 'moved') && isRetained(facts.gen1);
  const warning = isOver
    ? ''
    : 'AWS: do not run amplify env remove, and do not delete the Gen 1 stacks directly. ';
  return {
    message: [
      `Environment ${name} is on its way to Gen 2.`,
      ...used,
      ...own,
      'Nothing was sent to AWS.',
    ].join(' '),
    hint: hintOf(
      nextStep(facts, signs, uses),
      `${warning}Only a person can let deletions through, by the server's setting allowMigrated; no argument does.`,
    ),
  };
}

function refusePush(
  facts: MigrationFacts,
  signs: MigrationSigns,
  uses: readonly Gen2Use[],
): GuardFinding['refusal'] {
  const name = quoteName(facts.environment);
  const moved = uses.filter(({ how }) => how === 'moved');
  if (!signs.locked && moved.length === 0) return undefined;
  const why = [
    ...(signs.locked
      ? ['The stack policy of its root refuses updates, so AWS would refuse this change.']
      : []),
    ...(moved.length > 0
      ? [`Gen 2 stacks own ${thingsText(moved)} by now: a push could cause resource conflicts.`]
      : []),
  ];
  const undo =
    moved.length > 0
      ? 'Do not roll the lock back while the refactoring is in place: change the Gen 2 code instead.'
      : 'To change Gen 1 first, a person unlocks it: amplify gen2-migration lock --rollback';
  return {
    message: `Environment ${name} is on its way to Gen 2. ${why.join(' ')} Nothing was sent to AWS.`,
    hint: hintOf(nextStep(facts, signs, uses), undo),
  };
}

/**
 * Judges a write. @param facts with the stacks of both generations where there is a sign
 * @param destroys whether a push is known to destroy data: it is judged as a deletion too
 */
export function guardOf(
  facts: MigrationFacts,
  effect: StackEffect,
  { allowMigrated, destroys = false }: { readonly allowMigrated: boolean; readonly destroys?: boolean },
): GuardFinding {
  const signs = signsOf(facts);
  const uses = usedByGen2(facts).filter(
    // Without its owner, the name of a table tells its environment: `<model>-<api id>-<environment>`.
    ({ how, kind, name }) =>
      how !== 'owner unknown' || kind !== 'table' || name.endsWith(`-${facts.environment}`),
  );
  const deletion = effect === 'deletes' || destroys ? refuseDeletion(facts, signs, uses) : undefined;
  const push = effect === 'pushes' ? refusePush(facts, signs, uses) : undefined;
  const refusal = push ?? (allowMigrated ? undefined : deletion);
  const used = uses.length > 0 ? [`Gen 2 uses what this environment has: ${usesText(uses)}.`] : [];
  const notes = [
    ...used,
    ...signs.signs.map(({ text }) => text),
    ...(deletion && allowMigrated ? ['The setting allowMigrated lets this deletion through.'] : []),
  ];
  return {
    hasSigns: signs.signs.length > 0,
    ...(refusal && { refusal }),
    warnings: refusal ? [] : notes,
    ...(facts.unread.length > 0 && {
      unseen: `Whether a Gen 2 app uses ${facts.environment === '' ? 'any environment of the app' : `environment ${quoteName(facts.environment)}`} is not fully known. ${facts.unread.join(' ')}`,
    }),
  };
}
