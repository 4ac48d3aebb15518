/**
 * What a write takes with it, by name: of a deletion the resources with their buckets, tables and user pools; of an
 * update or an import what it would destroy. Read from AWS before a person is asked, and once more before the write
 * goes out.
 */
import {
  canDestroy,
  type Loss,
  lossesOfImport,
  lossesOfUpdate,
  readTableNames,
} from '../environment/losses.ts';
import { asRegistered } from '../errors.ts';
import type { Operation } from '../operations/define.ts';

/** A resource and the things of AWS's that it owns. */
export interface GoingResource {
  readonly resource: string;
  readonly service: string;
  /** Names of buckets, tables, user pools, functions; empty where none is known. */
  readonly holds: readonly string[];
  /** How many more it holds, where a plan shows only the first. */
  readonly more?: number;
  /** Set where the thing behind it was imported: it stays. */
  readonly imported?: true;
  /** Why it goes, or what could not be read of it. */
  readonly why?: string;
}

/** What goes, by environment. */
export type Inventory = Readonly<Record<string, readonly GoingResource[]>>;

/** Calls a read tool; its answer under the REST API's names. */
export type Read = (
  toolName: string,
  args: Record<string, unknown>,
) => Promise<Readonly<Record<string, unknown>>>;

type Json = Readonly<Record<string, unknown>>;

/** Outputs of amplify-meta that name a thing which holds data or users. */
const holding = [
  'UserPoolId',
  'IdentityPoolId',
  'BucketName',
  'HostingBucketName',
  'GraphQLAPIIdOutput',
  'Name',
];

/** Which category an operation deletes; whole environments lose all of them. */
const categoryOf: Readonly<Record<string, string>> = {
  delete_backend_auth: 'auth',
  delete_backend_api: 'api',
  delete_backend_storage: 'storage',
};

/** What an update changes: its category, and the read that tells its settings. */
const updated: Readonly<Record<string, { readonly category: string; readonly read: string }>> = {
  update_backend_api: { category: 'api', read: 'get_backend_api' },
  update_backend_auth: { category: 'auth', read: 'get_backend_auth' },
  update_backend_storage: { category: 'storage', read: 'get_backend_storage' },
};

/** What an import can take the place of. */
const replaced: Readonly<Record<string, { readonly category: string; readonly service: string }>> = {
  import_backend_auth: { category: 'auth', service: 'Cognito' },
  import_backend_storage: { category: 'storage', service: 'S3' },
};

const GRAPHQL = 'AppSync';

const isObject = (value: unknown): value is Json => value !== null && typeof value === 'object';
const objectOf = (value: unknown): Json => (isObject(value) ? value : {});

/** A resource as the meta tells it. */
interface Listed {
  readonly category: string;
  readonly name: string;
  readonly service: string;
  readonly isImported: boolean;
  readonly outputs: Json;
  readonly holds: readonly string[];
}

function listedIn(meta: unknown): Listed[] {
  const { providers: _, ...categories } = objectOf(meta);
  return Object.entries(categories).flatMap(([category, resources]) =>
    Object.entries(objectOf(resources)).map(([name, facts]) => {
      const { service, serviceType, output } = objectOf(facts);
      const outputs = objectOf(output);
      return {
        ...{ category, name, service: typeof service === 'string' ? service : 'unknown', outputs },
        isImported: serviceType === 'imported',
        holds: holding.flatMap(key => (typeof outputs[key] === 'string' ? [String(outputs[key])] : [])),
      };
    }),
  );
}

/** As AWS names a table: by what it is for, the API's id and the environment. */
const tableName = (name: string, { outputs }: Listed, environment: string) =>
  `${name}-${typeof outputs.GraphQLAPIIdOutput === 'string' ? outputs.GraphQLAPIIdOutput : '*'}-${environment}`;

/** The tables behind an API; or why they cannot be named. An API that cannot be read is no reason to keep it. */
async function tablesOf(read: Read, appId: string, environment: string, api: Listed) {
  try {
    const { resourceConfig } = await read('get_backend_api', {
      ...{ appId, backendEnvironmentName: environment, resourceName: api.name },
    });
    const names = await readTableNames(objectOf(resourceConfig));
    if ('value' in names) return { holds: names.value.map(name => tableName(name, api, environment)) };
    return { holds: [], why: `its schema ${names.unreadable}: its tables are not named here` };
  } catch (thrown) {
    const { code } = asRegistered(thrown);
    if (code === 'cancelled') throw thrown;
    return { holds: [], why: `its schema could not be read (${code}): its tables are not named here` };
  }
}

async function goingOf(
  read: Read,
  appId: string,
  environment: string,
  listed: Listed,
): Promise<GoingResource> {
  const { category, name, service, holds, isImported } = listed;
  const tables = service === GRAPHQL ? await tablesOf(read, appId, environment, listed) : { holds: [] };
  return {
    resource: `${category}/${name}`,
    service,
    holds: [...holds, ...tables.holds],
    ...(isImported && { imported: true as const }),
    ...('why' in tables && { why: tables.why }),
  };
}

/** The stack and its bucket, which go with a whole environment. */
function stackIn(meta: unknown): GoingResource[] {
  const { StackName, DeploymentBucketName } = objectOf(objectOf(objectOf(meta).providers).awscloudformation);
  if (typeof StackName !== 'string') return [];
  const bucket = typeof DeploymentBucketName === 'string' ? [DeploymentBucketName] : [];
  return [{ resource: 'stack', service: 'CloudFormation', holds: [StackName, ...bucket] }];
}

const readMeta = async (read: Read, appId: string, environment: string) =>
  (await read('get_backend', { appId, backendEnvironmentName: environment })).amplifyMetaConfig;

/** What a deletion takes of one environment. @param resourceName the one of its category, where it names one */
async function deletedFrom(
  read: Read,
  appId: string,
  environment: string,
  { category, resourceName }: { readonly category?: string | undefined; readonly resourceName?: unknown },
): Promise<GoingResource[]> {
  const meta = await readMeta(read, appId, environment);
  const all = listedIn(meta).filter(one => category === undefined || one.category === category);
  const named = all.filter(({ name }) => name === resourceName);
  const going: GoingResource[] = [];
  // One that the meta does not name may be any of its category.
  for (const listed of named.length > 0 ? named : all)
    going.push(await goingOf(read, appId, environment, listed));
  return category === undefined ? [...going, ...stackIn(meta)] : going;
}

/** What a deletion would take; undefined where it takes no resource. @throws RegisteredError */
export async function takeInventory(
  read: Read,
  { toolName, access }: Operation,
  args: Json,
  environments: readonly string[] | undefined,
): Promise<Inventory | undefined> {
  const category = categoryOf[toolName];
  const isOfOne = category !== undefined || toolName === 'delete_backend';
  const names = environments ?? (isOfOne ? [String(args.backendEnvironmentName)] : undefined);
  if (access !== 'delete' || !names) return undefined;
  const { resourceName } = args;
  const inventory: Record<string, readonly GoingResource[]> = {};
  for (const name of names)
    inventory[name] = await deletedFrom(read, String(args.appId), name, { category, resourceName });
  return inventory;
}

/** Settings as a read tells them; undefined where AWS knows none, and why where nobody can tell. */
export type SettingsRead = { readonly value: Json | undefined } | { readonly unread: string };

/** Failures that say nothing of what is there and that the write would meet as well. */
const isPassing = ({ retryable, code }: ReturnType<typeof asRegistered>) =>
  retryable || code === 'cancelled' || code.startsWith('credentials_') || code === 'region_missing';

/** Reads what is there. @throws RegisteredError where the same call can work later */
export async function readSettings(read: () => Promise<Json>): Promise<SettingsRead> {
  try {
    return { value: await read() };
  } catch (thrown) {
    const failure = asRegistered(thrown);
    if (failure.code === 'not_found') return { value: undefined };
    if (isPassing(failure)) throw failure;
    return { unread: failure.code };
  }
}

const toGoing = (
  listed: Pick<Listed, 'category' | 'name' | 'service'>,
  { holds, why }: Loss,
): GoingResource => ({
  ...{ resource: `${listed.category}/${listed.name}`, service: listed.service, holds, why },
});

async function lossesOfChange(read: Read, toolName: string, args: Json): Promise<GoingResource[]> {
  const change = updated[toolName];
  if (!change || !canDestroy(toolName, args)) return [];
  const { appId, backendEnvironmentName, resourceName } = args;
  const place = { appId, backendEnvironmentName, resourceName };
  const settings = await readSettings(() => read(change.read, place));
  if ('value' in settings && settings.value === undefined) return [];
  const before = 'value' in settings ? objectOf(settings.value?.resourceConfig) : undefined;
  const losses = await lossesOfUpdate(toolName, before, args);
  if (losses.length === 0) return [];
  const environment = String(backendEnvironmentName);
  const meta = await readSettings(async () => ({ meta: await readMeta(read, String(appId), environment) }));
  const all = 'value' in meta ? listedIn(meta.value?.meta) : [];
  const listed = all.find(({ category, name }) => category === change.category && name === resourceName) ?? {
    ...{ category: change.category, name: String(resourceName), service: 'unknown', isImported: false },
    ...{ outputs: {}, holds: [] },
  };
  const name = (held: string) => (change.category === 'api' ? tableName(held, listed, environment) : held);
  return losses.map(loss => toGoing(listed, { ...loss, holds: loss.holds.map(name) }));
}

async function lossesByImport(read: Read, toolName: string, args: Json): Promise<GoingResource[]> {
  const place = replaced[toolName];
  if (!place) return [];
  const { appId, backendEnvironmentName } = args;
  const environment = String(backendEnvironmentName);
  const meta = await readSettings(async () => ({ meta: await readMeta(read, String(appId), environment) }));
  if ('unread' in meta) {
    const why = `what is there could not be read (${meta.unread}): it may be replaced`;
    return [{ resource: place.category, service: place.service, holds: [], why }];
  }
  const own = listedIn(meta.value?.meta).filter(
    ({ category, service }) => category === place.category && service === place.service,
  );
  return lossesOfImport(own).map(({ name, ...loss }) => toGoing({ ...place, name }, loss));
}

/** What an update or an import would destroy; undefined where that is nothing. @throws RegisteredError */
export async function takeLosses(
  read: Read,
  { toolName }: Operation,
  args: Json,
): Promise<Inventory | undefined> {
  const going = [
    ...(await lossesOfChange(read, toolName, args)),
    ...(await lossesByImport(read, toolName, args)),
  ];
  return going.length > 0 ? { [String(args.backendEnvironmentName)]: going } : undefined;
}
