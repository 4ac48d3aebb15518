/**
 * What AmplifyBackend knows of an environment, read through the same path as every call: its three categories
 * with their settings, the names of all else, the feature flags.
 */
import type { Outcome } from '../execute.ts';
import type { EnvironmentAddress } from '../jobs/job.ts';
import type { WorkflowContext } from './define.ts';

/** A structure of JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** Calls a read tool for one environment. @throws RegisteredError */
export type ReadEnvironmentTool = (
  toolName: string,
  args: EnvironmentAddress & { readonly resourceName?: string },
) => Promise<{ readonly answer: Json }>;

/** The categories whose resources the API can make. */
export const categories = ['auth', 'api', 'storage'] as const;
export type Category = (typeof categories)[number];

/** A resource of one of them. */
export interface FoundResource {
  readonly resourceName: string;
  /** Whether what is behind it was there before, and is not Amplify's. */
  readonly isImported: boolean;
  /** The ids that the cloud gave it, by the meta's names. */
  readonly outputs: Json;
  readonly resourceConfig: Json;
}

/** A resource of which no more is known than that it is there. */
export interface OtherResource {
  readonly category: string;
  readonly resourceName: string;
  readonly service?: string;
}

/** An environment as it is. */
export interface FoundEnvironment extends Partial<Readonly<Record<Category, FoundResource>>> {
  readonly appName?: string;
  /** Where it is deployed; absent where it was only registered. */
  readonly region?: string;
  readonly isDeployed: boolean;
  readonly others: readonly OtherResource[];
  readonly featureFlags?: Json;
}

/** How the API reads a category, and the one service of the category that it reads. */
const readable: Readonly<Record<Category, { readonly tool: string; readonly service: string }>> = {
  auth: { tool: 'get_backend_auth', service: 'Cognito' },
  api: { tool: 'get_backend_api', service: 'AppSync' },
  storage: { tool: 'get_backend_storage', service: 'S3' },
};

/** The steps that reading takes. */
export const readSteps = ['get_backend', ...Object.values(readable).map(({ tool }) => tool)];

/** Whether a value is a structure. */
export const isObject = (value: unknown): value is Json =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const objectOf = (value: unknown): Json => (isObject(value) ? value : {});
const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);
const compact = (facts: Json) =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));

/** Every resource that the meta names. */
function listed(meta: Json): (OtherResource & { readonly facts: Json })[] {
  return Object.entries(meta).flatMap(([category, resources]) =>
    category === 'providers'
      ? []
      : Object.entries(objectOf(resources)).flatMap(([resourceName, facts]) => {
          if (!isObject(facts)) return [];
          const service = textOf(facts.service);
          return [{ category, resourceName, ...(service !== undefined && { service }), facts }];
        }),
  );
}

/** Calls read tools on the target of a call, without what was handed in for its writes. */
export function readerOn({ execute, caller, signal }: WorkflowContext, target: string | undefined) {
  const call = { ...(caller !== undefined && { caller }), ...(signal && { signal }) };
  return (toolName: string, args: object): Promise<Outcome> =>
    execute(toolName, { ...args, ...(target !== undefined && { target }) }, call);
}

/** Reads it. @throws RegisteredError not_found where there is no such environment */
export async function readEnvironment(
  read: ReadEnvironmentTool,
  place: EnvironmentAddress,
): Promise<FoundEnvironment> {
  const { answer } = await read('get_backend', place);
  // Text that was not the JSON that it should be names no resource.
  const meta = objectOf(answer.amplifyMetaConfig);
  const region = textOf(objectOf(objectOf(meta.providers).awscloudformation).Region);
  const resources = listed(meta);
  const readables = categories.flatMap(category => {
    const { service } = readable[category];
    const found = resources.find(one => one.category === category && one.service === service);
    return found ? [{ category, found }] : [];
  });

  const settings = readables.map(async ({ category, found: { resourceName, facts } }) => {
    const { answer: told } = await read(readable[category].tool, { ...place, resourceName });
    const { imported, ...resourceConfig } = objectOf(told.resourceConfig);
    const isImported = imported === true || facts.serviceType === 'imported';
    return [category, { resourceName, isImported, outputs: objectOf(facts.output), resourceConfig }] as const;
  });
  const taken = new Set(readables.map(({ found }) => found));
  const others = resources.filter(one => !taken.has(one)).map(({ facts: _, ...other }) => other);
  return {
    ...Object.fromEntries(await Promise.all(settings)),
    ...compact({ appName: textOf(answer.appName), region }),
    isDeployed: Object.keys(meta).length > 0,
    others,
    ...(isObject(answer.amplifyFeatureFlags) && { featureFlags: answer.amplifyFeatureFlags }),
  };
}
