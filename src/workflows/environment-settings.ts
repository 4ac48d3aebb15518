/**
 * What an environment is made of and how it is set up, as far as it can be compared with another: without the
 * identifiers that two environments can never share. Read through the same path as every call.
 */
import type { WorkflowContext } from './define.ts';

/** Where an environment is. */
export interface EnvironmentPlace {
  readonly appId: string;
  readonly backendEnvironmentName: string;
  readonly target?: string | undefined;
}

/** An environment as it can be compared. */
export interface EnvironmentSettings {
  /** By category and name of the resource; feature flags beside them. */
  readonly settings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Whether it has any resource: one that was only registered, or left behind by a failed clone, has none. */
  readonly isEmpty: boolean;
  /** Whether values were withheld, which therefore cannot be compared. */
  readonly hasSecrets: boolean;
}

type Json = Record<string, unknown>;

/** Members that name one environment's own resources: a copy that shared them would be no copy. */
const ownIdentifiers = new Set([
  'bucketName',
  'cognitoUserPoolId',
  'domainPrefix',
  'identityPoolName',
  'userPoolName',
]);

/** The tool that reads the settings of a category's resource; of others, AWS tells no more than the service. */
const settingsTool: Readonly<Record<string, string>> = {
  auth: 'get_backend_auth',
  api: 'get_backend_api',
  storage: 'get_backend_storage',
};

/** The steps that reading takes. */
export const settingsSteps = ['get_backend', ...Object.values(settingsTool)];

const WITHHELD = '[withheld]';

function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(([key]) => !ownIdentifiers.has(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, comparable(inner)]));
}

const isObject = (value: unknown): value is Json => value !== null && typeof value === 'object';

/** Reads it. @throws RegisteredError not_found where there is no such environment */
export async function readSettings(
  { execute, caller, signal }: WorkflowContext,
  { appId, backendEnvironmentName, target }: EnvironmentPlace,
): Promise<EnvironmentSettings> {
  const call = { ...(caller !== undefined && { caller }), ...(signal && { signal }) };
  const where = { appId, backendEnvironmentName, ...(target !== undefined && { target }) };
  const { answer } = await execute('get_backend', where, call);
  // Text that was not the JSON that it should be names no resource.
  const meta = isObject(answer.amplifyMetaConfig) ? answer.amplifyMetaConfig : {};
  const { providers: _, ...categories } = meta as Record<string, Json>;

  async function settingsOf(category: string, resourceName: string, facts: Json): Promise<unknown> {
    const { service } = facts;
    const tool = settingsTool[category];
    if (!tool) return { service };
    const read = await execute(tool, { ...where, resourceName }, call);
    return { service, ...(comparable(read.answer.resourceConfig) as Json) };
  }

  const settings: Record<string, Record<string, unknown>> = {};
  for (const [category, resources] of Object.entries(categories)) {
    if (!isObject(resources)) continue;
    const named = Object.entries(resources).filter(([, facts]) => isObject(facts));
    const read = named.map(async ([name, facts]) => [name, await settingsOf(category, name, facts as Json)]);
    settings[category] = Object.fromEntries(await Promise.all(read));
  }
  const isEmpty = Object.values(settings).every(resources => Object.keys(resources).length === 0);
  if (isObject(answer.amplifyFeatureFlags)) settings['feature flags'] = answer.amplifyFeatureFlags;
  return { settings, isEmpty, hasSecrets: JSON.stringify(settings).includes(WITHHELD) };
}
