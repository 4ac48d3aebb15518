/**
 * What holds the data of a GraphQL API. No output names it: tables are named after the schema's models
 * (`amplify-graphql-transformer-core/src/transformer-context/resource-helper.ts`), DataStore has a table of its own
 * under conflict resolution, and a searchable model has a search domain, whose name CloudFormation generates.
 */
import { objectOf, textOf } from '../lib/json.ts';
import { createThing, type HeldThing } from './held-things.ts';
import type { Resource } from './resources.ts';
import type { SettingsReading } from './settings.ts';

/** Old CLIs had no names of environments and wrote this one. The names of its tables end with the API's id. */
const NO_NAME = 'NONE';

/** DataStore keeps changes in this table of the API. */
export const SYNC_TABLE = 'AmplifyDataStore';

/** AWS's name of the table of a model. */
export const tableNameOf = (model: string, apiId: string, environment: string): string =>
  environment === NO_NAME ? `${model}-${apiId}` : `${model}-${apiId}-${environment}`;

/** Whether the settings of an API turn conflict detection on, which DataStore needs. */
export const detectsConflicts = (settings: SettingsReading | undefined): boolean => {
  const { conflictResolution } = settings?.state === 'read' ? settings.config : {};
  const strategy = textOf(objectOf(conflictResolution).resolutionStrategy);
  return strategy !== undefined && strategy !== 'NONE';
};

const whyNotRead = (settings: SettingsReading | undefined) =>
  settings?.state === 'unavailable' ? `its schema was not read: ${settings.why}` : 'its schema was not read';

async function tablesOf(
  schema: string,
  apiId: string,
  environment: string,
): Promise<{ readonly holds: readonly HeldThing[]; readonly unknown?: string }> {
  // The parser is large, and loaded by the first schema that is read.
  const { readSchemaData } = await import('./schema-data.ts');
  const data = await readSchemaData(schema);
  if ('unreadable' in data) return { holds: [], unknown: `its schema ${data.unreadable}` };
  const { tables, isSearched, sqlEngine } = data.value;
  const unknown = sqlEngine && `its models are in a database of ${sqlEngine}, not in tables of its own`;
  return {
    holds: [
      ...[...tables.keys()].map(name =>
        createThing('table', { name: tableNameOf(name, apiId, environment) }),
      ),
      ...(isSearched ? [createThing('search domain', {})] : []),
    ],
    ...(unknown !== undefined && { unknown }),
  };
}

/** Adds the tables of its API to a resource. Anything but a deployed GraphQL API is returned unchanged. */
export async function withTables(
  resource: Resource,
  environment: string,
  schema: string | undefined,
  settings: SettingsReading | undefined,
): Promise<Resource> {
  const apiId = textOf(resource.outputs.GraphQLAPIIdOutput);
  if (resource.service !== 'AppSync' || apiId === undefined) return resource;
  const sync = detectsConflicts(settings)
    ? [createThing('table', { name: tableNameOf(SYNC_TABLE, apiId, environment) })]
    : [];
  const { holds, unknown } =
    schema === undefined
      ? { holds: [], unknown: whyNotRead(settings) }
      : await tablesOf(schema, apiId, environment);
  return {
    ...resource,
    holds: [...resource.holds, ...holds, ...sync],
    ...(unknown !== undefined && { tablesUnknown: unknown }),
  };
}
