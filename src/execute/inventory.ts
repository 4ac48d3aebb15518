/**
 * What a deletion takes with it, by name: resources with their buckets, tables and user pools. Read from AWS before a
 * person is asked, and once more before the deletion goes out.
 */
import { readTableNames } from '../environment/losses.ts';
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
  /** Why it goes, or what could not be found out of it and why. */
  readonly note?: string;
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

const GRAPHQL = 'AppSync';

const isObject = (value: unknown): value is Json => value !== null && typeof value === 'object';
export const objectOf = (value: unknown): Json => (isObject(value) ? value : {});

/** A resource as the meta tells it. */
export interface Listed {
  readonly category: string;
  readonly name: string;
  readonly service: string;
  readonly isImported: boolean;
  readonly outputs: Json;
  readonly holds: readonly string[];
}

export function listedIn(meta: unknown): Listed[] {
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
export const tableName = (name: string, { outputs }: Listed, environment: string) =>
  `${name}-${typeof outputs.GraphQLAPIIdOutput === 'string' ? outputs.GraphQLAPIIdOutput : '*'}-${environment}`;

const notListed = (why: string) => ({
  holds: [],
  note: `its tables could not be listed because the schema ${why}`,
});

/** The tables behind an API; or why they cannot be listed. An API that cannot be read is no reason to keep it. */
async function tablesOf(
  read: Read,
  appId: string,
  environment: string,
  api: Listed,
): Promise<Pick<GoingResource, 'holds' | 'note'>> {
  try {
    const { resourceConfig } = await read('get_backend_api', {
      ...{ appId, backendEnvironmentName: environment, resourceName: api.name },
    });
    const names = await readTableNames(objectOf(resourceConfig));
    if ('value' in names) return { holds: names.value.map(name => tableName(name, api, environment)) };
    return notListed(names.unreadable);
  } catch (thrown) {
    const { code } = asRegistered(thrown);
    if (code === 'cancelled') throw thrown;
    return notListed(`could not be read (${code})`);
  }
}

async function goingOf(
  read: Read,
  appId: string,
  environment: string,
  listed: Listed,
): Promise<GoingResource> {
  const { category, name, service, holds, isImported } = listed;
  const { holds: tables, note } =
    service === GRAPHQL ? await tablesOf(read, appId, environment, listed) : { holds: [] };
  return {
    resource: `${category}/${name}`,
    service,
    holds: [...holds, ...tables],
    ...(isImported && { imported: true as const }),
    ...(note !== undefined && { note }),
  };
}

/** The stack and its bucket, which go with a whole environment. */
function stackIn(meta: unknown): GoingResource[] {
  const { StackName, DeploymentBucketName } = objectOf(objectOf(objectOf(meta).providers).awscloudformation);
  if (typeof StackName !== 'string') return [];
  const bucket = typeof DeploymentBucketName === 'string' ? [DeploymentBucketName] : [];
  return [{ resource: 'stack', service: 'CloudFormation', holds: [StackName, ...bucket] }];
}

export const readMeta = async (read: Read, appId: string, environment: string) =>
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
