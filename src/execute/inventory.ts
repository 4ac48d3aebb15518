/**
 * What a deletion takes with it, by name: resources with their buckets, tables and user pools. Read from AWS
 * before a person is asked, and once more before the deletion goes out.
 */
import type { Operation } from '../operations/define.ts';

/** A resource and the things of AWS's that it owns. */
export interface GoingResource {
  readonly resource: string;
  readonly service: string;
  /** Names of buckets, tables, user pools, functions; empty where none is known. */
  readonly holds: readonly string[];
  /** What could not be found out of it, and why. */
  readonly note?: string;
  /** Set where the thing behind it was imported: it stays. */
  readonly imported?: true;
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

const isObject = (value: unknown): value is Json => value !== null && typeof value === 'object';

/** The tables behind an API, named by type, API and environment; or why they cannot be listed. */
async function tablesOf(
  read: Read,
  appId: string,
  environment: string,
  resourceName: string,
  { service, apiId }: { readonly service: unknown; readonly apiId: unknown },
): Promise<{ readonly tables: readonly string[]; readonly note?: string }> {
  const { resourceConfig } = await read('get_backend_api', {
    appId,
    backendEnvironmentName: environment,
    resourceName,
  });
  const { transformSchema } = isObject(resourceConfig) ? resourceConfig : {};
  const notListed = (why: string) => ({ tables: [], note: `its tables could not be listed because ${why}` });
  if (typeof transformSchema !== 'string')
    return service === 'AppSync' ? notListed('AWS shows no schema') : { tables: [] };
  // The parser is loaded by the first deletion that needs it.
  const { readTables } = await import('../environment/schema.ts');
  const found = await readTables(transformSchema);
  if ('unreadable' in found) return notListed(`the schema ${found.unreadable}`);
  return { tables: found.value.map(name => `${name}-${apiId}-${environment}`) };
}

async function resourcesOf(read: Read, appId: string, environment: string, category?: string) {
  const { amplifyMetaConfig } = await read('get_backend', { appId, backendEnvironmentName: environment });
  const going: GoingResource[] = [];
  const { providers, ...categories } = isObject(amplifyMetaConfig) ? amplifyMetaConfig : {};
  for (const [name, resources] of Object.entries(categories)) {
    if ((category !== undefined && name !== category) || !isObject(resources)) continue;
    for (const [resourceName, facts] of Object.entries(resources)) {
      const { service, serviceType, output } = isObject(facts) ? facts : {};
      const outputs = isObject(output) ? output : {};
      const holds = holding.flatMap(key => (typeof outputs[key] === 'string' ? [String(outputs[key])] : []));
      const { tables, note } =
        name === 'api'
          ? await tablesOf(read, appId, environment, resourceName, {
              service,
              apiId: outputs.GraphQLAPIIdOutput,
            })
          : { tables: [] };
      going.push({
        resource: `${name}/${resourceName}`,
        service: String(service ?? 'unknown'),
        holds: [...holds, ...tables],
        ...(note !== undefined && { note }),
        ...(serviceType === 'imported' && { imported: true as const }),
      });
    }
  }
  const cloud =
    isObject(providers) && isObject(providers.awscloudformation) ? providers.awscloudformation : {};
  if (category === undefined && typeof cloud.StackName === 'string')
    going.push({
      resource: 'stack',
      service: 'CloudFormation',
      holds: [cloud.StackName, String(cloud.DeploymentBucketName)],
    });
  return going;
}

/** What the call would take; undefined where it takes no resource. */
export async function takeInventory(
  read: Read,
  operation: Operation,
  args: Readonly<Record<string, unknown>>,
  environments: readonly string[] | undefined,
): Promise<Inventory | undefined> {
  const category = categoryOf[operation.toolName];
  const appId = String(args.appId);
  const names =
    environments ??
    (category || operation.toolName === 'delete_backend' ? [String(args.backendEnvironmentName)] : undefined);
  if (operation.access !== 'delete' || !names) return undefined;
  const inventory: Record<string, readonly GoingResource[]> = {};
  for (const name of names) inventory[name] = await resourcesOf(read, appId, name, category);
  return inventory;
}
