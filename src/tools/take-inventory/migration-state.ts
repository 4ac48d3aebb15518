/** Where a Gen 1 environment stands on its way to Gen 2, by the signs that an inventory can read. Pure. */
import type { Branch } from '../../aws/amplify.ts';
import type { Stack } from '../../aws/stacks.ts';
import {
  type Gen2Branch,
  gen2Branches,
  type MigrationFacts,
  type MigrationSigns,
  migrationVariable,
  signsOf,
} from '../../migration/index.ts';

/**
 * `locked`: AWS's tool has locked it. `deployed`: and the app has a Gen 2 backend. `refactored`: and pools or buckets were
 * moved to it. `failed`: a refactoring has stopped half way. `beside`: no sign of its own, but the app has a Gen 2 backend.
 */
export const migrationStates = [
  'none',
  'locked',
  'deployed',
  'refactored',
  'failed',
  'beside',
  'unknown',
] as const;
export type MigrationState = (typeof migrationStates)[number];

/** What was read of an app. Undefined is what could not be read. */
export interface AppSigns {
  readonly appId: string;
  /** What the app's variable names; `null` where it is not set. */
  readonly migrating: string | null | undefined;
  readonly branches: readonly Branch[] | undefined;
  /** All stacks of the target, by their names and ARNs. */
  readonly stacks: ReadonlyMap<string, Stack> | undefined;
}

/** What was read of one of its environments: the policy of its root stack; `null` for a stack without one. */
export type EnvironmentSigns = Pick<MigrationFacts['gen1'][number], 'policy'>;

/** The stacks in which the refactoring of Gen 2 branches keeps what it replaced. */
const holdingOf = (branches: readonly Gen2Branch[], stacks: AppSigns['stacks']) =>
  branches.flatMap(({ stackName }) => {
    const stack = stacks?.get(`${stackName}-holding`);
    return stack ? [{ name: stack.name, status: stack.status }] : [];
  });

function factsOf(
  { appId, migrating, branches, stacks }: AppSigns,
  name: string,
  own: EnvironmentSigns,
): MigrationFacts {
  const named = gen2Branches({ ...(branches && { branches }) });
  const variables = migrating ? { [migrationVariable]: migrating } : {};
  return {
    ...{ appId, environment: name },
    ...(migrating !== undefined && { appVariables: variables }),
    ...(branches && { branches }),
    gen1: [{ name: 'root', parameters: {}, outputs: {}, ...own }],
    ...{ gen2: [], holding: holdingOf(named, stacks), unread: [] },
  };
}

function stateOf({ locked, migrating, branches, holding, halfFailed }: MigrationSigns, name: string) {
  if (locked !== true && migrating !== name) return branches.length > 0 ? 'beside' : 'none';
  if (halfFailed.length > 0) return 'failed';
  if (holding.length > 0) return 'refactored';
  return branches.length > 0 ? 'deployed' : 'locked';
}

export function migrationStateOf(app: AppSigns, name: string, own: EnvironmentSigns): MigrationState {
  const signs = signsOf(factsOf(app, name, own));
  const state = stateOf(signs, name);
  const isUnread = app.branches === undefined || app.migrating === undefined;
  return state === 'none' && isUnread ? 'unknown' : state;
}
