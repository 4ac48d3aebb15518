/**
 * The signs that AWS's tool (`amplify gen2-migration`) leaves in the cloud. Names by
 * `packages/amplify-cli/src/commands/gen2-migration` of aws-amplify/amplify-cli (`lock.ts`, `_common/validations.ts`).
 */
import { memberOf, textOf } from '../lib/json.ts';
import { quoteName, quoteNames } from '../lib/quote.ts';
import { type Gen2Elsewhere, type HoldingStack, type MigrationFacts, rootOf } from './stacks.ts';

/** The app's variable that `lock` sets to the environment that is migrated. */
export const migrationVariable = 'GEN2_MIGRATION_ENVIRONMENT_NAME';

export type SignKind = 'variable' | 'lock' | 'branch' | 'holding';

/** One sign. */
export interface MigrationSign {
  readonly kind: SignKind;
  /** `app` where it does not show which of the app's environments it concerns. */
  readonly concerns: 'environment' | 'app';
  /** A sentence; foreign names in it are quoted. */
  readonly text: string;
}

/** A branch of the app that deploys a Gen 2 backend. */
export interface Gen2Branch {
  readonly name: string;
  /** The ARN of its root stack. */
  readonly stackArn: string;
  /** Its name, as the ARN spells it. */
  readonly stackName: string;
}

/** What the signs say. */
export interface MigrationSigns {
  /** Empty where there is no sign. */
  readonly signs: readonly MigrationSign[];
  /** Whether the root stack's policy refuses updates; undefined where the policy was not read. */
  readonly locked: boolean | undefined;
  /** The environment that the app's variable names; undefined where it names none, or was not read. */
  readonly migrating: string | undefined;
  readonly branches: readonly Gen2Branch[];
  /** Gen 2 backends of other apps that use what the environment has; absent where they were not looked for. */
  readonly elsewhere?: readonly Gen2Elsewhere[];
  readonly holding: readonly HoldingStack[];
  /** Holding stacks in a state that AWS's tool does not leave by itself: `REVIEW_IN_PROGRESS`, a failure. */
  readonly halfFailed: readonly HoldingStack[];
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const includesAny = (value: unknown, wanted: readonly string[]) =>
  listOf(value).some(item => typeof item === 'string' && wanted.includes(item));

/** Whether a stack policy refuses every update, as `lock` sets it. It does not refuse the stack's deletion. */
export function refusesUpdates(policy: unknown): boolean {
  return listOf(memberOf(policy, 'Statement')).some(
    statement =>
      memberOf(statement, 'Effect') === 'Deny' &&
      includesAny(memberOf(statement, 'Action'), ['Update:*', '*']) &&
      includesAny(memberOf(statement, 'Resource'), ['*']) &&
      memberOf(statement, 'Condition') === undefined,
  );
}

/** The app's branches that deploy a Gen 2 backend. */
export function gen2Branches({ branches = [] }: Pick<MigrationFacts, 'branches'>): Gen2Branch[] {
  return branches.flatMap(({ name, backendStackArn }) => {
    const stackArn = textOf(backendStackArn);
    return stackArn ? [{ name, stackArn, stackName: stackArn.split('/')[1] ?? stackArn }] : [];
  });
}

const isHalfFailed = ({ status }: HoldingStack) =>
  status === 'REVIEW_IN_PROGRESS' || /FAILED|ROLLBACK/.test(status);

/** One sign, if anything was found. */
const signIfAny = <Item>(found: readonly Item[], make: (found: readonly Item[]) => MigrationSign) =>
  found.length > 0 ? [make(found)] : [];

/** Reads the signs. Facts without whole stacks suffice: the root's policy, the app, its branches, the holding stacks. */
export function signsOf(facts: MigrationFacts): MigrationSigns {
  const { environment, holding, elsewhere } = facts;
  const root = rootOf(facts.gen1);
  const locked = root?.policy === undefined ? undefined : refusesUpdates(root.policy);
  const migrating = textOf(memberOf(facts.appVariables, migrationVariable));
  const branches = gen2Branches(facts);
  const signs: MigrationSign[] = [
    ...signIfAny(migrating === environment ? [environment] : [], () => ({
      kind: 'variable',
      concerns: 'environment',
      text: `The app's variable ${migrationVariable} names this environment.`,
    })),
    ...signIfAny(migrating !== undefined && migrating !== environment ? [migrating] : [], ([other = '']) => ({
      kind: 'variable',
      concerns: 'app',
      text: `The app's variable ${migrationVariable} names the environment ${quoteName(other)}.`,
    })),
    ...signIfAny(root && locked ? [root] : [], ([stack]) => ({
      kind: 'lock',
      concerns: 'environment',
      text: `The policy of the root stack ${quoteName(stack?.name ?? '')} refuses updates: the environment is locked.`,
    })),
    ...signIfAny(branches, found => ({
      kind: 'branch',
      concerns: 'app',
      text: `The app has Gen 2 branches: ${quoteNames(found.map(({ name }) => name))}.`,
    })),
    ...signIfAny(holding, found => ({
      kind: 'holding',
      concerns: 'app',
      text: `Holding stacks of the refactoring exist: ${found
        .slice(0, 10)
        .map(({ name, status }) => `${quoteName(name)} (${quoteName(status)})`)
        .join(', ')}${found.length > 10 ? `, and ${found.length - 10} more` : ''}.`,
    })),
  ];
  return {
    ...{ signs, locked, migrating, branches, holding, halfFailed: holding.filter(isHalfFailed) },
    ...(elsewhere && { elsewhere }),
  };
}
