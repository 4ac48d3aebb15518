/**
 * What a write would destroy in an environment, from its present and its requested state: tables that a new schema no
 * longer has, a pool that is dropped, a bucket that becomes unreachable. Pure; the policy decides what follows.
 */
import { type Json, objectOf } from '../lib/json.ts';
import { quoteName } from '../lib/quote.ts';
import { SYNC_TABLE } from './api-tables.ts';
import type { SchemaReading } from './schema.ts';
import type { SchemaData, SchemaTable } from './schema-data.ts';

/** Something that is destroyed, or may be. */
export interface Loss {
  /** Names of what holds the data, as far as the settings show them. For tables: the prefix of AWS's names. */
  readonly holds: readonly string[];
  /** Why it is destroyed, as a clause to follow its names: `their types are not in the new schema`. */
  readonly why: string;
}

/**
 * What an update would destroy.
 * @param before the present settings, as the category's read tool answers them; undefined where they could not be read:
 *   then everything that the update could destroy counts
 */
export async function lossesOfUpdate(
  toolName: string,
  before: Json | undefined,
  { resourceConfig }: Json,
): Promise<Loss[]> {
  const after = objectOf(resourceConfig);
  if (toolName === 'update_backend_api') return lossesOfApi(before, after);
  if (toolName === 'update_backend_auth') return lossesOfAuth(before, after);
  return toolName === 'update_backend_storage' ? lossesOfStorage(before, after) : [];
}

/** Whether an update can destroy anything at all: otherwise the present state is not read. */
export function canDestroy(toolName: string, { resourceConfig }: Json): boolean {
  const { transformSchema, conflictResolution, authResources, permissions } = objectOf(resourceConfig);
  switch (toolName) {
    case 'update_backend_api':
      return transformSchema !== undefined || conflictResolution !== undefined;
    case 'update_backend_auth':
      return authResources === WITHOUT_IDENTITIES;
    case 'update_backend_storage':
      return !grants(objectOf(permissions).authenticated);
    default:
      return false;
  }
}

const WITHOUT_IDENTITIES = 'USER_POOL_ONLY';

const grants = (permissions: unknown) => Array.isArray(permissions) && permissions.length > 0;

const syncs = ({ conflictResolution }: Json): boolean => {
  const strategy = objectOf(conflictResolution).resolutionStrategy;
  return strategy !== undefined && strategy !== 'NONE';
};

async function readData(schema: unknown): Promise<SchemaReading<SchemaData>> {
  if (typeof schema !== 'string') return { unreadable: 'is not shown' };
  // The parser is large, and loaded by the first schema that is read.
  const { readSchemaData } = await import('./schema-data.ts');
  return readSchemaData(schema);
}

async function lossesOfApi(before: Json | undefined, after: Json): Promise<Loss[]> {
  const { transformSchema, conflictResolution } = after;
  const endsSync =
    conflictResolution !== undefined && !syncs(after) && (before === undefined || syncs(before));
  const ofSchema =
    transformSchema === undefined || transformSchema === before?.transformSchema
      ? []
      : lossesOfSchema(await readData(before?.transformSchema), await readData(transformSchema));
  return [
    ...ofSchema,
    ...(endsSync
      ? [
          {
            holds: [SYNC_TABLE],
            why: 'conflict resolution is turned off, which deletes what DataStore keeps',
          },
        ]
      : []),
  ];
}

function lossesOfSchema(present: SchemaReading<SchemaData>, wanted: SchemaReading<SchemaData>): Loss[] {
  if ('unreadable' in present)
    return [{ holds: [], why: `the present schema ${present.unreadable}: any of its tables may be lost` }];
  if ('unreadable' in wanted)
    return [
      {
        holds: [...present.value.tables.keys()],
        why: `the new schema ${wanted.unreadable}: any of these may be lost`,
      },
    ];
  const [before, after] = [present.value, wanted.value];
  const gone = [...before.tables.keys()].filter(name => !after.tables.has(name));
  return [
    ...(gone.length > 0 ? [{ holds: gone, why: 'no longer in the new schema' }] : []),
    ...changed(before, after, 'key', 'the primary key changes, which replaces the table'),
    ...changed(
      before,
      after,
      'localIndexes',
      'an index on the same partition key changes, which may replace the table',
    ),
    ...(before.isSearched && !after.isSearched
      ? [{ holds: [], why: 'no type is searchable any longer, so the search domain is deleted' }]
      : []),
  ];
}

/** The tables for which a property differs. */
function changed(before: SchemaData, after: SchemaData, what: keyof SchemaTable, why: string): Loss[] {
  return [...before.tables].flatMap(([name, table]) => {
    const newTable = after.tables.get(name);
    const isOther = (of: keyof SchemaTable) =>
      newTable !== undefined && table[of].shape !== newTable[of].shape;
    // A table that is lost by its key loses its indexes too.
    if (!newTable || !isOther(what) || (what !== 'key' && isOther('key'))) return [];
    const [from, to] = [table[what], newTable[what]].map(({ text }) => quoteName(text || 'none'));
    return [{ holds: [name], why: `${why}: ${from} → ${to}` }];
  });
}

function lossesOfAuth(before: Json | undefined, { authResources }: Json): Loss[] {
  if (authResources !== WITHOUT_IDENTITIES || before?.authResources === WITHOUT_IDENTITIES) return [];
  const { identityPoolName } = objectOf(before?.identityPoolConfigs);
  const names = typeof identityPoolName === 'string' ? [identityPoolName] : [];
  return [
    {
      holds: names,
      why: 'the identity pool is deleted, and with it the AWS identities of all users and guests',
    },
  ];
}

/** An update keeps permissions that it does not name. */
function lossesOfStorage(before: Json | undefined, { permissions }: Json): Loss[] {
  const [present, wanted] = [objectOf(before?.permissions), objectOf(permissions)];
  const willGrant = grants(wanted.authenticated) || grants(wanted.unAuthenticated ?? present.unAuthenticated);
  const mayGrant =
    before?.permissions === undefined || grants(present.authenticated) || grants(present.unAuthenticated);
  const { bucketName } = before ?? {};
  return mayGrant && !willGrant
    ? [
        {
          holds: typeof bucketName === 'string' ? [bucketName] : [],
          why: 'no user can reach the files any longer: all permissions on them are removed, the files themselves stay',
        },
      ]
    : [];
}

/** A resource, by an environment's meta. */
export interface OwnResource {
  readonly name: string;
  readonly isImported: boolean;
  /** Names of its pools or bucket. */
  readonly holds: readonly string[];
}

/** The resources that an import replaces: those of the category that the environment created itself. */
export function lossesOfImport(resources: readonly OwnResource[]): (Loss & { readonly name: string })[] {
  return resources
    .filter(({ isImported }) => !isImported)
    .map(({ name, holds }) => ({
      ...{ name, holds },
      why: 'the import replaces it, and AWS does not document whether it is kept',
    }));
}
