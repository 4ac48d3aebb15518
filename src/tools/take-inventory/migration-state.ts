/** The migration stage of a Gen 1 environment, by the signs that an inventory can read. Pure. */
import type { Branch } from '../../aws/amplify.ts';
import type { Json } from '../../lib/json.ts';
import {
  gen2Branches,
  type HoldingStack,
  type MigrationFacts,
  type Moved,
  migrationVariable,
  signsOf,
  stageOf,
  stages,
} from '../../migration/index.ts';

export const migrationStates = [...stages, 'unknown'] as const;
export type MigrationState = (typeof migrationStates)[number];

/** What was read of an app. A member that could not be read is undefined. */
export interface AppSigns {
  readonly appId: string;
  /** The environment that the app's migration variable names; `null` where the variable is not set. */
  readonly migrating: string | null | undefined;
  readonly branches: readonly Branch[] | undefined;
  /** The target's stacks whose names end with `-holding`: what a refactoring has replaced. */
  readonly holding: readonly HoldingStack[] | undefined;
}

/** The policy of the environment's root stack: `null` where there is none, undefined where it could not be read. */
export type StackPolicy = Json | null | undefined;

/** The holding stacks of an app's Gen 2 backends: their names begin with the app's id or the name of the backend's stack. */
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

/** @param moved what is known beyond the signs */
export function migrationStateOf(
  app: AppSigns,
  name: string,
  policy: StackPolicy,
  moved?: Moved,
): MigrationState {
  const signs = signsOf(factsOf(app, name, policy));
  const state = stageOf(signs, name, moved);
  const isUnread = app.branches === undefined || app.migrating === undefined || signs.locked === undefined;
  return state === 'none' && isUnread ? 'unknown' : state;
}
