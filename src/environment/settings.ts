/**
 * The resources whose settings AmplifyBackend shows, and how to read them. It manages one service of each of three
 * categories, and only resources that it created. A REST API, a table or user pool groups are in the meta too. What
 * AmplifyBackend answers for them is unverified (404, 400, or an empty 200), so their settings are not asked for.
 */
import { isObject, type Json, objectOf } from '../lib/json.ts';
import { redactValue } from '../lib/redact.ts';
import type { Resource } from './resources.ts';

/** The tools that read settings, by category, and the one service that each of them reads. */
export const settingsTools = {
  auth: { tool: 'get_backend_auth', service: 'Cognito' },
  api: { tool: 'get_backend_api', service: 'AppSync' },
  storage: { tool: 'get_backend_storage', service: 'S3' },
} as const;

export type SettingsTool = (typeof settingsTools)[keyof typeof settingsTools]['tool'];

/** The read of a resource's settings: the tool to call, and the resource to name. */
export interface AskedQuestion {
  readonly tool: SettingsTool;
  readonly resourceName: string;
}

/** The read of a resource's settings, or why they are not read. */
export type SettingsQuestion = AskedQuestion | { readonly tool: undefined; readonly why: string };

const toolFor = ({ category, service }: Pick<Resource, 'category' | 'service'>) => {
  const known = Object.hasOwn(settingsTools, category)
    ? settingsTools[category as keyof typeof settingsTools]
    : undefined;
  return known?.service === service ? known.tool : undefined;
};

/** Whether AmplifyBackend has operations for this kind of resource, imported or not. */
export const isManaged = (resource: Pick<Resource, 'category' | 'service'>): boolean =>
  toolFor(resource) !== undefined;

/** How to read a resource's settings. */
export function settingsQuestion(resource: Resource): SettingsQuestion {
  const { service, origin, state, name } = resource;
  const tool = toolFor(resource);
  const not = (why: string) => ({ tool: undefined, why });
  if (!tool) return not(`AmplifyBackend does not manage ${service}`);
  if (origin === 'imported') return not('it was imported, and AmplifyBackend shows only what it created');
  if (state === 'declared') return not('it was never deployed');
  return { tool, resourceName: name };
}

/** The settings of a resource, or why there are none. */
export type SettingsReading =
  | { readonly state: 'read'; readonly config: Json }
  | { readonly state: 'unavailable'; readonly why: string };

/**
 * The settings in the answer of a settings tool.
 * @param answer of the tool, under the REST API's names; its `resourceConfig` may be missing or empty
 */
export function settingsFrom(answer: unknown): SettingsReading {
  const { resourceConfig } = objectOf(answer);
  if (!isObject(resourceConfig) || Object.keys(resourceConfig).length === 0)
    return { state: 'unavailable', why: 'AWS answered without settings' };
  return { state: 'read', config: redactValue(resourceConfig) as Json };
}

/** The reading where AWS refused to show the settings. `why` has the refusal's words or code. */
export const settingsRefused = (why: string): SettingsReading => ({ state: 'unavailable', why });
