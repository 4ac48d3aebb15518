/**
 * Whether a clone is what its source is: a finished job is not a finished clone. Asks the same tools that
 * an agent has, and compares every resource's settings, leaving out what must differ.
 */

/** Calls a read tool and answers its structured content. @throws where the tool reports an error */
export type ReadTool = (name: string, args: Record<string, unknown>) => Promise<Record<string, unknown>>;

/** What the comparison found. */
export interface CloneCheck {
  /** `category/resource` of everything that the target has as the source has it. */
  readonly same: readonly string[];
  /** One line for each thing that is missing, or not as it is in the source. */
  readonly differences: readonly string[];
}

/** Members that name one environment's own resources: a copy that shared them would be no copy. */
const ownIdentifiers = new Set([
  'bucketName',
  'cognitoUserPoolId',
  'domainPrefix',
  'identityPoolName',
  'userPoolName',
]);

/** The tool that reads the settings of a category's resource; other categories have none. */
const settingsTool: Record<string, string> = {
  auth: 'get_backend_auth',
  api: 'get_backend_api',
  storage: 'get_backend_storage',
};

type Json = Record<string, unknown>;

function withoutIdentifiers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIdentifiers);
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(([key]) => !ownIdentifiers.has(key));
  return Object.fromEntries(
    kept.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, withoutIdentifiers(inner)]),
  );
}

/** The resources of an environment by category, as its meta names them. */
async function resourcesOf(read: ReadTool, appId: string, environment: string) {
  const { amplifyMetaConfig } = await read('get_backend', { appId, backendEnvironmentName: environment });
  const { providers: _, ...categories } = (amplifyMetaConfig ?? {}) as Record<string, Json>;
  return Object.entries(categories).flatMap(([category, resources]) =>
    Object.entries(resources).map(([name, facts]) => ({ category, name, service: (facts as Json).service })),
  );
}

/** Compares the target of a clone with its source. */
export async function verifyClone(
  read: ReadTool,
  appId: string,
  from: string,
  to: string,
): Promise<CloneCheck> {
  const [expected, found] = [await resourcesOf(read, appId, from), await resourcesOf(read, appId, to)];
  const same: string[] = [];
  const differences: string[] = [];
  for (const { category, name, service } of expected) {
    const label = `${category}/${name}`;
    const twin = found.find(resource => resource.category === category && resource.name === name);
    const settings = async (backendEnvironmentName: string) => {
      const tool = settingsTool[category];
      if (!tool) return undefined;
      const { resourceConfig } = await read(tool, { appId, backendEnvironmentName, resourceName: name });
      return JSON.stringify(withoutIdentifiers(resourceConfig));
    };
    if (!twin) differences.push(`${label} is missing in ${to}`);
    else if (twin.service !== service) differences.push(`${label} is another service in ${to}`);
    else if ((await settings(from)) !== (await settings(to)))
      differences.push(`${label} has other settings in ${to}`);
    else same.push(label);
  }
  if (expected.length === 0) differences.push(`${from} has no resources to compare with`);
  return { same, differences };
}
