/**
 * Whether a write may be sent while an environment is on its way to Gen 2. Model tables never move: a Gen 2 backend uses them
 * by name, and they are deleted with the Gen 1 stack. The names of the steps come from "Migrate an existing Gen 1 Environment"
 * of aws-amplify/docs (`migrate-to-gen2/migrate-existing-app/index.mdx`).
 */
import { quoteName, quoteNames } from '../lib/quote.ts';
import { isSandboxStack } from './backends.ts';
import { type Gen2Use, usedByGen2 } from './gen2-uses.ts';
import { shellWord } from './next-step.ts';
import { type MigrationSigns, signsOf } from './signs.ts';
import { type MigrationFacts, rootOf } from './stacks.ts';
import { isRetained, stageOf } from './stage.ts';

/** What a write does to an environment's stacks: it deletes some of them, deploys to them, or creates those of a new one. */
export type StackEffect = 'deletes' | 'pushes' | 'creates';

/** What was found. */
export interface GuardFinding {
  /** Whether the environment or its app has a sign of a migration. */
  readonly hasSigns: boolean;
  /** Set where the write must not be sent. */
  readonly refusal?: { readonly message: string; readonly hint: string };
  /** Set for a push that may change what a Gen 2 app uses: a person confirms it, as a deletion. */
  readonly mustAsk?: true;
  /** What a person should know, a sentence each. */
  readonly warnings: readonly string[];
  /** What could not be checked, one sentence; absent where everything was. */
  readonly unseen?: string;
}

/** A write, as far as the guard needs to know it. */
export interface GuardedWrite {
  readonly effect: StackEffect;
  /** Whether a push is known to destroy data: it is judged as a deletion too. */
  readonly destroys?: boolean;
  /** Whether it deletes this thing; absent where it deletes everything that the environment has. */
  readonly deletes?: ((use: Gen2Use) => boolean) | undefined;
  /** The setting by which a person lets deletions through. */
  readonly allowMigrated: boolean;
  /** Whether a person can be asked before it: not where the setting `confirm` is `never`. */
  readonly canAsk: boolean;
}

/** How many names of one kind a text lists. */
const MOST_NAMES = 60;

const GUIDE = 'https://docs.amplify.aws/react/start/migrate-to-gen2/migrate-existing-app/';

const deletionOutcomes: readonly (readonly [outcome: Gen2Use['withGen1Stack'], words: string])[] = [
  ['deleted', 'CloudFormation would delete with the Gen 1 stacks'],
  ['unknown', 'it is unknown whether CloudFormation would retain'],
  ['retained', 'CloudFormation would retain'],
  ['not owned', 'the Gen 1 stacks no longer own'],
];

const kinds = ['table', 'user pool', 'identity pool', 'bucket', 'stream'] as const;

/** The things, kind by kind: `the tables "A" and "B", the bucket "C"`. */
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
  return deletionOutcomes
    .flatMap(([outcome, words]) => {
      const these = uses.filter(({ withGen1Stack }) => withGen1Stack === outcome);
      return these.length > 0 ? [`${words} ${thingsText(these)}`] : [];
    })
    .join('; ');
}

/** What Gen 2 uses, by number: `2 tables, 1 bucket`. */
const countsText = (uses: readonly Gen2Use[]): string =>
  kinds
    .flatMap(kind => {
      const count = uses.filter(use => use.kind === kind).length;
      return count > 0 ? [`${count} ${kind}${count > 1 ? 's' : ''}`] : [];
    })
    .join(', ');

/** The Gen 2 backends that use these, by their branches. */
function gen2Text(uses: readonly Gen2Use[]): string {
  const branches = [...new Set(uses.flatMap(({ branch }) => branch ?? []))];
  return branches.length > 0 ? `Gen 2 (${quoteNames(branches)})` : 'Gen 2';
}

/** What Gen 2 uses: the names of what the write itself deletes, and counts of the rest. */
function usedText(uses: readonly Gen2Use[], deletes: GuardedWrite['deletes']): string[] {
  if (uses.length === 0) return [];
  const by = gen2Text(uses);
  if (!deletes) return [`${by} uses what it has: ${usesText(uses)}.`];
  const [own, rest] = [uses.filter(deletes), uses.filter(use => !deletes(use))];
  const more = `${countsText(rest)} of the environment; verify_migration names them.`;
  if (own.length === 0) return [`Gen 2 is not known to use what this call deletes, but ${by} uses ${more}`];
  return [
    `This call would delete what ${by} uses: ${usesText(own)}.`,
    ...(rest.length > 0 ? [`Gen 2 also uses ${more}`] : []),
  ];
}

/** Where the environment stands, in the words of `stageOf`. */
const standsText = (facts: MigrationFacts, signs: MigrationSigns): string => {
  const name = quoteName(facts.environment);
  return ['none', 'beside'].includes(stageOf(signs, facts.environment))
    ? `Environment ${name} is not locked for a migration, but a Gen 2 backend${facts.elsewhere?.length ? ' of another app' : ''} uses what it has.`
    : `Environment ${name} is on its way to Gen 2.`;
};

/** The step of AWS's migration that comes next, with its command. */
function nextStep(facts: MigrationFacts, signs: MigrationSigns, uses: readonly Gen2Use[]): string {
  const [branch] = signs.branches;
  const backend =
    branch ?? facts.elsewhere?.find(({ isHidden, stackName }) => !isHidden && !isSandboxStack(stackName));
  const stack = backend ? shellWord(backend.stackName, 'gen2-root-stack-name') : '<gen2-root-stack-name>';
  const hasMoved = uses.some(({ how }) => how === 'moved');
  if (signs.halfFailed.length > 0)
    return `the refactoring stopped half-way (${quoteNames(signs.halfFailed.map(({ name, status }) => `${name} is ${status}`))}). Roll it back: amplify gen2-migration refactor --to ${stack} --rollback`;
  if (hasMoved && signs.holding.length === 0 && isRetained(facts.gen1)) {
    const root = shellWord(rootOf(facts.gen1)?.name ?? '', 'gen1-root-stack-name');
    return `when verify_migration shows every table as retained, and no user or application accesses Gen 1 any longer, a person deletes the Gen 1 root CloudFormation stack: aws cloudformation delete-stack --stack-name ${root}`;
  }
  if (hasMoved)
    return 'Post-Refactor: uncomment postRefactor() in ./amplify/backend.ts and deploy the Gen 2 branch; then Decommission Gen 1: amplify gen2-migration retain';
  if (
    backend === undefined &&
    uses.some(({ usedByStack, branch = '' }) => [usedByStack, branch].some(isSandboxStack))
  )
    return 'what uses it is a personal sandbox (npx ampx sandbox), which is no target of a refactoring: deploy a Gen 2 branch first';
  if (uses.length > 0)
    return `${signs.locked === false ? 'Lock (amplify gen2-migration lock), then ' : ''}Functional Tests, then Refactor: amplify gen2-migration refactor --to ${stack}`;
  if (branch)
    return `Post-Generate: set branchName to ${quoteName(branch.name)} in ./amplify/data/resource.ts, which makes Gen 2 reuse the tables, and deploy`;
  return 'Generate: amplify gen2-migration generate. To give the migration up: amplify gen2-migration lock --rollback';
}

const hintOf = (next: string, more: string) =>
  `AWS's next step: ${next} (${GUIDE}). ${more} Show this to the person.`;

const HOW_TO_ALLOW =
  "Only a person can let it through, by the server's setting allowMigrated; no argument does.";

function refuseDeletion(
  facts: MigrationFacts,
  signs: MigrationSigns,
  uses: readonly Gen2Use[],
  deletes: GuardedWrite['deletes'],
): GuardFinding['refusal'] {
  const own = signs.signs.filter(({ concerns }) => concerns === 'environment').map(({ text }) => text);
  if (uses.length === 0 && own.length === 0) return undefined;
  const isOver = uses.some(({ how }) => how === 'moved') && isRetained(facts.gen1);
  const warning = isOver
    ? ''
    : 'AWS: do not run amplify env remove, and do not delete the Gen 1 stacks directly. ';
  return {
    message: [
      ...(deletes ? [...usedText(uses, deletes), standsText(facts, signs)] : []),
      ...(deletes ? [] : [standsText(facts, signs), ...usedText(uses, undefined)]),
      ...own,
      'Nothing was sent to AWS.',
    ].join(' '),
    hint: hintOf(nextStep(facts, signs, uses), `${warning}${HOW_TO_ALLOW}`),
  };
}

/** The refusal where signs could not be read and the setting confirm is never, so that no person can be asked. */
const refuseUnchecked = (unseen: string): GuardFinding['refusal'] => ({
  message: `${unseen} The setting confirm is never, so nobody can be asked. Nothing was sent to AWS.`,
  hint: `Give the server's identity the IAM actions that the message names (amplify-backend-mcp iam-policy prints all), or start the server with confirm: destructive, so that a person is asked. ${HOW_TO_ALLOW}`,
});

/** What a push may do to a Gen 2 app that uses the environment. */
function pushText(facts: MigrationFacts, uses: readonly Gen2Use[]): string {
  const name = quoteName(facts.environment);
  if (uses.length === 0)
    return `There are signs of Gen 2, and whether a Gen 2 backend uses what environment ${name} has is not fully known: AWS deploys this change to all Gen 1 stacks of the environment.`;
  return `${gen2Text(uses)} uses ${thingsText(uses)} of environment ${name}. AWS deploys this change to the Gen 1 stacks: what it changes of these (keys, indexes, streams, triggers, rights) changes under the Gen 2 app too, which does not know of it.`;
}

const refuseUnconfirmedPush = (text: string): GuardFinding['refusal'] => ({
  message: `${text} The setting confirm is never, so nobody can be asked. Nothing was sent to AWS.`,
  hint: `Change the Gen 2 code instead, or start the server with confirm: destructive, so that a person is asked. ${HOW_TO_ALLOW} Show this to the person.`,
});

function refusePush(
  facts: MigrationFacts,
  signs: MigrationSigns,
  uses: readonly Gen2Use[],
): GuardFinding['refusal'] {
  const moved = uses.filter(({ how }) => how === 'moved');
  if (!signs.locked && moved.length === 0) return undefined;
  const why = [
    ...(signs.locked
      ? ['The stack policy of its root refuses updates, so AWS would refuse this change.']
      : []),
    ...(moved.length > 0
      ? [`${gen2Text(moved)} owns ${thingsText(moved)} by now: a push could cause resource conflicts.`]
      : []),
  ];
  const undo =
    moved.length > 0
      ? 'Do not roll the lock back while the refactoring is in place: change the Gen 2 code instead.'
      : 'To change Gen 1 first, a person unlocks it: amplify gen2-migration lock --rollback';
  return {
    message: `${standsText(facts, signs)} ${why.join(' ')} Nothing was sent to AWS.`,
    hint: hintOf(nextStep(facts, signs, uses), undo),
  };
}

/** Whether a push may change what a Gen 2 app uses. */
const mayAffectGen2 = (
  { environment, unread, elsewhere = [] }: MigrationFacts,
  { branches, migrating }: MigrationSigns,
  uses: readonly Gen2Use[],
) =>
  uses.length > 0 ||
  (unread.length > 0 && (branches.length + elsewhere.length > 0 || migrating === environment));

const unseenText = ({ environment, unread }: MigrationFacts): string | undefined =>
  unread.length === 0
    ? undefined
    : `Whether a Gen 2 app uses ${environment === '' ? 'any environment of the app' : `environment ${quoteName(environment)}`} is not fully known. ${unread.join(' ')}`;

/** Judges a write. @param facts with the stacks of both generations where there is a sign */
export function guardOf(facts: MigrationFacts, write: GuardedWrite): GuardFinding {
  const { effect, destroys = false, deletes, allowMigrated, canAsk } = write;
  const signs = signsOf(facts);
  const uses = usedByGen2(facts).filter(
    // If the owner of a table is unknown, its name shows the environment: `<model>-<api id>-<environment>`.
    ({ how, kind, name }) =>
      how !== 'owner unknown' || kind !== 'table' || name.endsWith(`-${facts.environment}`),
  );
  const unseen = unseenText(facts);
  const isDeletion = effect === 'deletes' || destroys;
  const pushWarning =
    effect === 'pushes' && mayAffectGen2(facts, signs, uses) ? pushText(facts, uses) : undefined;
  const pushRefusal = effect === 'pushes' ? refusePush(facts, signs, uses) : undefined;
  // Only the strongest reason is reported. AWS itself refuses a push to a locked environment, so no setting lets it through.
  const refusable =
    (isDeletion ? refuseDeletion(facts, signs, uses, deletes) : undefined) ??
    (isDeletion && !canAsk && unseen !== undefined ? refuseUnchecked(unseen) : undefined) ??
    (pushWarning !== undefined && !canAsk ? refuseUnconfirmedPush(pushWarning) : undefined);
  const refusal = pushRefusal ?? (allowMigrated ? undefined : refusable);
  const used =
    pushWarning ?? (uses.length > 0 ? `Gen 2 uses what this environment has: ${usesText(uses)}.` : '');
  const notes = [
    ...(used === '' ? [] : [used]),
    ...signs.signs.map(({ text }) => text),
    ...(refusable && allowMigrated ? ['The setting allowMigrated lets this through.'] : []),
  ];
  return {
    hasSigns: signs.signs.length > 0,
    ...(refusal ? { refusal } : pushWarning !== undefined && { mustAsk: true as const }),
    warnings: refusal ? [] : notes,
    ...(unseen !== undefined && { unseen }),
  };
}
