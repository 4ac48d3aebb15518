/**
 * A snapshot: what the API knows of an environment as one document that is kept under version control. Sorted
 * throughout, a schema by its lines, and without secrets, so that two of them differ by what changed alone.
 */
import { requireSubjectFailure } from '../../call/read-environment.ts';
import type { EnvironmentRef } from '../../jobs/job.ts';
import { isObject, type Json, textOf as wordOf } from '../../lib/json.ts';
import {
  type Category,
  categories,
  type FoundEnvironment,
  type FoundResource,
  type OtherResource,
  type ReadEnvironmentTool,
  readEnvironment,
} from './read.ts';
import { withheldIn, withholdSecrets } from './secrets.ts';

export const SNAPSHOT_FORMAT = 'amplify-backend-snapshot';
export const SNAPSHOT_VERSION = 1;

/** A resource in a snapshot; the settings are AWS's, as the operation that creates it takes them. */
export interface SnapshotResource {
  readonly resourceName: string;
  /** The ids of what was imported: present where the resource is not Amplify's own. */
  readonly imported?: Readonly<Record<string, string>>;
  readonly resourceConfig: Json;
}

/** The document, version 1. */
export interface Snapshot {
  readonly format: typeof SNAPSHOT_FORMAT;
  readonly version: typeof SNAPSHOT_VERSION;
  /** ISO 8601. */
  readonly exportedAt: string;
  readonly app: { readonly appId: string; readonly appName?: string };
  readonly environment: string;
  /** Absent where the environment was only registered. */
  readonly region?: string;
  readonly auth?: SnapshotResource;
  /** `schema`: the GraphQL schema (`transformSchema`), line by line. */
  readonly api?: SnapshotResource & { readonly schema?: readonly string[] };
  readonly storage?: SnapshotResource;
  /** Whether the generated models are of that schema: AWS's word. */
  readonly models?: string;
  readonly functions: readonly string[];
  readonly hosting: readonly string[];
  /** Resources of which the API tells no more than that they are there. */
  readonly others: readonly OtherResource[];
  readonly featureFlags?: Json;
  /** Where a secret was withheld. */
  readonly withheld: readonly string[];
  /** What could not be read, a sentence each. */
  readonly notes?: readonly string[];
}

const textOf = (value: unknown) => JSON.stringify(value);

/** The same, whatever order AWS gave it: it promises none. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(sorted).map(item => ({ item, text: textOf(item) }));
    return items.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)).map(({ item }) => item);
  }
  if (!isObject(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map(name => [name, sorted(value[name])]));
}

/** What the import of such a resource is called with, by the meta's names. */
const importIds: Readonly<Record<string, string>> = {
  UserPoolId: 'userPoolId',
  IdentityPoolId: 'identityPoolId',
  AppClientIDWeb: 'webClientId',
  AppClientID: 'nativeClientId',
  BucketName: 'bucketName',
};

function resourceOf({ resourceName, isImported, outputs, resourceConfig }: FoundResource): SnapshotResource {
  const ids = Object.entries(importIds).flatMap(([output, name]) =>
    typeof outputs[output] === 'string' ? [[name, outputs[output]] as const] : [],
  );
  return {
    resourceName,
    ...(isImported && { imported: Object.fromEntries(ids.sort()) }),
    resourceConfig: sorted(withholdSecrets(resourceConfig)) as Json,
  };
}

function apiOf(found: FoundResource): NonNullable<Snapshot['api']> {
  const { resourceConfig, ...rest } = resourceOf(found);
  const { transformSchema, ...config } = resourceConfig;
  const schema = typeof transformSchema === 'string' ? transformSchema.split('\n') : undefined;
  return { ...rest, resourceConfig: config, ...(schema && { schema }) };
}

type Managed = Pick<FoundEnvironment, Category>;

/** Those of which the settings are known, or which are somebody else's. */
const withSettings = (found: FoundEnvironment): Managed =>
  Object.fromEntries(
    categories.flatMap(category => {
      const resource = found[category];
      return resource && resource.whyUnknown === undefined ? [[category, resource]] : [];
    }),
  );

/** Those of which no more is known than that they are there: settings that are not known are no settings. */
const withoutSettings = (found: FoundEnvironment): OtherResource[] =>
  categories.flatMap(category => {
    const { resourceName, whyUnknown } = found[category] ?? {};
    return resourceName === undefined || whyUnknown === undefined ? [] : [{ category, resourceName }];
  });

/** The document of an environment that was read. */
export function toSnapshot(
  { appId, backendEnvironmentName: environment }: EnvironmentRef,
  found: FoundEnvironment,
  { exportedAt, models }: { exportedAt: string; models?: string | undefined },
): Snapshot {
  const { appName, region, featureFlags, notes } = found;
  const { auth, api, storage } = withSettings(found);
  const others = [...found.others, ...withoutSettings(found)];
  const namesOf = (wanted: string) =>
    others.flatMap(({ category, resourceName }) => (category === wanted ? [resourceName] : [])).sort();
  const document = {
    format: SNAPSHOT_FORMAT,
    version: SNAPSHOT_VERSION,
    exportedAt,
    app: { appId, ...(appName !== undefined && { appName }) },
    environment,
    ...(region !== undefined && { region }),
    ...(auth && { auth: resourceOf(auth) }),
    ...(api && { api: apiOf(api) }),
    ...(storage && { storage: resourceOf(storage) }),
    ...(models !== undefined && { models }),
    functions: namesOf('function'),
    hosting: namesOf('hosting'),
    others: sorted(
      others.filter(({ category }) => category !== 'function' && category !== 'hosting'),
    ) as OtherResource[],
    ...(featureFlags && { featureFlags: sorted(featureFlags) as Json }),
  } as const;
  return { ...document, withheld: withheldIn(document), ...(notes.length > 0 && { notes }) };
}

/** AWS's word on the generated models of an API; undefined where it does not tell. @throws RegisteredError */
async function modelsOf(
  read: ReadEnvironmentTool,
  place: EnvironmentRef,
  { resourceName, isImported, whyUnknown }: FoundResource,
): Promise<string | undefined> {
  if (isImported || whyUnknown !== undefined) return undefined;
  try {
    const { answer } = await read('get_backend_api_models', { ...place, resourceName });
    return wordOf(answer.status);
  } catch (thrown) {
    requireSubjectFailure(thrown);
    return undefined;
  }
}

/** Reads an environment and makes its document. @throws RegisteredError not_found where there is none */
export async function takeSnapshot(read: ReadEnvironmentTool, place: EnvironmentRef): Promise<Snapshot> {
  const found = await readEnvironment(read, place);
  const models = found.api && (await modelsOf(read, place, found.api));
  return toSnapshot(place, found, { exportedAt: new Date().toISOString(), models });
}
