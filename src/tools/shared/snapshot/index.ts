/**
 * A snapshot: all settings of an environment in one document that people keep under version control. It is sorted, a
 * schema is split into lines, and secrets are withheld, so that two snapshots differ only by what changed.
 */
import { z } from 'zod';
import { requireSubjectFailure } from '../../../call/read-environment.ts';
import type { EnvironmentRef } from '../../../jobs/job.ts';
import { isObject, type Json, textOf } from '../../../lib/json.ts';
import { anyDocument, texts } from '../output.ts';
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
  /** The ids of an imported resource; absent for one that Amplify created. */
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
  /** AWS's word on whether the generated models match that schema. */
  readonly models?: string;
  readonly functions: readonly string[];
  readonly hosting: readonly string[];
  /** Resources for which the API only gives the names. */
  readonly others: readonly OtherResource[];
  readonly featureFlags?: Json;
  /** Where a secret was withheld. */
  readonly withheld: readonly string[];
  /** What could not be read, a sentence each. */
  readonly notes?: readonly string[];
}

/** A value with its members and list items in a fixed order, because AWS documents none. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(sorted).map(item => ({ item, text: JSON.stringify(item) }));
    return items.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)).map(({ item }) => item);
  }
  if (!isObject(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map(name => [name, sorted(value[name])]));
}

/** The arguments of an import, by the meta's names of the ids. */
export const importIds: Readonly<Record<string, string>> = {
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

/** The imported resources, and the others whose settings are known. */
const withSettings = (found: FoundEnvironment): Managed =>
  Object.fromEntries(
    categories.flatMap(category => {
      const resource = found[category];
      return resource && resource.whyUnknown === undefined ? [[category, resource]] : [];
    }),
  );

/** The resources whose settings are unknown: they are listed by name, and not as resources without settings. */
const withoutSettings = (found: FoundEnvironment): OtherResource[] =>
  categories.flatMap(category => {
    const { resourceName, whyUnknown } = found[category] ?? {};
    return resourceName === undefined || whyUnknown === undefined ? [] : [{ category, resourceName }];
  });

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

const resourceShape = {
  resourceName: z.string().describe('Resource name'),
  imported: z.record(z.string(), z.string()).optional().describe('Ids of an imported resource'),
  resourceConfig: anyDocument.describe("Its settings, as AWS's API has them"),
} satisfies Record<keyof SnapshotResource, z.ZodType>;
const resource = z.strictObject(resourceShape);

/** The document as an answer carries it. One that comes back as an argument is checked more strictly: `document.ts`. */
export const snapshotSchema = z
  .strictObject({
    format: z.literal(SNAPSHOT_FORMAT).describe(SNAPSHOT_FORMAT),
    version: z.literal(SNAPSHOT_VERSION).describe('Version of the format'),
    exportedAt: z.string().describe('ISO 8601'),
    app: z
      .strictObject({
        appId: z.string().describe('App id'),
        appName: z.string().optional().describe('App name'),
      })
      .describe('The app'),
    environment: z.string().describe('Environment'),
    region: z.string().optional().describe('AWS region'),
    auth: resource.optional().describe('Auth'),
    api: z
      .strictObject({ ...resourceShape, schema: texts.optional().describe('Lines of the GraphQL schema') })
      .optional()
      .describe('GraphQL API'),
    storage: resource.optional().describe('File storage'),
    models: z.string().optional().describe("AWS's word on the generated models"),
    functions: texts.describe('Names of functions'),
    hosting: texts.describe('Names of hosting resources'),
    others: z
      .array(
        z.strictObject({
          category: z.string().describe('Category'),
          resourceName: z.string().describe('Resource name'),
          service: z.string().optional().describe('AWS service'),
        }),
      )
      .describe('Further resources, by name only'),
    featureFlags: anyDocument.optional().describe('Feature flags'),
    withheld: texts.describe('Paths of values that are withheld'),
    notes: texts.optional().describe('What could not be read'),
  } satisfies Record<keyof Snapshot, z.ZodType>)
  .describe('The document');

/** AWS's word on the generated models of an API; undefined where AWS does not say. @throws ServerError */
async function modelsOf(
  read: ReadEnvironmentTool,
  ref: EnvironmentRef,
  { resourceName, isImported, whyUnknown }: FoundResource,
): Promise<string | undefined> {
  if (isImported || whyUnknown !== undefined) return undefined;
  try {
    const { status } = await read('get_backend_api_models', { ...ref, resourceName });
    return textOf(status);
  } catch (thrown) {
    requireSubjectFailure(thrown);
    return undefined;
  }
}

/** Reads an environment as a snapshot. @throws ServerError not_found where there is none */
export async function takeSnapshot(read: ReadEnvironmentTool, ref: EnvironmentRef): Promise<Snapshot> {
  const found = await readEnvironment(read, ref);
  const models = found.api && (await modelsOf(read, ref, found.api));
  return toSnapshot(ref, found, { exportedAt: new Date().toISOString(), models });
}
