/** Where a Gen 1 environment stands on its way to Gen 2, by the signs that an inventory can read. Pure. */
import type { Branch } from '../../aws/amplify.ts';
import type { Json } from '../../lib/json.ts';
import {
  gen2Branches,
  type HoldingStack,
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
  /** The target's stacks whose names end with `-holding`: what a refactoring has replaced. */
  readonly holding: readonly HoldingStack[] | undefined;
}

/** The policy of the environment's root stack: `null` where there is none, undefined where it could not be read. */
export type StackPolicy = Json | null | undefined;

/** The holding stacks of an app's Gen 2 backends, whose names go on the names of their stacks. */
function holdingOf({ appId, branches, holding = [] }: AppSigns): HoldingStack[] {
  const stems = [appId, ...gen2Branches(branches ? { branches } : {}).map(({ stackName }) => stackName)];
  return holding.filter(({ name }) =>
    stems.some(stem => name.startsWith(`${stem}-`) || name.startsWith(`amplify-${stem}-`)),
  );
}

function factsOf(app: AppSigns, name: string, policy: StackPolicy): MigrationFacts {
  const { appId, migrating, branches } = app;
  const variables = migrating ? { [migrationVariable]: migrating } : {};
  return {
    ...{ appId, environment: name },
    ...(migrating !== undefined && { appVariables: variables }),
    ...(branches && { branches }),
    gen1: [{ name: 'root', parameters: {}, outputs: {}, ...(policy !== undefined && { policy }) }],
    ...{ gen2: [], holding: holdingOf(app), unread: [] },
  };
}

function stateOf({ locked, migrating, branches, holding, halfFailed }: MigrationSigns, name: string) {
  if (locked !== true && migrating !== name) return branches.length > 0 ? 'beside' : 'none';
  if (halfFailed.length > 0) return 'failed';
  if (holding.length > 0) return 'refactored';
  return branches.length > 0 ? 'deployed' : 'locked';
}

export function migrationStateOf(app: AppSigns, name: string, policy: StackPolicy): MigrationState {
  const signs = signsOf(factsOf(app, name, policy));
  const state = stateOf(signs, name);
  const isUnread = app.branches === undefined || app.migrating === undefined || signs.locked === undefined;
  return state === 'none' && isUnread ? 'unknown' : state;
}
