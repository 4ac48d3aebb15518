/** Reads the facts of an environment's migration to Gen 2 for a tool. */
import { type MigrationScope, migrationReadActions } from '../../call/migration-reads.ts';
import type { MigrationFacts } from '../../migration/index.ts';
import type { ToolContext } from '../define.ts';

/** IAM actions of `readMigration`, besides those of `get_backend`. */
export const migrationToolActions = [
  ...migrationReadActions,
  ...['amplify:ListApps', 'amplify:ListBackendEnvironments'],
];

/** The environment that is read. */
export interface MigrationSubject {
  readonly appId: string;
  readonly environment: string;
  readonly target: string | undefined;
}

/**
 * Reads the signs of a migration or, if `whole`, the stacks of both generations too.
 * @throws ServerError not_found
 */
export const readMigration = (
  { readMigrationFacts, signal }: ToolContext,
  { appId, environment, target }: MigrationSubject,
  scope: Pick<MigrationScope, 'whole' | 'branch' | 'elsewhere' | 'kept'>,
): Promise<MigrationFacts> =>
  readMigrationFacts({ appId, backendEnvironmentName: environment, target }, { ...scope, signal });
