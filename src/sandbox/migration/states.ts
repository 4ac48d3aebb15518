/**
 * How far a migration by AWS's tool (`amplify gen2-migration`) has come, as the cloud shows it. Steps and names by
 * "Migrate an existing Gen 1 Environment" of docs.amplify.aws.
 */

/** The states, in the order in which a migration passes them; the last one is a refactoring that stopped half-way. */
export const migrationStates = [
  'not-begun',
  'locked',
  'generated',
  'deployed-adopted',
  'deployed-new',
  'refactored',
  'retained',
  'half-failed',
] as const;

/**
 * `not-begun`: no sign. `locked`: variable and stack policy. `generated`: the same, since `generate` writes files only.
 * `deployed-adopted`: a Gen 2 branch that imports the model tables. `deployed-new`: one that has new, empty tables.
 * `refactored`: pools and buckets are in the Gen 2 stacks. `retained`: every resource of Gen 1 has the policy Retain.
 * `half-failed`: the refactoring moved auth and stopped at storage.
 */
export type MigrationState = (typeof migrationStates)[number];

/** What a state consists of. */
export interface MigrationParts {
  readonly isLocked: boolean;
  /** How Gen 2 has its model tables; absent where no Gen 2 branch is deployed. */
  readonly tables?: 'adopted' | 'new';
  /** The categories whose stateful resources are in the Gen 2 stacks. */
  readonly moved: readonly ('auth' | 'storage')[];
  /** The status of each category's holding stack. */
  readonly holding: Readonly<Partial<Record<'auth' | 'storage', string>>>;
  readonly isRetained: boolean;
}

const nothing: MigrationParts = { isLocked: false, moved: [], holding: {}, isRetained: false };
const locked: MigrationParts = { ...nothing, isLocked: true };
const refactored: MigrationParts = {
  ...locked,
  tables: 'adopted',
  moved: ['auth', 'storage'],
  holding: { auth: 'CREATE_COMPLETE', storage: 'CREATE_COMPLETE' },
};

export const partsOf: Readonly<Record<MigrationState, MigrationParts>> = {
  'not-begun': nothing,
  locked,
  generated: locked,
  'deployed-adopted': { ...locked, tables: 'adopted' },
  'deployed-new': { ...locked, tables: 'new' },
  refactored,
  retained: { ...refactored, holding: {}, isRetained: true },
  'half-failed': {
    ...refactored,
    moved: ['auth'],
    holding: { auth: 'CREATE_COMPLETE', storage: 'REVIEW_IN_PROGRESS' },
  },
};
